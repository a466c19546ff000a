"""Web servers that misbehave harm nobody's pages but their own, and of those it is known why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from faults.conftest import ENV
from newsroom.desk import offer
from newsroom.line import Line
from newsroom.pages import Web
from newsroom.producers import Press
from newsroom.proof import prove
from newsroom.unruly import WAYS, Unruly
from wireroom.ledger.repair import redrive

FIRST = 1_000_000
"""No page of a wave has such a number."""
PAGES = 4
"""Of each way to misbehave, each on a host of its own."""
ENDS = {
    "slowly": "the whole page did not come within 8 seconds",
    "reset": "the connection to 127.0.1",
    "promises-more": "broke off",
    "promises-less": "stored",
    "closes": "broke off or does not speak HTTP",
    "fails-at-first": "stored",
    "endless-headers": "broke off or does not speak HTTP",
}
"""How its pages end: stored, or in quarantine with a cause that says this."""
FOUND = """
SELECT coalesce(outcome, quarantine.cause) FROM outcomes FULL JOIN quarantine USING (job_id) WHERE job_id = ANY(%s)
"""


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """The settings of the line."""
    return ENV | {"WIREROOM_FETCH_SECONDS": "8", "WIREROOM_RETRIES": "1", "WIREROOM_RETRY_SECONDS": "0.5"}


@pytest.fixture
def unruly() -> Iterator[Unruly]:
    with Unruly() as server:
        yield server


def test_a_slow_server_holds_up_no_other(line: Line, web: Web, unruly: Unruly) -> None:
    """They are launched together, and the others are there before the first byte too late of the slow ones."""
    offers = [offer(url=unruly.page("slowly", FIRST + n, host=n + 1)) for n in range(PAGES)]
    offers += [offer(url=web.url(2 * FIRST + n, host=n % 20 + 1)) for n in range(40)]
    jobs = line.submit(offers)
    line.wait(lambda: failed_first(line, jobs[:PAGES]) is not None, "the slow ones to fail")
    row = line.db.execute("SELECT count(*), max(fetched_at) FROM captures WHERE job_id = ANY(%s)", [jobs]).fetchone()
    assert row is not None and row[0] == 40
    assert row[1] < failed_first(line, jobs[:PAGES])
    unruly.recover()
    line.drain()
    assert {line.outcomes()[job] for job in jobs} == {"stored"}


def failed_first(line: Line, jobs: list[int]) -> Any:
    """When the first of the jobs failed first."""
    row = line.db.execute("SELECT min(at) FROM attempts WHERE job_id = ANY(%s)", [jobs]).fetchone()
    return row and row[0]


def test_bad_pages_are_explained_and_stored_once_the_server_is_well(line: Line, press: Press, unruly: Unruly) -> None:
    number = iter(range(3 * FIRST, 4 * FIRST))
    with press.wave():
        jobs = {
            way: line.submit(offer(url=unruly.page(way, next(number), host=host)) for host in hosts(way))
            for way in WAYS
        }  # fmt: skip
        prove(line, press)
    for way, ids in jobs.items():
        ends = [str(end) for (end,) in line.db.execute(FOUND, [ids])]
        assert len(ends) == PAGES and all(ENDS[way] in end for end in ends), (way, ends)
    unruly.recover()
    redriven = redrive(line.db, [job for ids in jobs.values() for job in ids], "the test")
    assert len(redriven) == PAGES * sum(end != "stored" for end in ENDS.values())
    prove(line, press)
    assert {line.outcomes()[job] for ids in jobs.values() for job in ids} == {"stored"}


def hosts(way: str) -> range:
    """Those whose pages are sent this way."""
    first = 100 + PAGES * list(WAYS).index(way)
    return range(first, first + PAGES)
