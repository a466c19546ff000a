"""What tells that two pages are one article: the source's own id, then addresses, the text only with neither."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from wireroom import urls
from wireroom.contracts import Block, ParsedArticle
from wireroom.store.identity import Facts, Identity, believed, domain, marks, same_title, text_hash

FINAL, OFFERED = "https://news.example/pier", "https://short.example/1"
CANONICAL = "https://www.news.example/2025/pier"


def facts(**fields: Any) -> Facts:
    given: dict[str, Any] = {
        "job_id": 1, "source": "News", "offered_url": None, "external_id": None, "published": None, "replays": None,
        "replayed_article": None, "url": None, "capture_digest": b"", "captured_at": datetime(2025, 5, 2, tzinfo=UTC),
        "capture_day": None, "capture_id": 1,
    }  # fmt: skip
    return Facts(**given | fields)


def article(*texts: str, title: str = "A pier", canonical: str | None = None) -> ParsedArticle:
    blocks = [Block(kind="paragraph", text=text) for text in texts or ("The pier is open.",)]
    return ParsedArticle(title=title, blocks=blocks, canonical_url=canonical, parser="t/1")


def address(url: str) -> Identity:
    return "url", urls.identity_hash(url)


def family(url: str) -> Identity:
    return "url", urls.family_hash(url)


def kinds(identities: list[Identity]) -> list[str]:
    return [kind for kind, _ in identities]


def test_the_sources_own_id_comes_first_then_the_canonical_the_final_and_the_offered_address_and_their_families() -> (
    None
):
    given = facts(external_id="17", url=FINAL, offered_url=OFFERED)
    found = marks(given, article(canonical=CANONICAL)).identities
    assert kinds(found) == ["external_id"] + 6 * ["url"]
    expected = (CANONICAL, FINAL, OFFERED)
    assert found[1:] == [*map(address, expected), *map(family, expected)]


def test_an_address_written_in_two_ways_is_one_identity() -> None:
    given = facts(url="https://www.news.example/pier?utm_source=x", offered_url="http://news.example/pier#top")
    assert marks(given, article(canonical=FINAL)).identities == [address(FINAL), family(FINAL)]


def test_an_address_is_known_as_an_older_ledger_has_it() -> None:
    found = marks(facts(url=f"{FINAL}?ftag=rss"), article()).identities
    assert found == [address(FINAL), ("url", urls.former_hash(f"{FINAL}?ftag=rss")), family(FINAL)]


def test_the_text_counts_only_without_id_and_address() -> None:
    assert kinds(marks(facts(), article()).identities) == ["text"]
    assert kinds(marks(facts(url=FINAL), article()).identities) == ["url", "url"]
    assert kinds(marks(facts(external_id="17"), article()).identities) == ["external_id"]


@pytest.mark.parametrize("fields", [{}, {"external_id": "17"}])
def test_texts_and_ids_belong_to_their_source(fields: dict[str, Any]) -> None:
    ours, theirs = (marks(facts(source=source, **fields), article()) for source in ("News", "Wire"))
    assert ours.identities != theirs.identities


def test_source_and_id_do_not_run_into_each_other() -> None:
    assert marks(facts(source="ab", external_id="c"), article()) != marks(
        facts(source="a", external_id="bc"), article()
    )


def test_an_address_that_is_none_is_no_identity() -> None:
    assert kinds(marks(facts(url="https://news.example/" + "a" * 9000), article()).identities) == ["text"]


def test_a_canonical_link_elsewhere_is_a_claim_and_one_to_the_page_itself_is_none() -> None:
    families = {family(CANONICAL), family(FINAL)}
    assert marks(facts(url=FINAL), article(canonical=CANONICAL)).claims == {address(CANONICAL)} | families
    assert marks(facts(url=FINAL), article(canonical=FINAL + "#top")).claims == {family(FINAL)}
    assert marks(facts(url=FINAL, offered_url=CANONICAL), article(canonical=CANONICAL)).claims == families


@pytest.mark.parametrize(
    ("canonical", "url", "believe"),
    [
        ("https://www.bbc.co.uk/news/1", "https://m.bbc.co.uk/news/1", True),
        ("https://www.itv.co.uk/news/1", "https://www.bbc.co.uk/news/1", False),
        ("https://www.ard.de/news", "https://ard.de/amp/news", True),
        ("https://alice.blogspot.com/1", "https://bob.blogspot.com/1", False),
        ("https://www.news.example/1", "https://amp.news.example/1", True),
        ("https://10.0.1.5/1", "https://192.168.1.5/1", False),
        ("https://other.example/1", "https://news.example/1", False),
        ("https://news.example/", "https://news.example/1", False),
        ("https://news.example//", "https://news.example/1", False),
        ("https://news.example?p=1", "https://news.example/1", False),
        ("https://news.example/index.html", "https://news.example/1", False),
        ("https://news.example/amp-1/", "https://www.google.com/amp/s/amp.news.example/amp-1/", True),
        ("https://cdn.ampproject.org/c/s/other.example/1", "https://cdn.ampproject.org/c/s/news.example/1", False),
        ("javascript:void(0)", "https://news.example/1", False),
        ("https://news.example/\ud800", "https://news.example/1", False),
        ("", "https://news.example/1", False),
        (None, "https://news.example/1", False),
        ("https://news.example/1", None, False),
    ],
)
def test_a_canonical_link_is_believed_on_its_own_domain_and_with_a_path(
    canonical: str | None, url: str | None, believe: bool
) -> None:
    assert believed(canonical, url) == (canonical if believe else None)


@pytest.mark.parametrize(
    ("host", "registered"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("co.uk", "co.uk"),
        ("edition.cnn.com", "cnn.com"),
        ("www.abc.de", "abc.de"),
        ("www.dawn.com.pk", "dawn.com.pk"),
        ("a.news.city.kawasaki.jp", "city.kawasaki.jp"),
        ("www.alice.github.io", "alice.github.io"),
        ("www.xn--80aswg.xn--p1ai", "xn--80aswg.xn--p1ai"),
        ("www.news.example", "news.example"),
        ("localhost", "localhost"),
        ("192.0.2.1", "192.0.2.1"),
        ("[2001:db8::1]", "[2001:db8::1]"),
    ],
)
def test_the_registered_domain_is_what_the_public_suffix_list_says(host: str, registered: str) -> None:
    assert domain(host) == registered


def test_the_text_is_one_however_it_is_composed_spaced_and_cut_into_blocks() -> None:
    assert text_hash(article("Caf\u00e9 opens.", "On Friday.")) == text_hash(article("Cafe\u0301  opens.\nOn Friday."))


@pytest.mark.parametrize("other", [article("The pier is shut."), article(title="No pier")])
def test_another_title_or_body_is_another_text(other: ParsedArticle) -> None:
    assert text_hash(other) != text_hash(article())


def test_titles_are_the_same_but_for_case_and_space_and_no_title_is_like_no_other() -> None:
    assert same_title("A  Caf\u00e9", "a cafe\u0301 ")
    assert not same_title("A pier", "A ferry")
    assert not same_title(" ", "")
