"""`python -m wireroom.gateway` serves, logs and ends as the supervisor and a person at a terminal expect."""

from __future__ import annotations

import signal
from collections.abc import Callable
from socket import create_connection
from typing import Any

import httpx
import pytest

from newsroom.api import PATIENCE, GatewayProcess
from wireroom.gateway.__main__ import listen

Start = Callable[..., GatewayProcess]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT], ids=str)
def test_a_signal_ends_it_cleanly(start: Start, how: signal.Signals) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    assert gateway.end(how) == 0
    events = [line["event"] for line in gateway.log()]
    assert (events[0], events[-1]) == ("process_started", "process_stopped")
    assert set(events) == {"process_started", "request", "process_stopped"}


def test_a_request_that_has_begun_is_answered_before_the_end(start: Start) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    body = b'{"text": "The ferry came."}'
    head = (
        b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    )
    with create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), PATIENCE) as client:
        client.sendall(head % len(body))
        # It is answered after the request before it was taken up.
        gateway.wait_until_it_answers()
        gateway.process.send_signal(signal.SIGTERM)
        client.sendall(body)
        assert client.recv(1000).startswith(b"HTTP/1.1 202 ")
    assert gateway.process.wait(PATIENCE) == 0


def test_a_request_that_waits_is_answered_with_what_there_is_at_the_end(start: Start) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    with create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), PATIENCE) as client:
        client.sendall(b"GET /v1/outcomes?wait=60 HTTP/1.1\r\nhost: localhost\r\n\r\n")
        # It is answered after the request before it was taken up.
        gateway.wait_until_it_answers()
        assert gateway.end() == 0
        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert {line["event"] for line in gateway.log()} == {"process_started", "request", "process_stopped"}


def test_each_request_is_one_line_of_the_log(start: Start) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    job = httpx.post(f"{gateway.url}/v1/articles", json={"text": "The ferry came."}, trust_env=False).json()["job_id"]
    httpx.get(f"{gateway.url}/v1/jobs/{job}", trust_env=False)
    httpx.get(f"{gateway.url}/nowhere?password=7", trust_env=False)
    gateway.end()
    requests = [line for line in gateway.log() if line["event"] == "request" and line["path"] != "/v1/health"]
    assert all(line["role"] == "gateway" and line["seconds"] > 0 for line in requests)
    assert [[line.get(name) for name in ("method", "path", "status", "job")] for line in requests] == [
        ["POST", "/v1/articles", 202, job],
        ["GET", f"/v1/jobs/{job}", 200, job],
        ["GET", "/nowhere", 404, None],
    ]


def test_a_client_that_leaves_amid_its_request_is_no_surprise(start: Start) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    with create_connection(("127.0.0.1", int(gateway.url.rpartition(":")[2])), PATIENCE) as client:
        client.sendall(b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n")
        client.sendall(b"content-length: 100\r\n\r\n{")
    gateway.wait_until_it_answers()
    gateway.end()
    assert {line["event"] for line in gateway.log()} == {"process_started", "request", "process_stopped"}
    assert 400 in {line["status"] for line in gateway.log() if line["event"] == "request"}


def test_a_surprise_is_in_the_log_with_its_traceback(start: Start, db: Any) -> None:
    gateway = start()
    gateway.wait_until_it_answers()
    db.execute("ALTER TABLE jobs RENAME TO hidden")
    httpx.post(f"{gateway.url}/v1/articles", json={"text": "The ferry came."}, trust_env=False)
    gateway.end()
    assert 500 in {line["status"] for line in gateway.log() if line["event"] == "request"}
    (line,) = [line for line in gateway.log() if line["level"] == "error"]
    assert 'relation "jobs" does not exist' in line["exception"]


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"WIREROOM_GATEWAY_PORT": "70000"}, "WIREROOM_GATEWAY_PORT"),
        ({"WIREROOM_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/x"}, "Postgres does not answer"),
        ({"WIREROOM_GATEWAY_HOST": "203.0.113.1"}, "WIREROOM_GATEWAY_HOST"),
    ],
    ids=str,
)
def test_what_is_wrong_at_the_start_is_one_sentence(start: Start, env: dict[str, str], words: str) -> None:
    gateway = start(**env)
    assert gateway.process.wait(PATIENCE) == 1
    said = gateway.log_file.read_text()
    assert said.startswith("wireroom gateway: ") and words in said
    assert "Traceback" not in said


def test_a_database_without_tables_is_told_how_to_get_them(start: Start, empty_database: str) -> None:
    gateway = start(WIREROOM_DATABASE_URL=empty_database)
    assert gateway.process.wait(PATIENCE) == 1
    assert "run `wireroom migrate`" in gateway.log_file.read_text()


def test_a_port_that_is_taken_is_named(start: Start) -> None:
    with listen("127.0.0.1", 0) as other:
        port = other.getsockname()[1]
        gateway = start(WIREROOM_GATEWAY_PORT=str(port))
        assert gateway.process.wait(PATIENCE) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in gateway.log_file.read_text()
