"""Without Postgres the gateway says so, and works again as soon as it is back; without Redis it works on."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import psycopg
import pytest
import redis

from newsroom.api import serving, settings
from newsroom.desk import Desk
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey
from wireroom.gateway import front_desk
from wireroom.gateway.front_desk import CONNECTIONS, FrontDesk
from wireroom.gateway.problems import Problem
from wireroom.ledger import look
from wireroom.ledger.accept import Accepted
from wireroom.topology import WAKE_CHANNEL

PATIENCE = 30.0
OFFER = {"text": "The ferry came into the harbour.", "key": "k1", "producer": "p"}
FERRY = b'{"text": "The ferry came."}'
CUT_OFF = """
    CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END';
    CREATE TRIGGER cut_off AFTER INSERT ON line EXECUTE FUNCTION cut_off()
"""


@pytest.fixture
def front(database: str, valkey: EmbeddedValkey) -> Iterator[FrontDesk]:
    """What is behind the API, without the API."""
    front = FrontDesk(settings(database, valkey))
    yield front
    front.close()


def until_accepted(api: httpx.Client) -> httpx.Response:
    """Repeat the offer as long as the gateway asks for that."""
    until = time.monotonic() + PATIENCE
    while (answer := api.post("/v1/articles", json=OFFER)).status_code == 503 and time.monotonic() < until:
        time.sleep(0.1)
    return answer


def test_postgres_may_go_away_and_come_back(own_postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
    with serving(settings(own_postgres.url, valkey)) as api:
        first = api.post("/v1/articles", json=OFFER)
        assert first.status_code == 202
        own_postgres.stop()
        for answer in (api.post("/v1/articles", json=OFFER), api.get("/v1/jobs/1"), api.get("/v1/articles/1")):
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["reason"] == "database_away"
            assert "socket" not in answer.text, "nothing is said of how the servers are connected"
        assert api.get("/v1/health").status_code == 200
        own_postgres.start()
        again = until_accepted(api)
        assert (again.status_code, again.json()) == (202, first.json())
        assert api.get("/v1/jobs/1").status_code == 200


def test_a_restart_of_postgres_is_met_by_one_request_not_by_one_for_each_connection(
    front: FrontDesk, desk: Desk
) -> None:
    with front.pool.connection(), front.pool.connection(), front.pool.connection():
        pass
    backends = "pid <> pg_backend_pid() AND datname = current_database()"
    assert desk.value(f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {backends}") >= 3
    with pytest.raises(Problem) as met:
        front.job(1)
    assert met.value.status == 503
    assert [front.job(1) for _ in range(CONNECTIONS)] == [None] * CONNECTIONS


def test_a_transaction_that_is_cut_off_leaves_nothing(front: FrontDesk, desk: Desk) -> None:
    desk.db.execute(CUT_OFF)
    with pytest.raises(Problem) as met:
        front.take([FERRY], None)
    assert met.value.status == 503
    assert desk.value("SELECT count(*) FROM jobs") == 0
    desk.db.execute("DROP TRIGGER cut_off ON line")
    (answer,) = front.take([FERRY], None)
    assert isinstance(answer, Accepted) and not answer.duplicate
    desk.check()


@pytest.mark.parametrize(
    "error",
    [
        psycopg.errors.IdleInTransactionSessionTimeout,
        psycopg.errors.ReadOnlySqlTransaction,
        psycopg.errors.DiskFull,
        psycopg.errors.OutOfMemory,
        psycopg.errors.IoError,
    ],
)
def test_what_ails_postgres_is_an_outage_and_told_once(
    front: FrontDesk, desk: Desk, error: type[psycopg.Error], caplog: pytest.LogCaptureFixture
) -> None:
    desk.refuse("jobs", error)
    for _ in range(3):
        with pytest.raises(Problem) as met:
            front.take([FERRY], None)
        assert (met.value.status, met.value.reason, met.value.headers) == (503, "database_away", {"Retry-After": "5"})
    assert [record.name for record in caplog.records] == ["wireroom"]
    desk.accept_again("jobs")
    assert isinstance(front.take([FERRY], None)[0], Accepted)
    desk.check()


def test_where_others_have_all_connections_the_gateway_is_busy_not_postgres_away(
    front: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as others:
        taken = [others.enter_context(front.connection()) for _ in range(CONNECTIONS)]
        monkeypatch.setattr(front_desk, "POOL_SECONDS", 0.1)
        with pytest.raises(Problem) as met:
            front.job(1)
        assert (met.value.status, met.value.reason, met.value.headers) == (503, "busy", {"Retry-After": "5"})
        assert all(one.execute("SELECT 1").fetchone() for one in taken), "nobody else is disturbed"
    monkeypatch.undo()
    assert front.job(1) is None


def test_a_snapshot_stays_as_it_is(front: FrontDesk, desk: Desk) -> None:
    job = desk.job()
    with front.snapshot() as connection:
        (before,) = look.jobs(connection, ids=[job])
        desk.flight()
        assert look.jobs(connection, ids=[job]) == [before]


def test_a_surprise_says_nothing_of_what_is_inside(api: httpx.Client, desk: Desk) -> None:
    desk.db.execute("ALTER TABLE jobs RENAME TO hidden")
    answer = api.post("/v1/articles", json=OFFER)
    assert (answer.status_code, answer.headers["connection"]) == (500, "close")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank", "title": "Internal Server Error", "status": 500,
        "detail": "something went wrong in the gateway; its log says what",
    }  # fmt: skip
    desk.db.execute("ALTER TABLE hidden RENAME TO jobs")
    assert api.post("/v1/articles", json=OFFER).status_code == 202


def test_redis_need_not_be_there(database: str, valkey: EmbeddedValkey, desk: Desk) -> None:
    with serving(settings(database, valkey, redis_url="redis://127.0.0.1:1/0")) as api:
        assert api.post("/v1/articles", json=OFFER).status_code == 202
    assert desk.value("SELECT count(*) FROM line") == 1


def test_an_accepted_article_wakes_the_dispatchers(api: httpx.Client, valkey: EmbeddedValkey) -> None:
    with redis.Redis.from_url(valkey.url) as client, client.pubsub() as dispatcher:
        dispatcher.subscribe(WAKE_CHANNEL)
        assert dispatcher.get_message(timeout=PATIENCE) is not None, "subscribed"
        api.post("/v1/articles", json=OFFER)
        assert dispatcher.get_message(timeout=PATIENCE) is not None
