"""What cannot be taken now is refused in time and kept nowhere; what is in flight stays within its bound."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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
from wireroom.gateway.front_desk import CONNECTIONS
from wireroom.topology import STAGES

ARTICLES, SINGLE, LINES = 20_000, 100, 400
"""Offered while nothing can be taken: so many by single requests, the rest by requests of so many lines."""
CALLERS = 32
IN_TIME_SECONDS = 30.0
"""So long our own client waits for an answer."""
GROWTH = 1.3
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


def offered(first: int, last: int) -> list[bytes]:
    """Requests: single articles, and lines of articles of 4 KB each."""
    articles = [
        encode(ArticleJob(producer="crowd", key=str(n), text=story(n) + f"\nThe sea was calm, {n}." * 150))
        for n in range(first, last)
    ]
    many = [b"\n".join(articles[n : n + LINES]) for n in range(SINGLE, len(articles), LINES)]
    return articles[:SINGLE] + many


class Crowd:
    """Many callers at once, who must be sent away in time."""

    def __init__(self, line: Line) -> None:
        self._url = f"{line.url}/v1/articles"
        self._gateway = psutil.Process(line.supervisor.pids()["gateway"])
        self.slowest = 0.0

    def offer(self, requests: list[bytes]) -> int:
        """Offer all; the most private memory of the gateway meanwhile, in bytes."""
        most = 0
        with httpx.Client(trust_env=False, timeout=120.0) as client, ThreadPoolExecutor(CALLERS) as callers:
            asked = [callers.submit(self._ask, client, body) for body in requests]
            while not all(one.done() for one in asked):
                most = max(most, gateway_bytes(self._gateway))
                time.sleep(0.1)
        assert Counter(one.result() for one in asked) == {(503, "5"): len(requests)}
        return most

    def _ask(self, client: httpx.Client, body: bytes) -> tuple[int, str | None]:
        began = time.monotonic()
        kind = "application/x-ndjson" if b"\n" in body else "application/json"
        answer = client.post(self._url, content=body, headers={"Content-Type": kind})
        self.slowest = max(self.slowest, time.monotonic() - began)
        return answer.status_code, answer.headers.get("retry-after")


def gateway_bytes(process: psutil.Process) -> int:
    return int(process.memory_full_info().uss)


def test_while_postgres_stands_still_intake_says_come_again_and_keeps_nothing(
    line: Line, postgres: EmbeddedPostgres
) -> None:
    jobs, halves = line.count("jobs"), [offered(0, ARTICLES // 2), offered(ARTICLES // 2, ARTICLES)]
    crowd = Crowd(line)
    before = gateway_bytes(psutil.Process(line.supervisor.pids()["gateway"]))
    with stopped(*(process.pid for process in PostgresHarm(postgres).processes())):
        first, second = map(crowd.offer, halves)
    print(f"{ARTICLES:,} articles offered in vain; slowest answer {crowd.slowest:.1f} s; bytes of the gateway")
    print(f"before {before:,}, with the first half {first:,}, with the second half {second:,}")
    assert crowd.slowest < IN_TIME_SECONDS
    assert second - before < GROWTH * (first - before)
    wait_until_it_takes(line)
    # What a thread had in hand when Postgres went on was accepted, once.
    assert line.count("jobs") - jobs <= CONNECTIONS * LINES
    line.drain()
    line.check()


def test_while_a_lock_is_held_on_the_tables_intake_says_come_again(line: Line) -> None:
    crowd = Crowd(line)
    with line.db.transaction():
        line.db.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        line.db.execute("LOCK TABLE jobs, receipts, offers, line IN ACCESS EXCLUSIVE MODE")
        crowd.offer(offered(ARTICLES, ARTICLES + SINGLE + LINES)[-CALLERS:])
    assert crowd.slowest < IN_TIME_SECONDS
    wait_until_it_takes(line)
    line.drain()
    line.check()


def wait_until_it_takes(line: Line) -> None:
    with httpx.Client(base_url=line.url, trust_env=False, timeout=60.0) as client:
        line.wait(
            lambda: client.post("/v1/articles", json={"text": story(0)}).status_code == 202, "an article to be taken"
        )


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
