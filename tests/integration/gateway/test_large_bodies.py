"""A request that is too large is refused while it is sent, and its sender is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from socket import create_connection, socket

import httpx
import psutil
import pytest

import wireroom.gateway.__main__ as process
from newsroom.api import CONTENT_BYTES, GatewayProcess, serving, settings
from wireroom.embedded import EmbeddedValkey
from wireroom.gateway import intake
from wireroom.gateway.lines import MOST_LINES

PostBytes = Callable[..., httpx.Response]

LIMIT = CONTENT_BYTES * 14 // 10 + 100_000
CHUNK = 50_000
BODY = 50_000_000
HEAD = b"POST /v1/articles HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"


@pytest.fixture
def raw(api: httpx.Client) -> Iterator[socket]:
    """A connection to the gateway, to send anything."""
    with create_connection((api.base_url.host, api.base_url.port or 0), timeout=30.0) as client:
        yield client


def test_50_mb_are_refused_without_being_read(post_bytes: PostBytes) -> None:
    sent: list[int] = []

    def body() -> Iterator[bytes]:
        for _ in range(BODY // CHUNK):
            sent.append(CHUNK)
            yield b"a" * CHUNK

    answer = post_bytes(body())
    assert (answer.status_code, answer.json()["reason"]) == (413, "too_large")
    assert f"{LIMIT:,} bytes" in answer.json()["detail"]
    assert sum(sent) < BODY // 2


def test_a_large_content_length_is_refused_before_anything_is_sent(raw: socket) -> None:
    raw.sendall(HEAD + b"content-length: %d\r\n\r\n" % (LIMIT + 1))
    assert raw.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_sender_who_waits_to_be_told_to_go_on_is_told_not_to(raw: socket) -> None:
    raw.sendall(HEAD + b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % BODY)
    assert raw.recv(1000).startswith(b"HTTP/1.1 413 ")


def test_a_sender_who_sent_more_than_was_read_sees_the_answer_and_then_the_end(raw: socket) -> None:
    raw.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    chunk = b"%x\r\n%s\r\n" % (CHUNK, b"a" * CHUNK)
    for _ in range((LIMIT + 2_000_000) // CHUNK):
        raw.sendall(chunk)
    answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert b"connection: close" in answer.lower()
    assert answer.endswith(b'"reason":"too_large"}')


def test_a_sender_who_stands_still_is_not_waited_for(raw: socket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "PIECE_SECONDS", 0.2)
    raw.sendall(HEAD + b"content-length: 100\r\n\r\n{")
    answer = b"".join(iter(lambda: raw.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 408 ") and b'"reason":"too_slow"' in answer


def test_a_request_that_outlasts_the_end_of_the_gateway_is_to_be_repeated(
    database: str, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "GRACE_SECONDS", 1)
    with serving(settings(database, valkey)) as api:
        client = create_connection((api.base_url.host, api.base_url.port or 0), timeout=30.0)
        client.sendall(HEAD + b"content-length: 100\r\n\r\n{")
        # It is answered after the request before it was taken up.
        assert api.get("/v1/health").status_code == 200
    with client:
        answer = b"".join(iter(lambda: client.recv(1000), b""))
    assert answer.startswith(b"HTTP/1.1 503 ") and b'"reason":"stopping"' in answer


def test_100_mb_of_lines_are_never_held_as_a_whole(start: Callable[..., GatewayProcess]) -> None:
    """50,000 lines, each refused in a long sentence: they and their answers would be 120 MB."""
    gateway = start()
    gateway.wait_until_it_answers()
    line = b'{"%s": "%s"}\n' % (b"f" * 100, b"x" * 1885)
    memory = psutil.Process(gateway.process.pid)
    before, headers = memory.memory_info().rss, {"content-type": "application/x-ndjson"}
    with httpx.stream(
        "POST", f"{gateway.url}/v1/articles", content=(line * 500 for _ in range(100)), headers=headers, timeout=120.0,
        trust_env=False,
    ) as answer:  # fmt: skip
        assert answer.status_code == 200
        lines = sum(piece.count(b"\n") for piece in answer.iter_bytes())
    assert lines == MOST_LINES
    assert int(answer.headers["content-length"]) > 15_000_000
    assert peak(memory.pid) - before < 20_000_000


def peak(pid: int) -> int:
    """The most memory that a process ever had, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def test_the_limit_is_on_the_last_byte(post_bytes: PostBytes) -> None:
    assert post_bytes(b" " * LIMIT).status_code == 400
    assert post_bytes(b" " * (LIMIT + 1)).status_code == 413
    assert post_bytes(iter([b" " * LIMIT])).status_code == 400
    assert post_bytes(iter([b" " * LIMIT, b" "])).status_code == 413


def test_content_of_the_largest_size_fits_in_base64(post_bytes: PostBytes) -> None:
    # 750,000 times 4/3 characters.
    answer = post_bytes(b'{"body": "%s"}' % (b"YWFh" * (CONTENT_BYTES // 3)))
    assert answer.status_code == 202


def test_with_too_many_connections_one_is_asked_to_come_again(
    database: str, valkey: EmbeddedValkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "MOST_CONNECTIONS", 2)
    with serving(settings(database, valkey)) as api:
        assert api.get("/v1/health").status_code == 200
        assert httpx.get(f"{api.base_url}/v1/health", trust_env=False).status_code == 503
