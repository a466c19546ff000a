"""When it appeared, by what a page says in several places."""

from __future__ import annotations

import pytest

from newsroom.clippings import linked, meta, told
from wireroom.contracts import Moment

H1 = "<h1>Ferry sails again</h1>"
Said = tuple[str, str, str | None]


def published(head: str = "", above: str = "", url: str = "https://lakepaper.example/ferry", lang: str = "en") -> Said:
    found = told(head, H1 + above, url, lang=lang).published
    assert found is not None
    return said(found)


def said(moment: Moment) -> Said:
    return moment.iso, moment.origin, moment.zone_origin


def opengraph(value: str) -> str:
    return meta("article:published_time", value)


def test_a_day_is_completed_by_a_lower_claim_of_the_same_day() -> None:
    assert published(linked(datePublished="2025-05-07") + opengraph("2025-05-07T08:00:00+02:00")) == (
        "2025-05-07T08:00:00+02:00", "opengraph", "said",
    )  # fmt: skip


def test_utc_beside_a_clock_without_a_zone_tells_the_zone() -> None:
    head = linked(datePublished="2025-05-08T01:06:51Z") + '<meta name="date" content="2025-05-07T18:06:51">'
    assert published(head) == ("2025-05-07T18:06:51-07:00", "json-ld", "wall_clock")
    shown = '<p class="date">8 May 2025, 6:36 am</p>'
    assert published(linked(datePublished="2025-05-08T01:06:51Z"), shown)[0] == "2025-05-08T06:36:51+05:30"


def test_clocks_that_differ_by_no_zone_tell_nothing() -> None:
    head = linked(datePublished="2025-05-08T01:06:51Z") + '<meta name="date" content="2025-05-07T18:21:51">'
    assert published(head) == ("2025-05-08T01:06:51+00:00", "json-ld", "said")


def test_the_same_moment_is_given_by_the_publishers_clock() -> None:
    assert published(linked(datePublished="2025-05-08T01:06:51Z") + opengraph("2025-05-07T20:06:51-05:00"))[0] == (
        "2025-05-07T20:06:51-05:00"
    )


def test_a_clock_that_is_called_utc_by_mistake_gives_way_to_one_with_an_offset() -> None:
    assert published(linked(datePublished="2025-05-08T20:00:00Z") + opengraph("2025-05-08T20:00:00+09:00"))[0] == (
        "2025-05-08T20:00:00+09:00"
    )


def test_the_clock_is_read_in_a_script_where_readers_are_told_another_day() -> None:
    script = '<script>var page = {publication_date: "2025-05-07 21:06:51"};</script>'
    head = linked(datePublished="2025-05-08T02:06:51Z") + script
    assert published(head, "<time>7 May 2025</time>") == ("2025-05-07T21:06:51-05:00", "json-ld", "wall_clock")


@pytest.mark.parametrize(
    "line",
    ["<time datetime='2025-05-07'>yesterday</time>", "<span class='post-date'>7 May 2025</span>", "<div>7.5.2025</div>",
     "<div>Published: 7 May 2025</div>", "<p class=meta__info>5 min read | May 7, 2025</p>", "<em>2025年5月7日</em>",
     "<div>07.05.2025 Strategy desk</div>", "<span>7 мая 2025</span>", "<span>۱۷ اردیبهشت ۱۴۰۴</span>"],
)  # fmt: skip
def test_a_day_under_the_headline_is_read(line: str) -> None:
    assert published(above=line)[:2] == ("2025-05-07", "visible")


def test_the_first_appearance_goes_before_a_later_change() -> None:
    lines = "<p>Updated 9 May 2025</p><p>Published 7 May 2025</p>"
    found = told(body=H1 + lines)
    assert (found.published and found.published.iso, found.modified and found.modified.iso) == (
        "2025-05-07",
        "2025-05-09",
    )


def test_a_page_that_only_tells_of_a_change_is_dated_by_it_and_not_surely() -> None:
    found = told(body=H1 + "<p>Last updated 9 May 2025</p>", url=None)
    assert found.published is not None
    assert found.published.iso == "2025-05-09"
    assert found.confidences["published"] <= 0.5


@pytest.mark.parametrize(
    "line",
    ["<footer>© 2025 Lake Paper, 7 May 2025</footer>", "<p>The ferry first sailed on 7 May 2025, at low water.</p>",
     "<aside><time datetime=2025-05-07></time></aside>", "<p>soon</p>", "<p class=copyright>7 May 2025</p>"],
)  # fmt: skip
def test_an_undateable_page_stays_undated(line: str) -> None:
    assert told(body=H1 + line, url="https://lakepaper.example/ferry").published is None


@pytest.mark.parametrize(
    "address",
    ["/2025/05/07/ferry", "/2025/may/07/ferry", "/news/2025-05-07/ferry", "/ferry-20250507.html", "/2025/5/7/ferry/"],
)
def test_the_url_tells_the_day(address: str) -> None:
    assert published(url=f"https://lakepaper.example{address}")[:2] == ("2025-05-07", "url")


@pytest.mark.parametrize("address", ["/article20250735.html", "/ferry-2025", "/20251307/x", "/id/1202506221209"])
def test_numbers_in_a_url_that_are_no_day_are_none(address: str) -> None:
    assert told(body=H1, url=f"https://lakepaper.example{address}").published is None


def test_a_day_in_the_url_goes_before_another_one_in_sight() -> None:
    line = "<p class=date>stated on 15 September 2023</p>"
    assert published(above=line, url="https://lakepaper.example/2023/12/21/ferry")[:2] == ("2023-12-21", "url")


def test_a_script_is_asked_last_and_only_believed_where_it_is_of_one_mind() -> None:
    def script(*days: str) -> str:
        return "".join(f'<script>{{"datePublished":"{day}"}}</script>' for day in days)

    assert published(script("2025-05-07T08:00:00Z"))[:2] == ("2025-05-07T08:00:00+00:00", "script")
    assert told(script("2025-05-07", "2025-05-08"), H1, None).published is None


def test_numbers_alone_are_read_by_the_habit_of_the_language() -> None:
    line = "<p class=date>04/05/2025</p>"
    assert published(above=line, lang="fr")[0] == "2025-05-04"
    assert published(above=line, url="https://lakepaper.co.uk/ferry")[0] == "2025-05-04"
    assert told(body=H1 + line, url="https://lakepaper.example/ferry").published is None


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31", "soon", ""])
def test_a_time_that_nobody_set_is_none(value: str) -> None:
    assert told(linked(datePublished=value), H1, None).published is None
