"""Pages are fetched over real HTTP, captured once, and every refusal is an outcome with its reason."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from newsroom.desk import offer
from newsroom.line import Line
from newsroom.pages import Web

SLOW = range(250)


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port on which nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def end_of(line: Line, job: int) -> tuple[Any, ...] | None:
    return line.db.execute("SELECT outcome, reason FROM outcomes WHERE job_id = %s", [job]).fetchone()


def test_pages_of_many_hosts_are_fetched_and_stored(line: Line, web: Web) -> None:
    jobs = line.submit(offer(url=web.url(n, host=n % 20 + 1)) for n in range(200))
    line.drain()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": 200}
    row = line.db.execute("SELECT count(*), count(DISTINCT job_id) FROM captures WHERE status = 200")
    assert row.fetchone() == (200, 200)
    assert line.record(jobs[7]).parsed.title == "Tram 7 crosses the bridge of Lima"
    line.check()


def test_a_page_that_is_gone_is_rejected(line: Line, web: Web) -> None:
    (job,) = line.submit([offer(url=web.url("missing"))])
    line.drain()
    assert end_of(line, job) == ("rejected", "gone")


@pytest.mark.parametrize("url", ["http://10.0.0.1/a", "http://[::1]/a", "http://169.254.169.254/latest/meta-data"])
def test_a_private_address_is_not_asked(line: Line, url: str) -> None:
    (job,) = line.submit([offer(url=url)])
    line.drain()
    assert end_of(line, job) == ("rejected", "private_address")


def test_hundreds_of_slow_hosts_hold_up_no_other(line: Line, web: Web) -> None:
    """Each hangs until the other's page is there; the one worker asks all of them at once."""
    slow = [
        web.url(f"{number}?60").replace("127.0.0.1", f"127.9.{number // 100}.{number % 100 + 1}") for number in SLOW
    ]
    jobs = line.submit(offer(url=url) for url in slow)
    line.wait(lambda: sum(path.endswith("?60") for path in web.requests) == len(slow), "all of them to be asked")
    (quick,) = line.submit([offer(url=web.url(1_000_001))])
    line.wait(lambda: end_of(line, quick) is not None, "the quick page")
    assert end_of(line, quick) == ("stored", None)
    assert not any(end_of(line, job) for job in jobs)
    web.hurry()
    line.drain()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": len(slow)}


def test_a_host_that_does_not_answer_is_tried_again_later(line: Line, closed_port: int) -> None:
    (job,) = line.submit([offer(url=f"http://127.0.0.1:{closed_port}/a")])
    line.wait(lambda: bool(line.db.execute("SELECT 1 FROM attempts WHERE job_id = %s", [job]).fetchone()), "a failure")
    row = line.db.execute("SELECT kind, stage, retry_at > at FROM attempts WHERE job_id = %s", [job]).fetchone()
    assert row == ("transient", "ingest", True)
    line.db.execute("UPDATE line SET failures = 99, due_at = now()")
    line.wait(lambda: line.count("quarantine") == 1, "quarantine")
    line.check()
