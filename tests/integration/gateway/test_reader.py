"""What is pushed onto the intake list becomes a job or a refusal, once, whoever dies."""

from __future__ import annotations

import json
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
import redis
from celery import Celery

from newsroom.api import PATIENCE, GatewayProcess, serving, settings
from newsroom.desk import Desk
from wireroom.database import connect
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey
from wireroom.gateway import intake_list
from wireroom.gateway.envelopes import read_item
from wireroom.gateway.intake_list import IntakeList
from wireroom.ledger import batches, refusals
from wireroom.ledger.accept import CHUNK, Tickets
from wireroom.topology import INTAKE_BATCHES, INTAKE_LIST, INTAKE_LISTS, SUBMIT_TASK


@pytest.fixture
def broker(valkey: EmbeddedValkey) -> Iterator[Any]:
    """An empty Redis."""
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
        yield client


def wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def push(broker: Any, *jobs: dict[str, Any] | bytes) -> None:
    broker.lpush(INTAKE_LIST, *(job if isinstance(job, bytes) else json.dumps(job) for job in jobs))


def is_empty(broker: Any) -> bool:
    """Whether all that was pushed has been taken, and every batch removed."""
    return not broker.exists(*INTAKE_LISTS, INTAKE_BATCHES) and not broker.keys("wireroom.intake:*")


def test_what_is_pushed_becomes_jobs_in_its_order(api: httpx.Client, broker: Any, desk: Desk) -> None:
    push(broker, *({"text": f"Ferry {n}", "external_id": str(n), "lane": "backfill"} for n in range(CHUNK + 50)))
    wait(lambda: is_empty(broker))
    rows = desk.db.execute("SELECT external_id, lane FROM jobs ORDER BY id").fetchall()
    assert rows == [(str(n), "backfill") for n in range(CHUNK + 50)]
    desk.check()


def test_what_cannot_be_taken_is_kept_with_the_reason(api: httpx.Client, broker: Any, desk: Desk) -> None:
    bad = b'{"txt": "The ferry came.", "producer": "p", "key": "k"}'
    push(broker, bad, b"\x00\xff", {"text": "Good"})
    wait(lambda: is_empty(broker))
    second, first = refusals.newest(desk.db, 10)
    assert (first.reason, first.field, first.producer, first.key) == ("unknown_field", "txt", "p", "k")
    assert (first.bytes, first.head) == (len(bad), bad.decode())
    assert (second.reason, second.producer, second.bytes) == ("malformed", None, 2)
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_of_what_is_too_long_only_the_beginning_is_read(api: httpx.Client, broker: Any, desk: Desk) -> None:
    long = json.dumps({"text": "x" * 10_000_000})
    push(broker, long.encode(), {"text": "After it"})
    wait(lambda: is_empty(broker))
    (refusal,) = refusals.newest(desk.db, 10)
    assert (refusal.reason, refusal.bytes, refusal.head) == ("too_large", len(long), long[: refusals.HEAD])
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_a_key_that_is_used_again_is_a_refusal(api: httpx.Client, broker: Any, desk: Desk) -> None:
    push(broker, {"text": "First", "key": "k"}, {"text": "Second", "key": "k"}, {"text": "First", "key": "k"})
    wait(lambda: is_empty(broker))
    assert [one.reason for one in refusals.newest(desk.db, 10)] == ["key_reused"]
    assert desk.value("SELECT count(*) FROM jobs") == 1


def take_over(desk: Desk, valkey: EmbeddedValkey) -> None:
    """A gateway that looks for what others left at once."""
    with serving(settings(desk.url, valkey, lease_scale=0.001)), redis.Redis.from_url(valkey.url) as broker:
        wait(lambda: is_empty(broker))


def test_a_batch_whose_reader_died_before_the_commit_is_taken_over(
    broker: Any, desk: Desk, valkey: EmbeddedValkey
) -> None:
    push(broker, {"text": "Taken"}, {"text": "Not taken"})
    dead = IntakeList(valkey.url, 1000)
    broker.ltrim(INTAKE_LIST, 1, 1)
    assert dead.take()
    push(broker, {"text": "Not taken"})
    take_over(desk, valkey)
    assert desk.value("SELECT count(*) FROM jobs") == 2
    assert desk.value("SELECT count(*) FROM sightings") == 0
    dead.close()


def test_a_batch_whose_reader_died_after_the_commit_is_only_removed(
    broker: Any, desk: Desk, valkey: EmbeddedValkey
) -> None:
    push(broker, {"text": "Once"}, b"{")
    dead = IntakeList(valkey.url, 1000)
    batch = dead.take()
    assert batch
    items = [read_item(one, 1000) for one in dead.read(batch)]
    assert batches.accept_batch(desk.db, batch, items, Tickets()) is not None
    desk.db.execute("UPDATE offers SET until = now() - interval '1 second'")
    take_over(desk, valkey)
    assert (desk.value("SELECT count(*) FROM jobs"), desk.value("SELECT count(*) FROM refusals")) == (1, 1)
    dead.close()


