"""What publishers do to a page, as it is parsed and stored: what is one article, and what is a correction of it."""

from __future__ import annotations

import pytest

from newsroom.storing import Ended, Newsdesk, ended
from wireroom.contracts import EnrichedArticle, Enrichments
from wireroom.ledger import flights
from wireroom.parse.stage import parse
from wireroom.records.changes import Passage
from wireroom.records.differences import NoDifference, difference
from wireroom.store.stage import store
from wireroom.topology import Enriched

PIER = "https://news.example/2025/the-pier"
SECTION = "https://news.example/sea"
TITLE = "The pier opens again after six years"
TEXTS = [
    "The pier at the harbour, closed since the storm of 2019, opens on Friday, the mayor said.",
    "Its new planks came from the old ferry, which was taken apart last winter in the yard at Halifax.",
    "Visitors may walk to the lighthouse until nine in the evening, as they could before the storm.",
]


def page(*texts: str, head: str = "", title: str = TITLE, before: str = "", after: str = "", html: str = "") -> str:
    body = "".join(f"<p>{text}</p>" for text in texts or TEXTS)
    return (
        f"<!doctype html><html {html}><head><title>{title}</title>{head}</head>"
        f"<body>{before}<article><h1>{title}</h1>{body}</article>{after}</body></html>"
    )


def publish(desk: Newsdesk, url: str, html: str) -> Ended:
    """Capture, parse and store the page as the line does."""
    desk.db.execute("UPDATE offers SET until = now() - interval '1 second'")
    job = desk.job(url=url, html=html)
    (captured,) = flights.captured_pages(desk.db, desk.flight(stage="store"))
    made = EnrichedArticle(parsed=parse(captured.page), enrichments=Enrichments())
    stored = store(desk.db, [Enriched(job_id=job, run=1, article=made, stages={})])
    assert stored.failed == []
    return ended(stored.ends[0])


LINKS = {"a canonical link": f'<link rel="canonical" href="{PIER}">',
         "OpenGraph": f'<meta property="og:url" content="{PIER}">'}  # fmt: skip


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_an_amp_page_that_names_the_ordinary_one_is_the_same_article(desk: Newsdesk, link: str) -> None:
    first = publish(desk, PIER, page(head=link))
    amp = publish(desk, "https://news.example/news/amp/17", page(html="amp", head=link))
    assert amp == ("unchanged", first.article, 1)


@pytest.mark.parametrize("link", [SECTION, "https://news.example/", "https://news.example/index.html"])
def test_a_canonical_link_that_several_titles_share_makes_one_article_of_none(desk: Newsdesk, link: str) -> None:
    head = f'<link rel="canonical" href="{link}">'
    pier = publish(desk, PIER, page(head=head))
    ferry = publish(desk, f"{SECTION}/the-ferry", page(*TEXTS[::-1], head=head, title="The ferry sails no more"))
    section = publish(desk, link, page(TEXTS[1] * 2, title="All about the sea and its ships"))
    assert [end.outcome for end in (pier, ferry, section)] == ["stored"] * 3
    assert len({pier.article, ferry.article, section.article}) == 3


def test_other_markup_ads_and_the_age_of_the_page_are_no_correction(desk: Newsdesk) -> None:
    def told(ago: str, ad: str, related: str) -> str:
        byline = f'<p class="byline">By Ada Okoro</p><time>{ago}</time><div class="ad">{ad}</div>'
        stories = "".join(
            f"<li><a href='/1'>{title}</a> {ago}</li>" for title in (related, "Harbour fees rise in spring")
        )
        more = f"<h3>Recent Stories</h3><ul>{stories}</ul>"
        return page(before=byline, after=more)

    first = publish(desk, PIER, told("2 hours ago", "Buy planks", "Ferry sails to Halifax again"))
    assert publish(desk, PIER, told("3 days ago", "Sell planks", "Lighthouse lit after a decade")) == (
        "unchanged",
        first.article,
        1,
    )
    texts = [f'<span class="c{number}">{text}</span>' for number, text in enumerate(TEXTS)]
    marked = page(*texts, head="<style>p {}</style>").replace("<p>", '<p class="text" data-id="7">\n  ')
    assert publish(desk, PIER, marked) == ("unchanged", first.article, 1)


def test_a_correction_is_a_version_that_shows_what_changed(desk: Newsdesk) -> None:
    first = publish(desk, PIER, page())
    corrected = [TEXTS[0], TEXTS[1].replace("Halifax", "Truro"), TEXTS[2], "The ticket is free, the mayor added later."]
    end = publish(desk, PIER, page(*corrected, title="The pier opens again after five years"))
    assert end == ("updated", first.article, 2)
    found = difference(desk.db, first.article)
    assert [(step.number, step.why) for step in found.steps] == [(2, "publisher")]
    title = next(field for field in found.fields if field.field == "title")
    assert (title.change, title.before, title.after) == ("changed", TITLE, "The pier opens again after five years")
    old, new = found.before.parsed.blocks, found.after.parsed.blocks
    assert found.body == [Passage(1), Passage(0, old[1:2], new[1:2]), Passage(1), Passage(0, [], new[3:])]


def test_versions_are_compared_as_their_pages_followed_each_other(desk: Newsdesk) -> None:
    first = publish(desk, PIER, page(TEXTS[0]))
    for number in (1, 2):
        publish(desk, PIER, page(*TEXTS[: number + 1]))
    assert [step.number for step in difference(desk.db, first.article, before=1).steps] == [2, 3]
    assert [step.number for step in difference(desk.db, first.article, before=3, after=2).steps] == [3]
    desk.db.execute("UPDATE versions SET captured_at = captured_at - interval '1 day' WHERE number = 2")
    assert difference(desk.db, first.article).before.version.number == 1
    assert difference(desk.db, first.article, after=1).before.version.number == 2


def test_where_there_is_nothing_to_compare_a_sentence_says_so(desk: Newsdesk) -> None:
    article = publish(desk, PIER, page()).article
    with pytest.raises(NoDifference, match=f"article {article} has one version only: there is nothing to compare"):
        difference(desk.db, article)
    publish(desk, PIER, page(TEXTS[0]))
    with pytest.raises(NoDifference, match=f"article {article} has nothing older than version 1"):
        difference(desk.db, article, after=1)
    with pytest.raises(NoDifference, match="there is no version 9 of article"):
        difference(desk.db, article, before=9)
    with pytest.raises(NoDifference, match="there is no article 77"):
        difference(desk.db, 77)
