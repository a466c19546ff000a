"""What cannot be taken now is refused in time and kept nowhere; what is in flight stays within its bound."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import psutil
import pytest
import redis

from newsroom.desk import offer
from newsroom.harm import PostgresHarm
from newsroom.line import Line, stopped, story
from newsroom.pages import Web
from wireroom.contracts import ArticleJob, encode
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres
from wireroom.gateway.promptness import ANSWER_SECONDS
from wireroom.topology import STAGES

ARTICLES, SINGLE, LINES = 20_000, 500, 500
"""Offered while nothing can be taken: so many by single requests, the rest by requests of so many lines."""
CALLERS = 40
GROWTH_BYTES = 150_000_000
"""What a gateway may need for the requests that it answers at one time; all that was offered has much more."""
BOUNDS = {"fetch": 40, "process": 100}


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One for this line alone."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("pressed"), durable=False) as server:
        migrate(server.url)
        yield server


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    env = {f"WIREROOM_{leg.upper()}_IN_FLIGHT": str(bound) for leg, bound in BOUNDS.items()}
    with Line(postgres.url, tmp_path_factory.mktemp("line"), dispatchers=3, gateway=True, env=env) as line:
        line.wait_until_up()
        yield line


@contextmanager
def a_lock_on_the_tables(line: Line) -> Iterator[None]:
    with line.db.transaction():
        # Nobody ends a transaction for its own idleness here.
        line.db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        line.db.execute("LOCK TABLE jobs, receipts, offers, line IN ACCESS EXCLUSIVE MODE")
        yield


@contextmanager
def a_stopped_postgres(postgres: EmbeddedPostgres) -> Iterator[None]:
    with stopped(*(process.pid for process in PostgresHarm(postgres).processes())):
        yield


def offered() -> list[bytes]:
    """Requests: single articles, and lines of articles of 4 KB each."""
    articles = [
        encode(ArticleJob(producer="crowd", key=str(n), text=story(n) + f"\nThe sea was calm, {n}." * 150))
        for n in range(ARTICLES)
    ]
    many = [b"\n".join(articles[first : first + LINES]) for first in range(SINGLE, ARTICLES, LINES)]
    return articles[:SINGLE] + many


@pytest.mark.parametrize("how", ["stopped", "locked"])
def test_without_postgres_intake_says_come_again_and_keeps_nothing(
    line: Line, postgres: EmbeddedPostgres, how: str
) -> None:
    gateway = psutil.Process(line.supervisor.pids()["gateway"])
    requests, before, jobs = offered(), gateway.memory_full_info().uss, line.count("jobs")
    most = before
    away = a_stopped_postgres(postgres) if how == "stopped" else a_lock_on_the_tables(line)
    with away, httpx.Client(base_url=line.url, trust_env=False, timeout=120.0) as client:

        def ask(body: bytes) -> tuple[httpx.Response, float]:
            began = time.monotonic()
            kind = "application/x-ndjson" if b"\n" in body else "application/json"
            answer = client.post("/v1/articles", content=body, headers={"Content-Type": kind})
            return answer, time.monotonic() - began

        with ThreadPoolExecutor(CALLERS) as crowd:
            asked = [crowd.submit(ask, body) for body in requests]
            while not all(one.done() for one in asked):
                most = max(most, gateway.memory_full_info().uss)
                time.sleep(0.2)
        answers = [one.result() for one in asked]
    slowest = max(seconds for _, seconds in answers)
    print(f"{how}: {sum(map(len, requests)):,} bytes offered; slowest answer {slowest:.1f} s; gateway {before:,} ->"
          f" {most:,} bytes; {Counter(answer.json()['reason'] for answer, _ in answers)}")  # fmt: skip
    assert {(answer.status_code, answer.headers.get("retry-after")) for answer, _ in answers} == {(503, "5")}
    assert slowest < 2 * ANSWER_SECONDS
    assert most - before < GROWTH_BYTES < sum(map(len, requests))
    # What a thread was doing when Postgres came back may have been accepted, once.
    with httpx.Client(base_url=line.url, trust_env=False, timeout=60.0) as client:
        line.wait(lambda: client.post("/v1/articles", json={"text": story(0)}).status_code == 202, "it to take again")
    line.drain()
    assert line.count("jobs") - jobs < ARTICLES
    line.check()


def in_flight(line: Line) -> Counter[str]:
    """Leg -> articles in flight."""
    rows = line.db.execute("SELECT leg, count(*) FROM line WHERE flight_id IS NOT NULL GROUP BY leg")
    return Counter(dict(rows.fetchall()))


def test_the_bound_of_flight_holds_to_the_article_and_is_free_after_a_flush(line: Line, web: Web) -> None:
    workers = [pid for stage in STAGES for pid in (line.supervisor.pids()[stage], *line.children(stage))]
    most = Counter[str]()

    def full() -> bool:
        nonlocal most
        most |= (now := in_flight(line))
        return now == BOUNDS

    with stopped(*workers):
        jobs = line.texts(1000) + line.submit(offer(url=web.url(n, host=n % 50 + 1)) for n in range(300))
        line.wait(full, "both legs to be full")
        for _ in range(100):
            full()
        (newest,) = line.db.execute("SELECT max(id) FROM flights").fetchone() or (0,)
        with redis.Redis.from_url(line.valkey.url) as client:
            client.flushall()
        fresh = "SELECT count(*) FROM line WHERE flight_id > %s"
        line.wait(
            lambda: full() and line.db.execute(fresh, [newest]).fetchone() == (sum(BOUNDS.values()),),
            "both legs to be full of new flights",
        )
        for _ in range(100):
            full()
    assert most == BOUNDS
    line.drain()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": len(jobs)}
    line.check()
