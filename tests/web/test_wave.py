"""Some hundred hosts of every kind at once: each address comes to its end, each host is treated as it asks, no trap is
entered, and who is slow holds up nobody else."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, NamedTuple

import pytest
from benchmarks.web.log import by_host, most_at_once
from benchmarks.web.rules import IGNORED
from benchmarks.web.site import Feed, Wanted

from newsroom.webline import WebLine
from wireroom.settings import Settings

PATIENCE = 120.0
"""Seconds in which something moves."""
FETCH_SECONDS = 12
AT_ONCE = 200
"""Hosts that are being asked at one moment."""
FAST = 40
"""Ordinary stories, each on a host of its own, that come after all the slow ones."""
ELSEWHERE = ("gazette-", "moving-", "failing-feed-", "leading-")
"""Hosts whose feeds are polled in other tests."""


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    return {
        "WIREROOM_FETCH_SECONDS": str(FETCH_SECONDS), "WIREROOM_RETRIES": "2", "WIREROOM_RETRY_SECONDS": "0.5",
        "WIREROOM_CONTENT_BYTES": "5000000",
    }  # fmt: skip


class Wave(NamedTuple):
    """What was handed in at once; address -> job, address -> source."""

    wanted: list[Wanted]
    fast: list[Wanted]
    jobs: dict[str, int]
    feeds: list[Feed]
    sources: dict[str, int]
    pids: set[int]
    """The processes that worked at its beginning."""

    def job(self, wanted: Wanted) -> int:
        return self.jobs[wanted.url]


@pytest.fixture(scope="module")
def wave(line: WebLine) -> Wave:
    """All that there is, slow hosts first, once it has ended."""
    town = line.web.town
    sites = sorted(town.sites.values(), key=lambda site: not site.name.startswith("slow-"))
    wanted = [one for site in sites for one in site.wanted]
    fast = [Wanted(site.feeds[0].entries[0].url) for site in town.press.sites[:FAST]]
    feeds = [
        feed for site in sites if not site.name.startswith(("gazette", "moving", "failing-f")) for feed in site.feeds
    ]
    pids = set(line.supervisor.pids().values())
    jobs = line.want([*wanted, *fast])
    (unruled,) = town.sites[f"{IGNORED}.test"].feeds
    polled = line.add([unruled.url], robots=False) | line.add(feed.url for feed in feeds if feed != unruled)
    found = Wave(wanted, fast, jobs, feeds, polled, pids)
    line.settle(PATIENCE)
    line.await_polls(found.sources.values())
    # It asked for peace at first, and gets it before it is polled again.
    line.poll([found.sources[town.sites["busy-feed.test"].feeds[0].url]])
    line.settle(PATIENCE)
    return found


def test_each_address_comes_to_the_end_that_it_must(line: WebLine, wave: Wave) -> None:
    assert line.surprises([*wave.wanted, *wave.fast], wave.jobs) == []


def test_no_host_is_asked_too_soon_or_twice_at_once_and_no_closed_door_is_opened(line: WebLine, wave: Wave) -> None:
    assert line.rudeness() == []
    asked = by_host(line.web.log())
    # The rules were really put to the test.
    assert {name for name in asked if name.startswith("rules-closed")} and any(one.rest for one in line.web.log())
    assert len(asked["roads-hub.test"]) > 30


def test_a_page_that_is_closed_is_rejected_unasked(line: WebLine, wave: Wave) -> None:
    asked = Counter((one.host, one.path) for one in line.web.log())
    closed = [one for one in wave.wanted if one.asked == 0]
    assert closed and not [one.url for one in closed if asked[_place(one.url)]]


def test_robots_txt_is_ignored_where_a_person_said_so_and_it_is_logged(line: WebLine, wave: Wave) -> None:
    (feed,) = line.web.town.sites[f"{IGNORED}.test"].feeds
    asked = {(one.host, one.path) for one in line.web.log()}
    assert {_place(entry.url) for entry in feed.entries} <= asked
    assert f"{IGNORED}.test" in {one["source"] for one in line.log(about="robots_ignored")}


def test_at_least_200_hosts_are_being_asked_at_one_moment(line: WebLine, wave: Wave) -> None:
    assert most_at_once(line.web.log()) >= AT_ONCE


def test_fast_hosts_are_not_held_up_by_slow_ones(line: WebLine, wave: Wave) -> None:
    """They came last, and they are all done before the first slow host is."""
    asked = by_host(line.web.log())
    ends = {(one.host, one.path): one.end for one in line.web.log() if one.status == 200}
    slow = min(requests[-1].end for host, requests in asked.items() if host.startswith("slow-"))
    assert max(ends[_place(one.url)] for one in wave.fast) < slow


def test_redirects_are_recorded(line: WebLine, wave: Wave) -> None:
    led = [one for one in wave.wanted if one.through]
    rows = line.db.execute("SELECT job_id, redirects FROM captures WHERE redirects IS NOT NULL").fetchall()
    kept = {job: tuple(redirects) for job, redirects in rows}
    assert led and {one.url: kept.get(wave.job(one)) for one in led} == {one.url: one.through for one in led}


def test_nobody_comes_under_a_false_name_or_with_a_cookie(line: WebLine, wave: Wave) -> None:
    agents = {one.headers.get("user-agent") for one in line.web.log() if one.path}
    assert agents == {Settings.model_fields["user_agent"].default}
    assert not [one for one in line.web.log() if one.headers.keys() & {"cookie", "authorization"}]


def test_compression_is_asked_for(line: WebLine, wave: Wave) -> None:
    pages = [one for one in line.web.log() if one.host.startswith("gazette") and one.path != "/robots.txt"]
    assert pages and all({"gzip", "br"} <= set(re.split(r"[, ]+", one.headers["accept-encoding"])) for one in pages)


def test_a_feed_is_read_whatever_its_host_says_of_it_or_it_is_said_why_not(line: WebLine, wave: Wave) -> None:
    found = {feed.url: line.last_poll(wave.sources[feed.url]) for feed in wave.feeds}
    misread = [one for feed in wave.feeds if (one := _misread(feed, found[feed.url]))]
    assert not misread, "\n".join(misread)


def _misread(feed: Feed, end: dict[str, Any]) -> str | None:
    """What is wrong with the end of a poll."""
    if feed.failure:
        good = any(word in str(end["cause"]) for word in feed.failure.split("|")) and not end["accepted"]
    else:
        # What has no address that could be fetched is counted, too, and said.
        inwards = 2 if "hostile-entries" in feed.url else 0
        good = (end["status"], end["seen"] - end["refused"]) == ("read", len(feed.entries) + inwards)
    return None if good else f"{feed.url}: {end}"


def test_what_is_hostile_harms_no_process(line: WebLine, wave: Wave) -> None:
    assert set(line.supervisor.pids().values()) == wave.pids
    assert max(line.sizes().values()) < 1_500_000_000


def _place(url: str) -> tuple[str, str]:
    host, _, path = url.removeprefix("http://").partition(":")
    return host, f"/{path.partition('/')[2]}"
