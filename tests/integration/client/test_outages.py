"""Whatever breaks between a producer and the ledger, the client goes on: nothing is lost, nothing comes twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from integration.client.conftest import Connect
from newsroom.api import GatewayProcess, serving, settings
from newsroom.desk import Desk
from newsroom.proxy import Cut, Proxy
from wireroom.client import Accepted, Problem, WireroomUnavailable, batches
from wireroom.database import connect as open_database
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey, free_port
from wireroom.gateway import problems

STORY = "The ferry came into the harbour on Friday morning."
MANY = [{"text": f"{STORY} {n}", "source": "harbour"} for n in range(1200)]
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gateway asks for a short pause only."""
    monkeypatch.setattr(problems, "RETRY_SECONDS", 1)


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    """Where a call goes on while the test does harm."""
    with ThreadPoolExecutor(1) as pool:
        yield pool


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """One that may be stopped."""
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as server:
        migrate(server.url)
        yield server


def wait(done: Callable[[], object]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@contextmanager
def serving_by(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """The address of a server that is no gateway."""
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def check_all_once(desk: Desk, answers: list[Any]) -> None:
    """Each has a job of its own, which is in the ledger, and nothing else is."""
    assert all(isinstance(answer, Accepted) and not answer.duplicate for answer in answers), answers
    assert len({answer.job_id for answer in answers}) == len(answers) == desk.value("SELECT count(*) FROM jobs")
    assert desk.value("SELECT count(*) FROM sightings") == 0
    desk.check()


@pytest.mark.parametrize(
    "cuts",
    [
        [Cut("request", 0)],
        [Cut("request", 300)],
        [Cut("answer", 0)],
        [Cut("answer", 40)],
        [Cut("request", 250), Cut("answer", 60), Cut("answer", 0)],
    ],
    ids=["at once", "amid the request", "before the answer", "amid the answer", "again and again"],
)
def test_a_broken_connection_is_met_by_trying_again(
    connect: Connect, api: httpx.Client, desk: Desk, cuts: list[Cut]
) -> None:
    with Proxy(api.base_url.port or 0) as way, way.cutting(cuts):
        answer = connect(f"http://127.0.0.1:{way.port}").submit(text=STORY, meta={"long": "x" * 500})
        assert way.connections == len(cuts) + 1
    check_all_once(desk, [answer])


@pytest.mark.parametrize(
    "cuts",
    [[Cut("request", 30_000)], [Cut("answer", 0)], [Cut("answer", 9_000), Cut("request", 60_000)]],
    ids=["amid a request", "before an answer", "amid an answer, and a request"],
)
def test_a_broken_connection_among_many_articles_costs_none(
    connect: Connect, api: httpx.Client, desk: Desk, cuts: list[Cut]
) -> None:
    with Proxy(api.base_url.port or 0) as way, way.cutting(cuts):
        answers = connect(f"http://127.0.0.1:{way.port}").submit_many(MANY)
        assert way.connections == len(cuts) + 1
    check_all_once(desk, answers)


def test_while_postgres_is_away_the_client_tries_again(
    own_postgres: EmbeddedPostgres,
    valkey: EmbeddedValkey,
    connect: Connect,
    beside: ThreadPoolExecutor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(settings(own_postgres.url, valkey)) as api:
        wire = connect(api.base_url)
        before = wire.submit(text=STORY)
        own_postgres.stop()
        later = beside.submit(wire.submit_many, MANY)
        with caplog.at_level(logging.WARNING, "wireroom.client"):
            wait(lambda: [line for line in caplog.messages if "trying again" in line])
        own_postgres.start()
        answers = later.result(PATIENCE)
    with open_database(own_postgres.url, "test") as db:
        check_all_once(Desk(db, own_postgres.url), [before, *answers])


def test_lines_that_could_not_be_taken_are_sent_again_alone(
    connect: Connect, api: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second transaction of a request finds Postgres gone, once."""
    monkeypatch.setattr(batches, "LINES", 1200)
    desk.db.execute(
        "CREATE SEQUENCE seen; CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
        " IF nextval('seen') = 700 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF; RETURN NEW; END$$;"
        " CREATE TRIGGER cut_off AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION cut_off()"
    )
    answers = connect(api.base_url).submit_many(MANY)
    check_all_once(desk, answers)
    assert desk.value("SELECT last_value FROM seen") > 1200, "it was cut off, and some were sent again"


def test_a_gateway_that_is_killed_while_it_commits_loses_nothing(
    connect: Connect,
    database: str,
    valkey: EmbeddedValkey,
    desk: Desk,
    beside: ThreadPoolExecutor,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(batches, "LINES", 1200)
    env = {
        "WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_LOG_FORMAT": "json",
        "WIREROOM_GATEWAY_PORT": str(free_port()),
    }  # fmt: skip
    first = GatewayProcess(env, tmp_path / "first")
    second = None
    try:
        first.wait_until_it_answers()
        desk.db.execute(
            "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN"
            " IF (SELECT count(*) FROM jobs) > 700 THEN PERFORM pg_advisory_xact_lock(7); END IF; RETURN NEW; END$$;"
            " CREATE TRIGGER hold AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION hold()"
        )
        desk.db.execute("SELECT pg_advisory_lock(7)")
        later = beside.submit(connect(first.url).submit_many, MANY)
        wait(lambda: desk.value("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
        assert desk.value("SELECT count(*) FROM jobs") == 500, "one transaction is committed, another has begun"
        first.process.kill()
        first.process.wait()
        desk.db.execute("SELECT pg_advisory_unlock(7)")
        second = GatewayProcess(env, tmp_path / "second")
        check_all_once(desk, later.result(PATIENCE))
    finally:
        for gateway in filter(None, (first, second)):
            gateway.process.kill()
            gateway.process.wait()


def test_nobody_there_is_told_after_patience_with_what_to_look_for(connect: Connect) -> None:
    with pytest.raises(WireroomUnavailable) as unavailable:
        connect(f"http://127.0.0.1:{free_port()}", patience=0.0).submit(text=STORY)
    assert "does not answer" in str(unavailable.value) and "tried 1 time in 0 s" in str(unavailable.value)


def test_a_gateway_that_asks_for_more_patience_than_there_is_is_told_of(
    connect: Connect, database: str, valkey: EmbeddedValkey, desk: Desk
) -> None:
    desk.db.execute(
        "CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER taken BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION taken()"
    )
    with serving(settings(database, valkey)) as api, pytest.raises(WireroomUnavailable, match="busy") as unavailable:
        connect(api.base_url, patience=0.5).submit(text=STORY)
    assert unavailable.value.retry_after == 1.0


def test_a_surprise_in_the_gateway_is_not_tried_again(connect: Connect, api: httpx.Client, desk: Desk) -> None:
    desk.db.execute("ALTER TABLE jobs RENAME TO hidden")
    wire = connect(api.base_url)
    for submit in (lambda: wire.submit(text=STORY), lambda: wire.submit_many([{"text": STORY}])):
        with pytest.raises(Problem) as problem:
            submit()
        assert problem.value.status == 500


class Stumbling(BaseHTTPRequestHandler):
    """Something before Wireroom that fails once, in words of its own."""

    stumbled = False

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"job_id": 7, "duplicate": false}' if Stumbling.stumbled else b"Internal Server Error"
        self.send_response(202 if Stumbling.stumbled else 500)
        Stumbling.stumbled = True
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def test_a_failure_that_is_not_told_by_wireroom_is_met_by_trying_again(connect: Connect) -> None:
    Stumbling.stumbled = False
    with serving_by(Stumbling) as url:
        assert connect(url).submit(text=STORY).job_id == 7


class Elsewhere(BaseHTTPRequestHandler):
    """Something else that speaks HTTP."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "6")
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_: object) -> None: ...


def test_another_server_is_told_from_wireroom(connect: Connect) -> None:
    with serving_by(Elsewhere) as url:
        wire = connect(url)
        for submit in (lambda: wire.submit(text=STORY), lambda: wire.submit_many([{"text": STORY}])):
            with pytest.raises(Problem, match="no answer of Wireroom's"):
                submit()


def test_a_proxy_of_the_environment_is_not_asked(
    api: httpx.Client, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert connect(api.base_url, patience=0.0).submit(text=STORY).job_id
