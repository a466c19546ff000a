"""A worker that hears nothing ends itself, but only where there was something to hear."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from celery import signals

from newsroom.desk import Desk
from wireroom.broker import Broker
from wireroom.embedded import EmbeddedValkey
from wireroom.settings import Settings
from wireroom.watchdog import Watchdog


@pytest.fixture
def broker(valkey: EmbeddedValkey) -> Iterator[Broker]:
    """Of an empty Redis."""
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    made = Broker(valkey.url)
    yield made
    made.close()


@pytest.fixture
def watchdog(database: str, valkey: EmbeddedValkey) -> Watchdog:
    return Watchdog("parse", Settings(_env_file=None, database_url=database, redis_url=valkey.url))


def waiting_flight(desk: Desk, seconds: float) -> int:
    """A flight that has waited for parse for so long."""
    desk.job()
    (flight,) = desk.launch()
    desk.db.execute("UPDATE flights SET queued_at = now() - make_interval(secs => %s)", [seconds])
    return flight.id


def test_it_is_deaf_where_a_message_waits_for_longer_than_it_has_patience(
    watchdog: Watchdog, broker: Broker, desk: Desk
) -> None:
    broker.publish("parse", waiting_flight(desk, 31))
    assert watchdog.is_deaf()


def test_it_is_not_where_the_message_has_just_come(watchdog: Watchdog, broker: Broker, desk: Desk) -> None:
    broker.publish("parse", waiting_flight(desk, 1))
    assert not watchdog.is_deaf()


def test_it_is_not_where_the_flight_was_never_published(watchdog: Watchdog, broker: Broker, desk: Desk) -> None:
    waiting_flight(desk, 31)
    assert not watchdog.is_deaf()


def test_it_is_not_where_redis_does_not_answer(database: str, desk: Desk) -> None:
    waiting_flight(desk, 31)
    given = Settings(_env_file=None, database_url=database, redis_url="redis://127.0.0.1:1/0")
    assert not Watchdog("parse", given).is_deaf()


def test_its_patience_begins_when_the_worker_is_ready(watchdog: Watchdog, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[str] = []

    def thread(*, name: str, **_: Any) -> SimpleNamespace:
        return SimpleNamespace(start=lambda: started.append(name))

    monkeypatch.setattr("wireroom.watchdog.Thread", thread)
    for signal in (signals.worker_ready, signals.task_received):
        monkeypatch.setattr(signal, "receivers", [])
        signal.sender_receivers_cache.clear()
    watchdog.watch()
    assert started == []
    signals.worker_ready.send(sender=None)
    assert started == ["watchdog"]
