"""Beside the dispatching everything is reconciled, and what has expired is cleared away."""

from __future__ import annotations

import logging
import time
from itertools import count
from threading import Event as Flag

import pytest

from newsroom.desk import Desk
from wireroom.database import Connection
from wireroom.dispatcher.caretaker import Caretaker
from wireroom.settings import Settings

PATIENCE = 30.0


def caretaker(desk: Desk, **given: object) -> Caretaker:
    return Caretaker(Settings(_env_file=None, database_url=desk.url, **given))  # type: ignore[arg-type]


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(record.msg["event"]) for record in caplog.records if isinstance(record.msg, dict)]


def message(record: logging.LogRecord) -> dict[str, object]:
    return record.msg if isinstance(record.msg, dict) else {"event": None}


def test_what_is_not_accounted_for_is_told(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "wireroom")
    job = desk.job()
    desk.db.execute("DELETE FROM line")
    caretaker(desk).round()
    (line,) = [record.msg for record in caplog.records if record.levelno == logging.ERROR]
    assert isinstance(line, dict) and (line["event"], line["check"], line["id"]) == ("unaccounted", "unaccounted", job)
    assert "reconciled" in events(caplog)


def test_a_pass_is_made_once_by_however_many_dispatchers(desk: Desk) -> None:
    for _ in range(3):
        caretaker(desk, reconcile_seconds=60).round()
    assert desk.value("SELECT count(*) FROM reconciliations") == 1
    desk.db.execute("UPDATE reconciliations SET started_at = started_at - interval '61 seconds'")
    caretaker(desk, reconcile_seconds=60).round()
    assert desk.value("SELECT count(*) FROM reconciliations") == 2
    assert desk.value("SELECT sums->'accepted' FROM reconciliations LIMIT 1") == 0


def test_once_a_day_a_pass_covers_everything(desk: Desk) -> None:
    job = desk.job()
    for hours in (25, 2):
        desk.db.execute("UPDATE jobs SET accepted_at = now() - interval '3 days'")
        desk.db.execute("UPDATE reconciliations SET started_at = started_at - make_interval(hours => %s)", [hours])
        caretaker(desk, reconcile_seconds=60).round()
    assert desk.value("SELECT array_agg(since = 'epoch' ORDER BY id) FROM reconciliations") == [True, False]
    desk.db.execute("DELETE FROM line")
    desk.db.execute("UPDATE reconciliations SET started_at = started_at - interval '1 day'")
    caretaker(desk, reconcile_seconds=60).round()
    assert desk.value("SELECT findings FROM reconciliations ORDER BY id DESC LIMIT 1") == 1, job


def test_it_clears_away_what_has_expired(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "wireroom")
    desk.job(key="k")
    desk.db.execute("UPDATE receipts SET accepted_at = accepted_at - interval '30 days'")
    mine = caretaker(desk)
    mine.round()
    assert desk.value("SELECT count(*) FROM receipts") == 0
    assert "cleared" in events(caplog)


def test_pages_in_use_are_left_for_the_next_hour_and_that_is_said_once(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "wireroom")
    desk.db.execute("SELECT make_capture_days('2020-01-01', '2020-01-01')")
    mine = caretaker(desk, capture_days=30)
    with desk.db.transaction():
        desk.db.execute("LOCK TABLE captures IN ACCESS SHARE MODE")
        mine.round()
        mine.round()
    (line,) = [said for said in map(message, caplog.records) if said["event"] == "cleared"]
    assert (line["days"], line["busy"]) == ([], ["captures_20200101"])
    assert {record.levelno for record in caplog.records} == {logging.INFO}


def test_clearing_that_fails_is_tried_again_an_hour_later(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tries = count(1)

    def fail(_: Connection) -> int:
        raise RuntimeError(f"try {next(tries)}")

    monkeypatch.setattr("wireroom.ledger.retention.expire", fail)
    mine = caretaker(desk)
    with pytest.raises(RuntimeError):
        mine.round()
    mine.round()
    assert next(tries) == 2


def test_it_goes_on_after_a_surprise(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rounds, stopping = count(1), Flag()

    def fail_then_stop() -> None:
        if next(rounds) == 2:
            stopping.set()
        raise KeyError("odd")

    mine = caretaker(desk, reconcile_seconds=0.01)
    monkeypatch.setattr(mine, "round", fail_then_stop)
    mine._care(stopping)
    assert next(rounds) == 3
    assert events(caplog) == ["care_failed", "care_failed"]
    assert all(message(record)["exc_info"] for record in caplog.records)


def test_it_goes_on_after_a_failure(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.db.execute("ALTER TABLE reconciliations RENAME TO hidden")
    stopping = Flag()
    caretaker(desk, reconcile_seconds=0.1).start(stopping)
    until = time.monotonic() + PATIENCE
    while "care_failed" not in events(caplog) and time.monotonic() < until:
        time.sleep(0.02)
    desk.db.execute("ALTER TABLE hidden RENAME TO reconciliations")
    while not desk.value("SELECT count(*) FROM reconciliations") and time.monotonic() < until:
        time.sleep(0.02)
    stopping.set()
    assert "care_failed" in events(caplog) and desk.value("SELECT count(*) FROM reconciliations")
