"""A dispatcher goes by its own clock: it launches, and takes back, as if the wall clock had not stepped."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from newsroom.clock import SteadyClock, WallClock
from newsroom.desk import Desk
from wireroom.broker import Broker
from wireroom.database import connect
from wireroom.dispatcher.dispatcher import Dispatcher
from wireroom.embedded import EmbeddedValkey
from wireroom.ledger import flights
from wireroom.ledger.life import LEASES
from wireroom.outages import broker_outage
from wireroom.settings import Settings

HOUR = 3600.0


class Shift:
    """A dispatcher at work twice a second, on a real Postgres whose clock steps and a Redis that nobody reads."""

    def __init__(self, desk: Desk, broker: Broker, redis_url: str) -> None:
        given = Settings(_env_file=None, database_url=desk.url, redis_url=redis_url)
        self.desk = desk
        self.clock = SteadyClock()
        self._dispatcher = Dispatcher(desk.db, broker, given, broker_outage(), self.clock)

    def work(self, seconds: float, *, pause: float = 0.5) -> None:
        for _ in range(int(seconds / pause)):
            self.clock.now += pause
            self._dispatcher.look()

    def flights(self) -> list[int]:
        return [id_ for (id_,) in self.desk.db.execute("SELECT id FROM flights ORDER BY id")]


@pytest.fixture
def shift(database: str, valkey: EmbeddedValkey) -> Iterator[Shift]:
    with connect(database, "test") as db:
        WallClock(db)
    broker = Broker(valkey.url)
    with connect(database, "test") as db:
        yield Shift(Desk(db, database), broker, valkey.url)
    broker.close()


@pytest.mark.parametrize("step", [5 * HOUR, -5 * HOUR])
def test_a_step_of_every_wall_clock_loses_nothing_and_blames_nobody(
    shift: Shift, step: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = shift.desk
    desk.job()
    shift.work(1)
    (flying,) = shift.flights()
    assert flights.start(desk.db, flying, "parse", "worker")
    shift.work(1)
    WallClock.step(desk.db, step)
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + step)
    desk.job()
    shift.work(LEASES["parse"] - 3)
    assert flying in shift.flights() and len(shift.flights()) == 2
    assert desk.value("SELECT count(*) FROM attempts") == 0
    shift.work(4)
    assert flying not in shift.flights(), "the lease is over now"
    assert desk.value("SELECT count(*) FROM attempts WHERE kind = 'lost'") == 1
    desk.check()


def test_a_dispatcher_that_was_stopped_blames_nobody_for_the_time(shift: Shift) -> None:
    desk = shift.desk
    desk.job()
    shift.work(1)
    (flying,) = shift.flights()
    assert flights.start(desk.db, flying, "parse", "worker")
    for _ in range(4):
        shift.work(LEASES["parse"] - 1)
        shift.clock.now += HOUR
    assert shift.flights() == [flying]
    assert desk.value("SELECT count(*) FROM attempts") == 0
