"""Sources that move, fail and recover, and such as lead to others."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.web.moving import CHILDREN
from benchmarks.web.publishers import Size
from benchmarks.web.site import Feed, Site
from benchmarks.web.town import Plan

from newsroom.webline import WebLine
from wireroom.ledger import sources
from wireroom.ledger.sources import Asked, Source

MOVING = ("moving-here", "moving-away", "moving-for-now")
FAILING = ("failing-feed-500", "failing-feed-404", "failing-feed-page", "failing-feed-410")
LEADING = ("leading-index", "leading-home")
PATIENCE = 120.0


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(Size(publishers=20, feeds=20, entries=5), slow=0)


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    # A host that fails is left in peace for so long, and a test does not wait for more.
    return {"WIREROOM_RETRY_SECONDS": "0.5"}


@pytest.fixture(scope="module")
def ids(line: WebLine) -> dict[str, int]:
    """Host -> the source there, polled once."""
    found = line.add(_address(line, name) for name in (*MOVING, *FAILING, *LEADING))
    line.await_polls(found.values())
    return dict(zip((*MOVING, *FAILING, *LEADING), found.values(), strict=True))


def _site(line: WebLine, name: str) -> Site:
    return line.web.town.sites[f"{name}.test"]


def _address(line: WebLine, name: str) -> str:
    site = _site(line, name)
    return next(iter(site.leading), None) or site.feeds[0].url


def _source(line: WebLine, id_: int) -> Source:
    (source,) = sources.find(line.db, Asked(ids=[id_]), 1)
    return source


def _stored(line: WebLine, urls: list[str]) -> set[str]:
    """Which of these addresses have an article."""
    asked = "SELECT url FROM jobs JOIN outcomes ON job_id = jobs.id WHERE outcome = 'stored' AND url = ANY(%s)"
    return {url for (url,) in line.db.execute(asked, [urls])}


def _urls(entries: Any) -> list[str]:
    return [entry.url for entry in entries]


@pytest.mark.parametrize(("name", "kind"), [("leading-index", "sitemap_index"), ("leading-home", "page")])
def test_what_leads_to_feeds_has_them_polled(line: WebLine, ids: dict[str, int], name: str, kind: str) -> None:
    assert _source(line, ids[name]).kind == kind
    feeds: list[Feed] = _site(line, name).feeds
    assert len(feeds) == CHILDREN

    def found() -> list[Source]:
        return sources.find(line.db, Asked(found_by=ids[name]), 100)

    line.wait(
        lambda: {one.url for one in found() if one.polled_at} >= {feed.url for feed in feeds}, "its feeds", PATIENCE
    )
    assert {one.url: one.kind for one in found() if one.kind != "page"} == {feed.url: feed.kind for feed in feeds}
    line.settle(PATIENCE)
    listed = [url for feed in feeds for url in _urls(feed.entries)]
    assert _stored(line, listed) == set(listed)


def test_the_first_polls_have_stored_what_the_feeds_list(line: WebLine, ids: dict[str, int]) -> None:
    line.settle(PATIENCE)
    for name in (*MOVING, *FAILING):
        wanted = _urls(_site(line, name).feeds[0].entries)
        assert _stored(line, wanted) == set(wanted), name


@pytest.fixture(scope="module")
def second(line: WebLine, ids: dict[str, int]) -> dict[str, dict[str, Any]]:
    """Host -> how the poll of its source ended in the second edition; those that move were polled twice more."""
    line.settle(PATIENCE)
    line.web.move_on(2)
    line.poll(ids[name] for name in (*MOVING, *FAILING))
    line.poll(ids[name] for name in MOVING)
    return {name: line.last_poll(ids[name]) for name in (*MOVING, *FAILING)}


@pytest.mark.parametrize("name", MOVING)
def test_a_feed_that_moves_is_followed_and_it_is_recorded(
    line: WebLine, ids: dict[str, int], second: dict[str, dict[str, Any]], name: str
) -> None:
    site, id_ = _site(line, name), ids[name]
    line.settle(PATIENCE)
    added = _urls(site.grown[site.feeds[0].url])
    assert _stored(line, added) == set(added)
    new = _site(line, "moving-away-to" if name == "moving-away" else name).url("/new/feed.xml")
    moved = [poll.moved_to for poll in sources.last_polls(line.db, id_) if poll.moved_to]
    if name == "moving-for-now":
        assert (moved, _source(line, id_).url) == ([], site.feeds[0].url)
    else:
        assert (moved, _source(line, id_).url) == ([new], new)


@pytest.mark.parametrize(
    ("name", "status", "says"),
    [
        ("failing-feed-500", 500, "answered 500"),
        ("failing-feed-404", 404, "answered 404"),
        ("failing-feed-page", None, "is an ordinary page now"),
        ("failing-feed-410", 410, "answered 410"),
    ],
)
def test_a_feed_that_fails_is_slowed_down_and_says_why(
    line: WebLine, ids: dict[str, int], second: dict[str, dict[str, Any]], name: str, status: int | None, says: str
) -> None:
    end = second[name]
    assert (end["status"], end["http_status"]) == ("failed", status)
    assert says in end["cause"]
    source = _source(line, ids[name])
    assert (source.state, source.paused_at, source.failures) == ("failing", None, 1)
    assert source.due_at > end["at"]


def test_a_feed_that_recovers_is_polled_as_if_nothing_had_been(line: WebLine, ids: dict[str, int], second: Any) -> None:
    line.web.move_on(3)
    line.poll(ids[name] for name in FAILING)
    line.settle(PATIENCE)
    for name in FAILING:
        site, source = _site(line, name), _source(line, ids[name])
        assert (source.state, source.failures, line.last_poll(source.id)["status"]) == ("polled", 0, "read"), name
        added = _urls(site.grown[site.feeds[0].url])
        assert _stored(line, added) == set(added), name


def test_nobody_was_rude(line: WebLine, ids: dict[str, int]) -> None:
    assert line.rudeness() == []
