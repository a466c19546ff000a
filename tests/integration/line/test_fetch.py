"""Pages are fetched over real HTTP, captured once, and every refusal is an outcome with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from newsroom.desk import offer
from newsroom.line import Line
from newsroom.pages import Web


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


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


def test_a_host_that_does_not_answer_is_tried_again_later(line: Line) -> None:
    (job,) = line.submit([offer(url="http://127.0.0.1:9/a")])
    line.wait(lambda: bool(line.db.execute("SELECT 1 FROM attempts WHERE job_id = %s", [job]).fetchone()), "a failure")
    row = line.db.execute("SELECT kind, stage, retry_at > at FROM attempts WHERE job_id = %s", [job]).fetchone()
    assert row == ("transient", "ingest", True)
    line.db.execute("UPDATE line SET failures = 99, due_at = now()")
    line.wait(lambda: line.count("quarantine") == 1, "quarantine")
    line.check()
