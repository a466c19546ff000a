"""What a claim reads does not grow: not with the backlog, waiting retries or what is paused, nor while a backup holds a
snapshot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from psycopg import IsolationLevel

from newsroom.desk import EPOCH, Desk
from wireroom.database import Connection
from wireroom.dispatcher.__main__ import PLAN
from wireroom.ledger import launch, pauses
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.launch import Launcher
from wireroom.ledger.pauses import LANES, Target

BEHIND = 200_000
WAITING = 100_000
PAUSED = 20_000
SLACK = 1.5
"""A deeper index and rows that lie further apart cost a few pages; walking over what is dead costs hundreds."""


def fill(desk: Desk, first: int, number: int, *, waiting: bool = False) -> None:
    """Rows of the line as accept and fail leave them, by one statement."""
    desk.db.execute(
        "INSERT INTO line (job_id, leg, lane, capture_day, capture_id, ticket, waits_for, due_at)"
        " SELECT id, 'process', 'live', now(), id, CASE WHEN NOT %(waiting)s THEN id END,"
        " CASE WHEN %(waiting)s THEN 'time' END, CASE WHEN %(waiting)s THEN now() + interval '1 hour' END"
        " FROM generate_series(%(first)s, %(first)s + %(number)s - 1) AS id",
        {"first": first, "number": number, "waiting": waiting},
    )


def crowd(desk: Desk, first: int, number: int, source: str) -> None:
    """Ready jobs of one source."""
    desk.db.execute(
        "INSERT INTO jobs (id, producer, source, lane) SELECT id, 'test', %(source)s, 'live'"
        " FROM generate_series(%(first)s, %(first)s + %(number)s - 1) AS id",
        {"first": first, "number": number, "source": source},
    )
    fill(desk, first, number)


def park(desk: Desk, launches: int) -> None:
    """Meet as many of a paused crowd as so many launches do: each a bounded number."""
    for _ in range(launches):
        before = held(desk)
        assert desk.launchers["process"].launch(desk.db, EPOCH) == ([], True)
        assert held(desk) <= before + 128


def held(desk: Desk) -> int:
    return int(desk.value("SELECT count(*) FROM line WHERE waits_for = 'pause'"))


def buffers(desk: Desk) -> int:
    """Buffers read by the queries of one claim of 32, from what is due, paused or resumed to the claim itself."""
    current = desk.value("SELECT current_ticket('process', 'live')")
    given: dict[str, Any] = {"leg": "process", "lane": "live", "watermark": current, "limit": 32, "most": 1000}
    given |= {"stage": "parse", "live": current, "backfill": desk.value("SELECT current_ticket('process', 'backfill')")}
    given |= {
        "since": desk.value("SELECT now() - interval '1 minute'"),
        "until": desk.value("SELECT now()"),
        "floor": desk.launchers["process"]._floor,
    }
    given |= {"lanes": list(LANES)}
    total = 0
    for module, name in (
        (launch, "call_due"), (pauses, "held"), (pauses, "released"), (launch, "in_flight"), (launch, "ready"),
        (launch, "claim"),
    ):  # fmt: skip
        with desk.db.transaction(force_rollback=True):
            for setting, value in PLAN.items():
                desk.db.execute("SELECT set_config(%s, %s, true)", [setting, value])
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {getattr(module.queries, name)}"
            row = desk.db.execute(explained.encode(), given).fetchone()
            assert row is not None
            plan = row[0][0]["Plan"]
            total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return total


def work(desk: Desk, flights: int) -> None:
    """Finish so many flights of 32, as the line does, and leave one more in flight."""
    for _ in range(flights):
        flying = desk.db.execute("SELECT job_id FROM line WHERE flight_id IS NOT NULL").fetchall()
        desk.finish(*((job, 1) for (job,) in flying))
        (flight,) = desk.launchers["process"].launch(desk.db, EPOCH).flights
        assert len(flight.jobs) == 32


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """With room for one flight, so that a claim is one of 32."""
    desk.launchers["process"] = Launcher("process", Bounds(in_flight=32))
    return desk


def test_a_claim_costs_the_same_with_200_and_200_000_jobs_behind_it(desk: Desk) -> None:
    fill(desk, 1, 232)
    work(desk, 1)
    few = buffers(desk)
    fill(desk, 1000, BEHIND)
    fill(desk, 1000 + BEHIND, WAITING, waiting=True)
    many = buffers(desk)
    assert many <= few * SLACK


def test_a_claim_costs_the_same_while_somebody_holds_an_old_snapshot(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    fill(desk, 1, BEHIND)
    work(desk, 2)
    before = buffers(desk)
    backup = connection()
    backup.isolation_level = IsolationLevel.REPEATABLE_READ
    with backup.transaction():
        backup.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        backup.execute("SELECT count(*) FROM line")
        work(desk, 100)
        during = buffers(desk)
    assert during <= before * SLACK


def test_a_claim_costs_the_same_with_128_and_20_000_jobs_of_a_paused_source(desk: Desk) -> None:
    fill(desk, 1_000_000, 232)
    crowd(desk, 1, PAUSED, "crowd")
    pauses.pause(desk.db, Target("source", "crowd"), "ada")
    park(desk, 1)
    few = buffers(desk)
    park(desk, PAUSED // 128 - 1)
    assert buffers(desk) <= few * SLACK
    assert len(desk.launch()) == 1


def test_parking_a_crowd_does_not_make_claims_dearer_while_somebody_holds_an_old_snapshot(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    crowd(desk, 1, PAUSED, "crowd")
    pauses.pause(desk.db, Target("source", "crowd"), "ada")
    backup = connection()
    backup.isolation_level = IsolationLevel.REPEATABLE_READ
    with backup.transaction():
        backup.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        backup.execute("SELECT count(*) FROM line")
        park(desk, 2)
        before = buffers(desk)
        park(desk, 100)
        assert buffers(desk) <= before * SLACK
