"""What is paused in mid-flow waits, all else goes on, and nothing is lost by it: with every process at work."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from newsroom.desk import offer
from newsroom.line import Line, story
from newsroom.pages import Web
from wireroom.ledger import repair
from wireroom.ledger.pauses import Target, pause, resume


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


def unfinished(line: Line, jobs: list[int]) -> int:
    row = line.db.execute("SELECT count(*) FROM line WHERE job_id = ANY(%s)", [jobs]).fetchone()
    assert row is not None
    return int(row[0])


def grounded(line: Line, jobs: list[int]) -> bool:
    """None of them is in flight."""
    found = line.db.execute("SELECT FROM line WHERE job_id = ANY(%s) AND flight_id IS NOT NULL", [jobs])
    return found.rowcount == 0


def let_look(line: Line) -> None:
    """Wait until a dispatcher has looked for what it may launch: it numbers ends after that."""
    for _ in range(2):
        jobs = line.texts(1, source="cancelled")
        repair.cancel(line.db, jobs, "ada")
        line.wait(partial(numbered, line, jobs), "an event")


def numbered(line: Line, jobs: list[int]) -> bool:
    return bool(line.db.execute("SELECT FROM events WHERE job_id = ANY(%s)", [jobs]).rowcount)


def let_go(line: Line, target: Target) -> None:
    assert resume(line.db, target)
    line.broker.wake()


def test_a_source_paused_in_mid_flow_waits_while_others_go_on(line: Line, web: Web) -> None:
    def mixed(first: int) -> list[int]:
        held = [offer(text=story(n), source="held") for n in range(first, first + 200)]
        fetched = [offer(url=web.url(n, host=n % 9 + 1), source="held") for n in range(first, first + 60)]
        return line.submit([*held, *fetched])

    held = mixed(10_000)
    line.wait(lambda: len(line.outcomes()) > 20, "the flow")
    assert pause(line.db, Target("source", "held"), "ada", "in mid-flow")
    line.wait(lambda: grounded(line, held), "flights under way to finish")
    left = unfinished(line, held)
    held += mixed(20_000)
    others = line.texts(100, source="other")
    line.wait(lambda: unfinished(line, others) == 0, "the others")
    assert Counter(line.outcomes()[job] for job in others) == {"stored": 100}
    assert unfinished(line, held) == left + 260
    assert grounded(line, held)
    line.check()
    let_go(line, Target("source", "held"))
    line.drain()
    assert Counter(line.outcomes()[job] for job in held) == {"stored": 520}
    line.check()


@pytest.mark.parametrize("target", [Target("line"), Target("leg", "process"), Target("lane", "live")], ids=str)
def test_the_line_a_leg_and_a_lane_are_held_and_go_on(line: Line, web: Web, target: Target) -> None:
    first = 30_000 + 100 * len(line.given)
    assert pause(line.db, target, "ada")
    texts = line.submit(offer(text=story(n)) for n in range(first, first + 50))
    (page,) = line.submit([offer(url=web.url(first), lane="backfill")])
    if target.what == "leg":
        line.wait(lambda: bool(line.db.execute("SELECT FROM captures WHERE job_id = %s", [page]).rowcount), "a capture")
    if target.what == "lane":
        line.wait(lambda: page in line.outcomes(), "the other lane")
    let_look(line)
    assert unfinished(line, texts) == 50 and grounded(line, texts)
    let_go(line, target)
    line.drain()
    line.check()


def test_a_paused_host_is_not_asked(line: Line, web: Web) -> None:
    held = Target("host", "127.0.0.77")
    assert pause(line.db, held, "ada")
    jobs = line.submit(offer(url=web.url(n, host=77)) for n in range(70_000, 70_040))
    others = line.submit(offer(url=web.url(n, host=78)) for n in range(80_000, 80_040))
    line.wait(lambda: unfinished(line, others) == 0, "the other host")
    assert line.db.execute("SELECT FROM captures WHERE job_id = ANY(%s)", [jobs]).rowcount == 0
    let_go(line, held)
    line.drain()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": 40}
    line.check()
