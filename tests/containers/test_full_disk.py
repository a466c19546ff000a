"""The disk of Postgres is full: intake says so, nothing is lost, nobody is blamed, and all goes on with room again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from secrets import token_hex

import httpx
import pytest

from newsroom.compose import FILES, ROLES, Compose, wait
from newsroom.line import story
from newsroom.producers import Order, Wave
from wireroom.embedded import free_port
from wireroom.tokens import Scope
from wireroom.topology import INTAKE_LIST

TABLES_SECONDS = 5.0
WAL_SECONDS = 10.0
PRODUCERS, EACH, PUSHED = ("a", "b"), 200, 20
LEFT = "SELECT (SELECT count(*) FROM line), count(*) FROM jobs WHERE producer = 'list'"
LINE = "SELECT line, flights FROM line LEFT JOIN flights ON flights.id = line.flight_id LIMIT 5"
IN_MID_FLIGHT = 80
PAGES = "http://web:8000/tbilisi-chess-park.html?{host}-{number}"


@pytest.fixture
def small(images: str) -> Iterator[Compose]:
    """Everything up and ready, on a small disk."""
    files = (*FILES, "tests/containers/small_disk.yml")
    compose = Compose(f"wireroom-disk-{os.getpid()}", free_port(), tag=images, files=files)
    try:
        compose.up()
        yield compose
    finally:
        compose.down()


@pytest.fixture
def wave(small: Compose, tmp_path: Path) -> Iterator[Wave]:
    """Producers at work, which repeat what they are refused."""
    token = small.token("wave", Scope.offer)
    orders = [
        Order(
            way="http", producer=name, first=first, last=first + EACH, url=small.gateway, web=PAGES, seconds=8.0,
            token=token,
        )
        for name, first in zip(PRODUCERS, count(0, EACH), strict=False)
    ]  # fmt: skip
    wave = Wave(orders, tmp_path)
    yield wave
    wave.end()


class Asker:
    """Offers articles one by one, and keeps what it is answered."""

    def __init__(self, stack: Compose) -> None:
        self._stack = stack
        self._numbers = count()
        self.jobs: list[int] = []
        self.refusals = 0

    def ask(self) -> None:
        """One offer, large enough to need room: it is accepted, or refused for now in words that say so."""
        offer = {"text": story(next(self._numbers)) + token_hex(10_000), "producer": "asker"}
        url, headers = f"{self._stack.gateway}/v1/articles", self._stack.headers
        answer = httpx.post(url, json=offer, headers=headers, timeout=30, trust_env=False)
        if answer.status_code == 202:
            self.jobs.append(answer.json()["job_id"])
            return
        assert (answer.status_code, answer.headers.get("retry-after")) == (503, "5"), answer.text
        assert answer.json()["reason"] in ("database_away", "busy")
        self.refusals += 1


@contextmanager
def full(stack: Compose) -> Iterator[None]:
    """There is no room on the disk, also not where some becomes free."""
    stack("exec", "disk", "touch", "/tmp/full")
    wait(lambda: " 100% " in stack("exec", "--no-TTY", "disk", "df", "/disk"), lambda: "the disk to be full")
    try:
        yield
    finally:
        stack("exec", "disk", "rm", "/tmp/full")


def push(stack: Compose) -> None:
    """Onto the Redis list, where nobody is refused."""
    items = [json.dumps({"text": story(n), "producer": "list", "key": str(n)}) for n in range(9000, 9000 + PUSHED)]
    stack("exec", "--no-TTY", "redis", "redis-cli", "lpush", INTAKE_LIST, *items)


def use_up_wal(stack: Compose) -> None:
    """Postgres goes on to its next file of WAL; while it is away, nothing."""
    stack("exec", "--no-TTY", "postgres", "psql", "-U", "wireroom", "-c", "SELECT pg_switch_wal()", check=False)


def test_first_tables_then_the_wal_find_no_room_under_load(small: Compose, wave: Wave) -> None:
    asker = Asker(small)
    wait(lambda: sum(1 for _ in wave.answered()) >= IN_MID_FLIGHT, lambda: "articles to be accepted")
    with full(small):
        push(small)
        until = time.monotonic() + TABLES_SECONDS
        while time.monotonic() < until:
            asker.ask()
            time.sleep(0.2)
        until = time.monotonic() + WAL_SECONDS
        while time.monotonic() < until:
            use_up_wal(small)
            asker.ask()
    said = small("logs", "postgres")
    assert "ERROR:  could not extend file" in said and "PANIC:  could not write to file" in said
    assert asker.refusals > 0
    wave.finish()
    small.settle(*ROLES, "postgres")
    held = {one.job_id for _, one in wave.answered() if one.job_id is not None} | set(asker.jobs)
    prove(small, held, wave.size + len(asker.jobs))


def prove(stack: Compose, held: set[int], offered: int) -> None:
    """The line drains by itself; then every answer is a job, each was stored, once, and nobody was blamed."""
    wait(lambda: stack.sql(LEFT) == f"0|{PUSHED}", lambda: f"the line to drain: {stack.sql(LEFT)}\n{stack.sql(LINE)}")
    assert len(held) == offered
    assert stack.sql(f"SELECT count(*) FROM jobs WHERE id IN ({','.join(map(str, held))})") == str(offered)
    sums = stack.reconcile()
    assert {name: number for name, number in sums.items() if number} == {
        "accepted": offered + PUSHED,
        "stored": offered + PUSHED,
    }
    assert (
        stack.sql("SELECT count(*), (SELECT count(*) FROM versions) FROM articles")
        == f"{offered + PUSHED}|{offered + PUSHED}"
    )
    assert stack.sql("SELECT cause FROM attempts WHERE kind <> 'lost' OR cause ~ 'DiskFull|No space'") == ""
