"""Many articles in one request: committed chunk by chunk, each line answered, a cut connection repeated safely."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from socket import create_connection
from typing import Any

import httpx
import pytest

from newsroom.api import CONTENT_BYTES, PATIENCE, serving, settings
from newsroom.desk import Desk
from wireroom.embedded import EmbeddedValkey
from wireroom.gateway import intake, problems
from wireroom.gateway.intake import limit
from wireroom.gateway.lines import MOST_LINES
from wireroom.ledger.accept import CHUNK

LINES = {"content-type": "application/x-ndjson"}
WHEN_FULL = """
    CREATE FUNCTION when_full() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT count(*) FROM line) > {room} THEN {then}; END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER when_full AFTER INSERT ON line FOR EACH ROW EXECUTE FUNCTION when_full()
"""
Answers = list[dict[str, Any]]


def jobs(number: int, **fields: Any) -> bytes:
    """So many articles, each with a key."""
    return b"".join(
        json.dumps({"text": f"Ferry {n}", "key": str(n), "producer": "p"} | fields).encode() + b"\n"
        for n in range(number)
    )


def send(api: httpx.Client, body: bytes, query: str = "") -> Answers:
    answer = api.post(f"/v1/articles{query}", content=body, headers=LINES)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson"), answer.text
    return [json.loads(line) for line in answer.content.splitlines()]


def test_each_line_is_answered_in_its_place(api: httpx.Client, desk: Desk) -> None:
    lines = [
        b'{"text": "The ferry came.", "key": "k"}', b"", b'{"text": "The ferry came.", "key": "k"}\r',
        b'{"url": "ftp://x/"}', b"{", b'{"text": "The ferry came again.", "key": "k"}', b'{"url": "https://a.example/1"}',
    ]  # fmt: skip
    found = send(api, b"\n".join(lines))
    first, last = found[0]["job_id"], found[-1]["job_id"]
    assert found[:2] == [{"line": n, "job_id": first, "duplicate": False} for n in (1, 3)]
    assert found[-1] == {"line": 7, "job_id": last, "duplicate": False}
    told = [(one["line"], one["status"], one.get("field"), one["reason"]) for one in found[2:-1]]
    assert told == [(4, 422, "url", "bad_url"), (5, 400, None, "malformed"), (6, 409, "key", "key_reused")]
    assert all(one["detail"] for one in found[2:-1])
    assert desk.value("SELECT count(*) FROM jobs") == 2
    desk.check()


def test_a_request_without_articles_is_answered_without_lines(api: httpx.Client) -> None:
    assert send(api, b"\n \n") == []


def test_repeating_a_request_repeats_its_answers(api: httpx.Client, desk: Desk) -> None:
    first, second = (send(api, jobs(CHUNK + 20)) for _ in range(2))
    assert first == second
    assert desk.value("SELECT count(*) FROM jobs") == CHUNK + 20
    assert desk.value("SELECT count(*) FROM sightings") == 0
    desk.check()


@contextmanager
def upload(api: httpx.Client) -> Iterator[Callable[[bytes], None]]:
    """Sends a request piece by piece, and is cut off."""
    head = b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n"
    with socket.create_connection((api.base_url.host, api.base_url.port or 0), PATIENCE) as client:
        client.sendall(head + b"transfer-encoding: chunked\r\n\r\n")
        yield lambda piece: client.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))


def test_a_request_that_is_cut_off_keeps_its_whole_chunks_and_can_be_repeated(api: httpx.Client, desk: Desk) -> None:
    body = jobs(CHUNK + 100)
    with upload(api) as piece:
        piece(body[:-100])
        until = time.monotonic() + PATIENCE
        while desk.value("SELECT count(*) FROM jobs") < CHUNK and time.monotonic() < until:
            time.sleep(0.02)
        assert desk.value("SELECT count(*) FROM jobs") == CHUNK, "committed while the rest was still to come"
    assert len({one["job_id"] for one in send(api, body)}) == CHUNK + 100
    assert desk.value("SELECT count(*) FROM jobs") == CHUNK + 100
    assert desk.value("SELECT count(*) FROM sightings") == 0
    desk.check()


def test_a_request_that_stands_still_is_answered_as_far_as_it_came(
    api: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "PIECE_SECONDS", 0.5)
    monkeypatch.setattr(problems, "PARTING_SECONDS", 0.1)
    body = jobs(2) + b'{"text": '
    for sent, status, answers in ((body, b"200", 3), (b"{", b"408", 1)):
        with create_connection((api.base_url.host, api.base_url.port or 0), PATIENCE) as client:
            head = b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-ndjson\r\n"
            client.sendall(head + b"content-length: 9999\r\n\r\n" + sent)
            answer = b"".join(iter(lambda: client.recv(1000), b""))
        assert answer.startswith(b"HTTP/1.1 " + status) and b"connection: close" in answer
        assert answer.count(b'"job_id"') + answer.count(b'"too_slow"') == answers
        assert answer.count(b'"status":408') == 1
    assert desk.value("SELECT count(*) FROM jobs") == 2


def test_a_line_that_is_too_long_costs_only_itself(api: httpx.Client, desk: Desk) -> None:
    long = json.dumps({"text": "x" * limit(CONTENT_BYTES)}).encode()
    found = send(api, b"\n".join([jobs(1).strip(), long, b'{"text": "After it"}']))
    assert [(one["line"], one.get("status")) for one in found] == [(1, None), (2, 413), (3, None)]
    assert found[1]["detail"] == f"the line has {len(long):,} bytes; at most {limit(CONTENT_BYTES):,} are read"
    assert desk.value("SELECT count(*) FROM jobs") == 2


def test_a_request_that_is_too_large_is_read_to_there(database: str, valkey: EmbeddedValkey, desk: Desk) -> None:
    body = jobs(100)
    with serving(settings(database, valkey, request_bytes=len(jobs(60)) + 5)) as api:
        answer = api.post("/v1/articles", content=body, headers=LINES)
    found = [json.loads(line) for line in answer.content.splitlines()]
    assert [one["line"] for one in found] == list(range(1, 62))
    assert (found[-1]["status"], found[-1]["reason"]) == (413, "too_large")
    assert answer.headers["connection"] == "close"
    assert desk.value("SELECT count(*) FROM jobs") == 60


def test_a_request_with_too_many_lines_is_read_to_there(api: httpx.Client, desk: Desk) -> None:
    least = b"x\n\n" * (MOST_LINES - 1) + jobs(1)
    found = send(api, least)
    assert (len(found), found[-1]["line"]) == (MOST_LINES, 2 * MOST_LINES - 1) and "job_id" in found[-1]
    answer = api.post("/v1/articles", content=least + jobs(3), headers=LINES)
    assert answer.headers["connection"] == "close"
    *before, last = map(json.loads, answer.content.splitlines())
    assert before == found
    assert (last["line"], last["status"], last["reason"]) == (2 * MOST_LINES, 413, "too_large")
    assert last["detail"] == "more than 50,000 lines: send the rest in another request"
    assert desk.value("SELECT count(*) FROM jobs") == 1, "nothing beyond is read"


def test_where_postgres_goes_away_what_is_not_accepted_is_to_be_sent_again(api: httpx.Client, desk: Desk) -> None:
    body = jobs(2 * CHUNK + 10)
    then = "PERFORM pg_terminate_backend(pg_backend_pid())"
    desk.db.execute(WHEN_FULL.format(room=CHUNK, then=then).encode())
    found = send(api, body)
    assert [one.get("status") for one in found] == [None] * CHUNK + [503] * CHUNK, "the rest was not tried"
    assert {one["reason"] for one in found[CHUNK:]} == {"database_away"}
    desk.db.execute("DROP TRIGGER when_full ON line")
    again = send(api, body)
    assert again[:CHUNK] == found[:CHUNK] and all("job_id" in one for one in again)
    assert desk.value("SELECT count(*) FROM jobs") == 2 * CHUNK + 10
    desk.check()


def test_where_nothing_was_accepted_the_whole_request_is_to_be_repeated(api: httpx.Client, desk: Desk) -> None:
    then = "PERFORM pg_terminate_backend(pg_backend_pid())"
    desk.db.execute(WHEN_FULL.format(room=0, then=then).encode())
    answer = api.post("/v1/articles", content=jobs(3), headers=LINES)
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["reason"]) == (503, "5", "database_away")


def test_an_article_that_postgres_cannot_keep_spoils_no_other(api: httpx.Client, desk: Desk) -> None:
    then = "RAISE EXCEPTION 'no room' USING ERRCODE = 'check_violation'"
    desk.db.execute(WHEN_FULL.format(room=2, then=then).encode())
    found = send(api, jobs(4))
    assert [one.get("reason") for one in found] == [None, None, "unstorable", "unstorable"]
    assert desk.value("SELECT count(*) FROM jobs") == 2


@pytest.mark.parametrize("media", ["application/x-ndjson", "application/jsonl", "application/ndjson; charset=utf-8"])
def test_lines_have_several_names(api: httpx.Client, media: str) -> None:
    assert api.post("/v1/articles", content=jobs(2), headers={"content-type": media}).text.count("job_id") == 2


def test_a_submission_holds_the_jobs_of_its_requests(api: httpx.Client, desk: Desk) -> None:
    found = send(api, jobs(3), "?submission=may")
    one = api.post("/v1/articles?submission=may", json={"text": "One more"}).json()
    given = {answer["job_id"] for answer in [*found, one]}
    rows = desk.db.execute("SELECT job_id FROM submitted WHERE submission = 'may'")
    assert {job for (job,) in rows} == given and len(given) == 4


@pytest.mark.parametrize("name", ["", "%20", "x" * 513], ids=len)
def test_a_submission_needs_a_name_that_can_be_kept(api: httpx.Client, desk: Desk, name: str) -> None:
    answer = api.post(f"/v1/articles?submission={name}", content=jobs(1), headers=LINES)
    assert (answer.status_code, answer.json()["field"]) == (422, "submission")
    assert desk.value("SELECT count(*) FROM jobs") == 0


def test_a_misspelt_submission_is_told(api: httpx.Client, desk: Desk) -> None:
    answer = api.post("/v1/articles?submision=may", content=jobs(1), headers=LINES)
    assert (answer.status_code, answer.json()["field"], answer.json()["reason"]) == (
        422,
        "submision",
        "unknown_parameter",
    )
    assert desk.value("SELECT count(*) FROM jobs") == 0
