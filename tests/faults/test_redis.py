"""Whatever becomes of Redis and of what it holds, everything is stored once, and the line goes on by itself."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faults.conftest import ENV
from newsroom import harm
from newsroom.line import Line, stopped
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.settings import Settings

BOUND = Settings().process_in_flight
"""Of articles in flight in the process leg."""


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The settings of the line."""
    return ENV | {"TMPDIR": str(tmp_path_factory.mktemp("tmp"))}


@pytest.mark.parametrize(
    "what",
    [harm.restart_redis, harm.flush, harm.again(harm.flush, 3)],
    ids=["killed and restarted", "flushed", "flushed three times"],
)
def test_it_loses_all_it_holds(endure: Callable[..., None], env: dict[str, str], what: harm.Harm) -> None:
    endure(what, list_lost=True)
    left = [file.name for file in Path(env["TMPDIR"]).iterdir() if file.is_file()]
    assert not left, "articles that could not be given back to Redis lie about"


@pytest.mark.parametrize(
    "what",
    [harm.stop_redis(30.0), harm.fill_redis(6.0), harm.cut_redis(6.0)],
    ids=["stopped", "out of memory", "all connections ended over and over"],
)
def test_it_cannot_be_worked_with(endure: Callable[..., None], what: harm.Harm) -> None:
    endure(what)


def test_after_a_flush_the_bound_is_free_at_once(line: Line, press: Press, chance: random.Random) -> None:
    """No lease has to pass: what waited in Redis is known to be lost, and others are launched in its place."""
    before = lost_while_waiting(line)
    with press.wave(pushed=0):
        line.wait_until_up()
        with stopped(line.supervisor.pids()["parse"], *line.children("parse")):
            line.wait(lambda: waiting(line) == BOUND, "the bound to be reached")
            harm.flush(line, chance)
            line.wait(lambda: waiting(line) == BOUND, "the bound to be reached again")
        prove(line, press)
    lost = [entry for entry in lost_while_waiting(line) if entry not in before]
    assert lost and all(entry["rule"] == "epoch" for entry in lost), lost


def lost_while_waiting(line: Line) -> list[dict[str, Any]]:
    """What the log says of flights that were lost before anybody had them."""
    return [entry for entry in line.log() if entry["event"] == "flight_lost" and entry["worker"] is None]


def waiting(line: Line) -> int:
    """Articles that wait for parse in flights that Redis has not lost."""
    known = "SELECT count(*) FROM line JOIN flights ON flights.id = line.flight_id WHERE stage = 'parse' AND epoch = %s"
    row = line.db.execute(known, [line.broker.epoch()]).fetchone()
    assert row is not None
    return int(row[0])
