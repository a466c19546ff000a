"""Beside the dispatching it is told, once, when a source is not what it was."""

from __future__ import annotations

from itertools import count
from threading import Event as Flag
from typing import Any

import pytest

from newsroom.proofs import Proofs
from wireroom.contracts import Moment
from wireroom.database import Connection
from wireroom.dispatcher import proofreader
from wireroom.dispatcher.proofreader import Proofreader
from wireroom.drift import proofreading
from wireroom.errors import WireroomError
from wireroom.ledger.events import sequence
from wireroom.settings import Settings

DATED = Moment(iso="2025-05-02T10:15:00+00:00", origin="json-ld")


@pytest.fixture
def desk(db: Connection, database: str) -> Proofs:
    return Proofs(db, database)


def reader(desk: Proofs) -> Proofreader:
    return Proofreader(Settings(_env_file=None, database_url=desk.url))


def said(caplog: pytest.LogCaptureFixture, event: str) -> list[dict[str, Any]]:
    return [record.msg for record in caplog.records if isinstance(record.msg, dict) and record.msg["event"] == event]


def test_a_source_that_has_changed_is_told_once(
    desk: Proofs, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofreading, "STEP", 40)
    desk.publish(100, published=DATED)
    broken = desk.publish(75)
    sequence(desk.db)
    mine = reader(desk)
    for _ in range(2):
        mine.read(Flag())
    ((line),) = said(caplog, "source_changed")
    assert (line["source"], line["field"], line["change"]) == ("Tide", "published", "filled 100 % -> 0 %")
    assert line["job"] in broken and line["since"].endswith("+00:00")
    assert desk.windows()[-1] == (7, 25)


def test_who_is_told_to_stop_goes_on_no_more(desk: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofreading, "STEP", 10)
    desk.publish(20)
    sequence(desk.db)
    stopping = Flag()
    stopping.set()
    reader(desk).read(stopping)
    assert desk.windows() == []


@pytest.mark.parametrize("error", [WireroomError("Postgres does not answer"), KeyError("a surprise")])
def test_reading_that_fails_is_said_once_and_tried_again(
    desk: Proofs, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    tries, stopping = count(1), Flag()

    def fail_then_stop(_: Flag) -> None:
        if next(tries) == 3:
            stopping.set()
        raise error

    mine = reader(desk)
    monkeypatch.setattr(mine, "read", fail_then_stop)
    monkeypatch.setattr(proofreader, "LOOK_SECONDS", 0)
    mine._work(stopping)
    assert next(tries) == 4
    (line,) = said(caplog, "care_failed")
    assert (line["exc_info"] is None) == isinstance(error, WireroomError)
