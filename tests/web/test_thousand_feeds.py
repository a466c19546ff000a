"""1,000 feeds with 20,000 entries in one run, while Redis is emptied and the ingest worker is killed: every entry is
accounted for, each shared story is fetched and stored once, and no host is asked faster than it may be."""

from __future__ import annotations

import os
import signal
from collections import Counter, defaultdict
from typing import NamedTuple

import pytest
import redis
from benchmarks.web.listings import Entry
from benchmarks.web.log import Asked
from benchmarks.web.publishers import CORRECTED, GROWING, SHARED_BY, Size
from benchmarks.web.site import Feed
from benchmarks.web.town import Plan

from newsroom.webline import WebLine
from wireroom import records, urls

FEEDS = int(os.environ.get("WEB_FEEDS", "1000"))
ENTRIES = 20
PATIENCE = 120.0
"""Seconds in which something moves."""
UNDATED = "rss091"
"""The format that does not say when a story was changed."""
IN_FLIGHT = "SELECT coalesce(line.url, jobs.url) FROM line JOIN jobs ON jobs.id = job_id WHERE flight_id IS NOT NULL"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return Plan(Size(max(20, FEEDS // 5), FEEDS, ENTRIES), slow=0)


class Run(NamedTuple):
    """What was polled; source -> feed, host and path -> the story that stands there. `disturbed` are the addresses that
    were in flight when the worker was killed."""

    feeds: dict[int, Feed]
    stands: dict[tuple[str, str], int]
    disturbed: set[str]

    @property
    def entries(self) -> list[Entry]:
        return [entry for feed in self.feeds.values() for entry in feed.entries]

    @property
    def stories(self) -> set[int]:
        return {entry.told.number for entry in self.entries}


@pytest.fixture(scope="module")
def run(line: WebLine) -> Run:
    """All of them polled and stored, with two accidents meanwhile."""
    feeds = {feed.url: feed for site in line.web.town.press.sites for feed in site.feeds}
    found = line.add(feeds)
    stories = len({entry.told.number for feed in feeds.values() for entry in feed.entries})
    line.hold(lambda: line.progress().ended > stories // 4, "a quarter to be stored", PATIENCE)
    with redis.Redis.from_url(line.valkey.url) as client:
        client.flushall()
    line.hold(lambda: line.progress().ended > stories // 2, "a half to be stored", PATIENCE)
    disturbed = _kill(line)
    line.await_polls(found.values(), patience=PATIENCE)
    line.settle(PATIENCE)
    stands = {_place(entry.url): entry.told.number for feed in feeds.values() for entry in feed.entries}
    return Run({found[url]: feed for url, feed in feeds.items()}, stands, disturbed)


def _kill(line: WebLine) -> set[str]:
    """kill -9 of the ingest worker; what was in flight."""
    before = _in_flight(line)
    line.supervisor.kill("ingest", signal.SIGKILL)
    return before | _in_flight(line)


def _in_flight(line: WebLine) -> set[str]:
    return {url for (url,) in line.db.execute(IN_FLIGHT)}


def test_there_are_as_many_as_was_said(run: Run) -> None:
    assert (len(run.feeds), len(run.entries)) == (FEEDS, FEEDS * ENTRIES)
    assert len(run.stories) < len(run.entries)


def test_every_entry_is_accounted_for(line: WebLine, run: Run) -> None:
    sums = line.db.execute("SELECT sum(seen - known), sum(accepted), sum(sighted), sum(refused) FROM polls").fetchone()
    assert sums == (len(run.entries), len(run.stories), len(run.entries) - len(run.stories), 0)
    assert line.count("entries") == len(run.entries)
    assert set(line.ends().values()) == {("stored", "")}
    assert (
        len(line.ends()) == line.count("jobs") == line.count("articles") == line.count("versions") == len(run.stories)
    )
    found = line.check()
    assert found.findings == []


def test_each_source_is_what_it_is(line: WebLine, run: Run) -> None:
    rows: dict[int, str] = dict(line.db.execute("SELECT id, kind FROM sources").fetchall())
    assert rows == {id_: feed.kind for id_, feed in run.feeds.items()}


def test_each_shared_story_is_one_record_that_tells_of_all_feeds_that_have_it(line: WebLine, run: Run) -> None:
    lists = defaultdict[int, set[str]](set)
    for feed in run.feeds.values():
        for entry in feed.entries:
            lists[entry.told.number].add(feed.url)
    shared = {one.number for one in line.web.town.press.shared}
    assert {len(lists[number]) for number in shared} == {SHARED_BY}
    stored = line.db.execute("SELECT jobs.url, article_id FROM outcomes JOIN jobs ON jobs.id = job_id").fetchall()
    articles = {number: article for url, article in stored if (number := run.stands[_place(url)]) in shared}
    seen = {number: records.seen(line.db, article) for number, article in articles.items()}
    assert {number: one.times for number, one in seen.items()} == dict.fromkeys(shared, SHARED_BY)
    assert {number: {_feed_of(sighting) for sighting in one.newest} for number, one in seen.items()} == {
        number: lists[number] for number in shared
    }


def _feed_of(sighting: records.Sighting) -> str:
    feed = sighting.meta["feed"]
    assert isinstance(feed, dict)
    return str(feed["url"])


def test_nothing_is_fetched_twice_but_what_was_in_flight_when_a_worker_died(line: WebLine, run: Run) -> None:
    fetched = Counter(run.stands[_place_of(one)] for one in _pages(line))
    again = {number for number, times in fetched.items() if times > 1}
    assert set(fetched) == run.stories
    assert again <= {run.stands[_place(url)] for url in run.disturbed}


def _pages(line: WebLine) -> list[Asked]:
    return [one for one in line.web.log() if one.path.partition("?")[0].endswith(".html") and one.whole]


def _place_of(asked: Asked) -> tuple[str, str]:
    return asked.host, asked.path.partition("?")[0]


def _place(url: str) -> tuple[str, str]:
    normal = urls.normal(url).removeprefix("http://")
    host, _, path = normal.partition(":")
    return host, f"/{path.partition('/')[2].partition('?')[0]}"


def test_nobody_was_rude(line: WebLine, run: Run) -> None:
    assert line.rudeness() == []
    assert {one.status for one in _pages(line)} == {200}


def test_a_second_poll_is_answered_by_304(line: WebLine, run: Run) -> None:
    before = _not_modified(line)
    line.poll(run.feeds)
    assert {line.last_poll(id_)["status"] for id_ in run.feeds} == {"unchanged"}
    assert _not_modified(line) - before == len(run.feeds)
    assert line.count("line") == 0


def _not_modified(line: WebLine) -> int:
    return sum(one.status == 304 for one in line.web.log())


def test_the_next_edition_brings_new_stories_and_corrections(line: WebLine, run: Run) -> None:
    # As if so much time had passed that what is offered again is news.
    line.db.execute("UPDATE offers SET until = now() - interval '1 minute'")
    line.web.move_on(2)
    line.poll(run.feeds)
    line.settle(PATIENCE)
    fresh, corrected = line.web.town.press.fresh, _corrected(line, run)
    assert len(fresh) == -(-FEEDS // GROWING) and corrected
    ends = Counter(end for end, _ in line.ends().values())
    assert ends["stored"] == len(run.stories) + len(fresh)
    assert ends["updated"] == len(corrected)
    said = "SELECT count(*) FROM versions WHERE parsed::text LIKE '%Correction%'"
    born = sum(entry.told.number % CORRECTED == 0 for entry in fresh)
    assert line.db.execute(said).fetchone() == (len(corrected) + born,)
    assert line.count("versions") == len(run.stories) + len(fresh) + len(corrected)


def _corrected(line: WebLine, run: Run) -> set[int]:
    """The stories that have another text now, where a feed says so."""
    dated = (feed for id_, feed in run.feeds.items() if not _is_undated(line, feed))
    return {entry.told.number for feed in dated for entry in feed.entries if entry.told.number % CORRECTED == 0}


def _is_undated(line: WebLine, feed: Feed) -> bool:
    site = line.web.town.sites[_place(feed.url)[0]]
    return getattr(site.places[_place(feed.url)[1]], "format", None) == UNDATED