def test_two_who_commit_one_batch_at_once_write_it_once(broker: Any, desk: Desk, valkey: EmbeddedValkey) -> None:
    push(broker, {"text": "Once"})
    mine = IntakeList(valkey.url, 1000)
    batch = mine.take()
    assert batch
    items = [read_item(one, 1000) for one in mine.read(batch)]
    with connect(desk.url, "other") as other:
        with other.transaction():
            assert batches.accept_batch(other, batch, items, Tickets()) is not None
            desk.db.execute("SET lock_timeout = '300ms'")
            with pytest.raises(Exception, match="lock timeout"):
                batches.accept_batch(desk.db, batch, items, Tickets())
        assert batches.accept_batch(desk.db, batch, items, Tickets()) is None
    mine.close()


def test_a_batch_is_bounded_by_its_bytes_and_never_grows(
    broker: Any, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_list, "BATCH_BYTES", 25)
    broker.lpush(INTAKE_LIST, *(b"x" * size for size in (10, 10, 10, 100, 10)))
    mine = IntakeList(valkey.url, 50)
    taken = [batch for batch in (mine.take() for _ in range(4)) if batch]
    assert [[one.size for one in mine.read(batch)] for batch in taken] == [[10, 10], [10], [100], [10]]
    assert mine.take() is None
    broker.lpush(INTAKE_LIST, b"late")
    assert [one.size for one in mine.read(taken[0])] == [10, 10]
    mine.remove(taken[0])
    assert mine.read(taken[0]) == []
    mine.close()


@contextmanager
def killed_over_and_over(start: Callable[..., GatewayProcess], times: int) -> Iterator[None]:
    """Gateways run one after the other, each killed at a random moment; the last one lives."""
    env = {"WIREROOM_LEASE_SCALE": "0.001"}
    for _ in range(times):
        gateway = start(**env)
        gateway.wait_until_it_answers()
        time.sleep(random.random() * 0.4)
        gateway.end(signal.SIGKILL)
    start(**env)
    yield


def test_a_reader_that_is_killed_loses_and_repeats_nothing(
    start: Callable[..., GatewayProcess], broker: Any, desk: Desk
) -> None:
    number = 6 * CHUNK
    push(broker, *({"text": f"Ferry {n}", "meta": {"n": n}} for n in range(number)), *(b"{" for _ in range(5)))
    with killed_over_and_over(start, 5):
        wait(lambda: is_empty(broker))
    assert desk.value("SELECT count(DISTINCT meta->'n') FROM jobs") == number
    assert desk.value("SELECT count(*) FROM jobs") == number
    assert desk.value("SELECT count(*) FROM sightings") == 0
    assert desk.value("SELECT count(*) FROM refusals") == 5
    desk.check()


def test_while_postgres_is_away_everything_stays_in_redis(
    broker: Any, valkey: EmbeddedValkey, own_postgres: EmbeddedPostgres
) -> None:
    with serving(settings(own_postgres.url, valkey)):
        own_postgres.stop()
        push(broker, {"text": "The ferry came."})
        wait(lambda: bool(broker.exists(INTAKE_BATCHES)))
        own_postgres.start()
        wait(lambda: is_empty(broker))
    with connect(own_postgres.url, "test") as db:
        assert db.execute("SELECT count(*) FROM jobs").fetchone() == (1,)


def test_a_batch_that_cannot_be_written_does_not_hold_up_the_next(
    broker: Any, desk: Desk, valkey: EmbeddedValkey
) -> None:
    desk.db.execute("ALTER TABLE refusals RENAME TO hidden")
    push(broker, b"{")
    # It is an orphan at once, and again and again.
    with serving(settings(desk.url, valkey, lease_scale=0.001)):
        wait(lambda: bool(broker.exists(INTAKE_BATCHES)))
        for number in range(1, 6):
            push(broker, {"text": f"Number {number}"})
            wait(lambda: bool(desk.value("SELECT count(*) FROM jobs") == number))  # noqa: B023 - it is waited for
    desk.db.execute("ALTER TABLE hidden RENAME TO refusals")
    take_over(desk, valkey)
    assert desk.value("SELECT count(*) FROM refusals") == 1


def test_what_fills_redis_is_read_all_the_same(api: httpx.Client, broker: Any, desk: Desk) -> None:
    broker.config_set("maxmemory", 20_000_000)
    try:
        number = 0
        with pytest.raises(redis.ResponseError, match="maxmemory"):
            for number in range(100):
                push(broker, {"text": f"{number} " + "x" * 400_000})
        wait(lambda: is_empty(broker))
    finally:
        broker.config_set("maxmemory", 0)
    assert desk.value("SELECT count(*) FROM jobs") == number


def test_what_has_a_priority_is_read_too(broker: Any, desk: Desk, valkey: EmbeddedValkey) -> None:
    with Celery("producer", broker=valkey.url, set_as_current=False) as app:
        for priority in (0, 4, 9):
            app.send_task(SUBMIT_TASK, kwargs={"text": str(priority)}, queue=INTAKE_LIST, priority=priority)
    with serving(settings(desk.url, valkey)):
        wait(lambda: is_empty(broker))
    assert desk.value("SELECT count(*) FROM jobs") == 3
