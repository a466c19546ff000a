"""Beside the dispatching every hour is counted and judged, and what is otherwise is told once."""

from __future__ import annotations

import logging
from itertools import count
from threading import Event as Flag
from typing import Any

import pytest

from newsroom.almanac import Almanac
from wireroom.database import Connection
from wireroom.dispatcher import night_editor
from wireroom.dispatcher.night_editor import NightEditor
from wireroom.errors import WireroomError
from wireroom.settings import Settings
from wireroom.volumes import counting


@pytest.fixture
def desk(db: Connection, database: str, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    monkeypatch.setattr(counting, "STEP", 2000)
    return Almanac(db, database)


def editor(desk: Almanac) -> NightEditor:
    return NightEditor(Settings(_env_file=None, database_url=desk.url))


def said(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if isinstance(record.msg, dict)]


def at(monkeypatch: pytest.MonkeyPatch, hour: int) -> None:
    monkeypatch.setattr(night_editor, "this_hour", lambda _: hour)


def test_a_silence_is_told_and_its_end(
    desk: Almanac, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "wireroom")
    now, mine = desk.now, editor(desk)
    desk.came("Tide", range(now - 24 * 24, now - 40))
    desk.came("Ebb", range(now - 24 * 24, now))
    for hour in (now - 40, now - 20, now - 20, now - 19):
        at(monkeypatch, hour)
        mine.look(Flag())
    (line,) = said(caplog)
    assert (line["event"], line["source"], line["state"], line["before"]) == ("source_unwell", "Tide", "silent", "ok")
    assert line["since"].endswith("+00:00") and line["sentence"].startswith("nothing came since")
    caplog.clear()
    desk.came("Tide", [now - 19])
    at(monkeypatch, now - 18)
    mine.look(Flag())
    (line,) = said(caplog)
    assert (line["event"], line["source"], line["state"]) == ("source_well", "Tide", "ok")


def test_where_nobody_is_heard_that_is_told_and_its_end(
    desk: Almanac, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "wireroom")
    now, mine = desk.now, editor(desk)
    for source in ("Tide", "Ebb", "Gulf"):
        desk.came(source, range(now - 24 * 24, now - 20))
    at(monkeypatch, now - 21)
    mine.look(Flag())
    for hour in (now - 10, now - 9):
        at(monkeypatch, hour)
        mine.look(Flag())
    desk.came("Tide", [now - 9])
    at(monkeypatch, now - 8)
    mine.look(Flag())
    assert [line["event"] for line in said(caplog)] == ["nobody_heard", "somebody_heard"]


def test_hours_before_its_own_time_were_watched_by_nobody(desk: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    now = desk.now
    desk.came("Tide", [now - 3])
    mine = editor(desk)
    for hour in (now, now + 2):
        at(monkeypatch, hour)
        mine.look(Flag())
    watched = desk.db.execute("SELECT watched FROM volume_hours ORDER BY hour").fetchall()
    assert watched == [(False,)] * 4 + [(True,)]


def test_what_another_one_did_not_finish_it_does(desk: Almanac, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.came("Tide", range(desk.now - 24 * 24, desk.now))
    stopping, mine = Flag(), editor(desk)
    stopping.set()
    mine.look(stopping)
    assert desk.value("SELECT count(*) FROM volume_hours") == 0
    mine.look(Flag())
    assert desk.value("SELECT state FROM source_health") == "ok"
    monkeypatch.setattr(night_editor, "count", lambda *_: pytest.fail("all is done for this hour"))
    mine.look(Flag())


@pytest.mark.parametrize("error", [WireroomError("Postgres does not answer"), KeyError("a surprise")])
def test_a_look_that_fails_is_said_once_and_tried_again(
    desk: Almanac, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tries, stopping = count(1), Flag()

    def fail_then_stop(_: Flag) -> None:
        if next(tries) == 3:
            stopping.set()
        raise error

    mine = editor(desk)
    monkeypatch.setattr(mine, "look", fail_then_stop)
    monkeypatch.setattr(night_editor, "LOOK_SECONDS", 0)
    mine._work(stopping)
    assert next(tries) == 4
    (line,) = said(caplog)
    assert (line["event"], line["exc_info"] is None) == ("care_failed", isinstance(error, WireroomError))
