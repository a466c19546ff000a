"""The gauges are those of the ledger, and are gone while it cannot be counted."""

from __future__ import annotations

import math
from itertools import count
from threading import Event as Flag

import pytest
from psycopg.types.json import Jsonb

from newsroom.clock import SteadyClock
from newsroom.desk import Desk
from newsroom.probing import Scrape, read, value
from wireroom import metrics
from wireroom.dispatcher.census_taker import STALE_SECONDS, CensusTaker
from wireroom.errors import Transient, WireroomError
from wireroom.ledger.pauses import Target, pause, resume
from wireroom.ledger.reconcile import reconcile
from wireroom.settings import Settings


@pytest.fixture
def taker(database: str, clock: SteadyClock) -> CensusTaker:
    return CensusTaker(Settings(database_url=database), clock)


def shown(taker: CensusTaker) -> Scrape:
    return read(metrics.page([taker]).decode())


def counted(taker: CensusTaker) -> Scrape:
    taker.count()
    return shown(taker)


def test_every_unfinished_article_is_in_one_state(desk: Desk, taker: CensusTaker) -> None:
    desk.jobs(3)
    desk.launch()
    desk.job(lane="backfill")
    desk.job(url="https://one.example/")
    desk.job(url="https://two.example/")
    (fetched,) = desk.launch("fetch")
    desk.fail(fetched.id, fetched.jobs[0], Transient("later"), stage="ingest")
    scrape = counted(taker)
    articles = {
        tuple(dict(labels)[name] for name in ("leg", "lane", "state")): number
        for (name_, labels), number in scrape.items()
        if name_ == "wireroom_line_articles" and number
    }
    assert articles == {
        ("process", "live", "in_flight"): 3,
        ("process", "backfill", "ready"): 1,
        ("fetch", "live", "in_flight"): 1,
        ("fetch", "live", "waits_for_time"): 1,
    }
    assert value(scrape, "wireroom_live_flights", stage="parse", state="queued") == 1
    assert value(scrape, "wireroom_live_flights", stage="ingest") == 1


def test_what_is_gone_is_0_and_not_what_it_was(desk: Desk, taker: CensusTaker) -> None:
    job = desk.job()
    assert value(counted(taker), "wireroom_line_articles", state="ready") == 1
    desk.flight()
    assert value(counted(taker), "wireroom_live_flights", state="started") == 1
    desk.finish((job, 1))
    scrape = counted(taker)
    assert value(scrape, "wireroom_line_articles") == value(scrape, "wireroom_live_flights") == 0
    assert value(scrape, "wireroom_oldest_unfinished_seconds") == 0


def test_the_oldest_is_the_oldest_of_its_lane(desk: Desk, taker: CensusTaker) -> None:
    old, *_ = desk.jobs(3, lane="backfill")
    desk.jobs(3)
    desk.db.execute("UPDATE jobs SET accepted_at = accepted_at - interval '1 hour' WHERE id = %s", [old])
    scrape = counted(taker)
    assert 3600 <= value(scrape, "wireroom_oldest_unfinished_seconds", lane="backfill") < 3700
    assert 0 < value(scrape, "wireroom_oldest_unfinished_seconds", lane="live") < 100


def test_quarantine_refusals_and_the_gap_are_shown(desk: Desk, taker: CensusTaker) -> None:
    scrape = counted(taker)
    assert math.isnan(value(scrape, "wireroom_reconciliation_gap"))
    job = desk.job()
    for _ in range(3):
        desk.fail(desk.flight(), job, KeyError("odd"))
        desk.hurry()
    desk.db.execute("INSERT INTO refusals (reason, cause, bytes, head) VALUES ('malformed', 'it is', 1, '{')")
    desk.db.execute("INSERT INTO flights (id, leg, stage, epoch, queued_at) VALUES (99, 'fetch', 'ingest', '', now())")
    assert len(reconcile(desk.db).findings) == 1
    scrape = counted(taker)
    assert value(scrape, "wireroom_quarantine_articles") == 1
    assert value(scrape, "wireroom_refusals") == 1
    assert value(scrape, "wireroom_reconciliation_gap") == 1
    assert 0 < value(scrape, "wireroom_reconciliation_age_seconds") < 100


def test_pauses_are_counted(desk: Desk, taker: CensusTaker) -> None:
    pause(desk.db, Target("line"), "ada")
    pause(desk.db, Target("lane", "backfill"), "ada")
    assert value(counted(taker), "wireroom_pauses") == 2
    resume(desk.db, Target("line"))
    assert value(counted(taker), "wireroom_pauses") == 1


def test_breaks_are_counted_of_the_last_full_windows(desk: Desk, taker: CensusTaker) -> None:
    found = {"measure": "filled", "was": 1, "now": 0, "since": "2025-05-02T10:00:00Z", "job": 1}
    both = Jsonb([found | {"field": "body"}, found | {"field": "title"}])
    for source, number, breaks, seen in (
        ("Tide", 7, both, None), ("Tide", 8, None, Jsonb({})), ("Ebb", 4, both, None), ("Ebb", 5, None, None),
    ):  # fmt: skip
        desk.db.execute(
            "INSERT INTO parse_health (source, number, since, until, articles, measures, seen, breaks)"
            " VALUES (%s, %s, now(), now(), 25, '{}', %s, %s)",
            [source, number, seen, breaks],
        )
    assert value(counted(taker), "wireroom_source_breaks") == 2


def test_gauges_that_are_too_old_are_not_shown(desk: Desk, taker: CensusTaker, clock: SteadyClock) -> None:
    assert shown(taker) == {}
    assert counted(taker)
    clock.now += STALE_SECONDS - 1
    assert shown(taker)
    clock.now += 1
    assert shown(taker) == {}


@pytest.mark.parametrize("error", [WireroomError("Postgres does not answer"), KeyError("a surprise")])
def test_a_census_that_fails_is_tried_again(
    desk: Desk, taker: CensusTaker, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    tries, stopping = count(1), Flag()

    def fail_then_stop() -> None:
        if next(tries) == 3:
            stopping.set()
        raise error

    monkeypatch.setattr(taker, "count", fail_then_stop)
    monkeypatch.setattr("wireroom.dispatcher.census_taker.COUNT_SECONDS", 0)
    taker._work(stopping)
    assert next(tries) == 4


def test_sources_are_counted_by_how_they_are(desk: Desk, taker: CensusTaker) -> None:
    for source, state in (("Tide", "silent"), ("Ebb", "ok"), ("Gulf", "ok")):
        desk.db.execute("INSERT INTO source_health (source, first_at, state) VALUES (%s, now(), %s)", [source, state])
    for back, sources, watched, expected in ((5, 0, True, 9), (4, 2, True, 0), (3, 0, False, 9), (2, 0, True, 2.5),
                                             (1, 0, True, 1.25)):  # fmt: skip
        desk.db.execute(
            "INSERT INTO volume_hours (hour, sources, watched, expected)"
            " VALUES (now() - make_interval(hours => %s), %s, %s, %s)", [back, sources, watched, expected],
        )  # fmt: skip
    scrape = counted(taker)
    assert value(scrape, "wireroom_sources", state="silent") == 1
    assert value(scrape, "wireroom_sources", state="ok") == 2
    assert value(scrape, "wireroom_sources", state="low") == 0
    assert value(scrape, "wireroom_unheard_sources") == 3.75
