"""The same article from many sides at once, over HTTP and the list, is one job, is fetched once and stored once."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
import redis

from newsroom.flaky import Cut, flaky
from newsroom.line import Line, story
from newsroom.pages import Web
from newsroom.producers import Order, Wave
from wireroom.client import Accepted, ArticleRefused, Client
from wireroom.contracts import ArticleJob, encode
from wireroom.topology import INTAKE_LIST

PRODUCERS = 10
ARTICLES = 200
ROUNDS = 10
T = TypeVar("T")


class Race:
    """All producers push the same articles at once, half of them over HTTP and half onto the list."""

    def __init__(self, line: Line, web: Web, folder: Path, first: int, names: list[str]) -> None:
        begin = time.time() + 5.0
        self.waves: list[Wave] = []
        for number, name in enumerate(names):
            way, url = ("list", line.valkey.url) if number % 2 else ("http", line.url)
            order = Order(way=way, producer=name, first=first, last=first + ARTICLES, url=url, web=web.pattern,
                          seconds=0.0, begin=begin)  # fmt: skip
            (own := folder / str(number)).mkdir()
            self.waves.append(Wave([order], own))

    def finish(self) -> None:
        for wave in self.waves:
            wave.finish()

    def answers(self) -> dict[int, Counter[int]]:
        """Article -> the jobs that were answered, and how often."""
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for wave in self.waves:
            for _, one in wave.answered():
                if one.job_id is not None:
                    found[one.number][one.job_id] += 1
        return found


class Before:
    """What there was before a test: a line is used by many."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._counts = self._count()

    def _count(self) -> dict[str, int]:
        return {table: self._line.count(table) for table in ("jobs", "sightings", "refusals", "articles", "versions")}

    def since(self) -> dict[str, int]:
        """What there is more, once the line has drained."""
        return {table: number - self._counts[table] for table, number in self._count().items()}


@pytest.fixture
def before(line: Line) -> Before:
    return Before(line)


def all_taken(line: Line) -> bool:
    with redis.Redis.from_url(line.valkey.url) as client:
        return not client.keys(f"{INTAKE_LIST}*")


def settle(line: Line) -> None:
    """Everything is out of the list, and everything has ended."""
    line.wait(lambda: all_taken(line) and not line.count("line"), "the line to drain", 120.0)
    line.check()


def at_once(work: Callable[[int], T]) -> list[T]:
    """What each of the producers got, who begin in the same moment."""
    gate = Barrier(PRODUCERS)

    def begin(number: int) -> T:
        gate.wait()
        return work(number)

    with ThreadPoolExecutor(PRODUCERS) as pool:
        return list(pool.map(begin, range(PRODUCERS)))


@pytest.mark.parametrize("names", [[f"racer {n}" for n in range(PRODUCERS)], ["racer"] * PRODUCERS],
                         ids=["different producers", "one producer"])  # fmt: skip
def test_the_same_articles_are_pushed_by_many(
    line: Line, web: Web, before: Before, chance: random.Random, tmp_path: Path, names: list[str]
) -> None:
    first, asked = chance.randrange(1, 1000) * 1000, len(web.asked)
    race = Race(line, web, tmp_path, first, names)
    race.finish()
    settle(line)
    twins = PRODUCERS - 1 if len(set(names)) > 1 else 0
    assert before.since() == {
        "jobs": ARTICLES, "sightings": ARTICLES * twins, "refusals": 0, "articles": ARTICLES, "versions": ARTICLES,
    }  # fmt: skip
    answers = race.answers()
    assert {n: (len(jobs), jobs.total()) for n, jobs in answers.items()} == {
        n: (1, PRODUCERS // 2) for n in range(first, first + ARTICLES)
    }
    pages = Counter(web.asked[asked:])
    assert len(pages) == ARTICLES // 5 and set(pages.values()) == {1}


def test_one_url_from_many_producers_is_fetched_once(
    line: Line, web: Web, before: Before, chance: random.Random
) -> None:
    urls = [web.url(chance.randrange(10**6, 10**9), host=n + 1) for n in range(ROUNDS)]
    with Client(line.url) as client:
        for url in urls:
            answers = at_once(lambda n, url=url: client.submit(url=url, producer=f"racer {n}"))  # type: ignore[misc]
            assert len({answer.job_id for answer in answers}) == 1
            assert sorted(answer.duplicate for answer in answers) == [False] + [True] * (PRODUCERS - 1)
    settle(line)
    assert before.since() == {
        "jobs": ROUNDS, "sightings": ROUNDS * (PRODUCERS - 1), "refusals": 0, "articles": ROUNDS, "versions": ROUNDS,
    }  # fmt: skip
    asked = Counter(web.asked)
    assert [asked[urlsplit(url).path] for url in urls] == [1] * ROUNDS


def test_one_key_with_many_contents_stands_for_one(line: Line, before: Before, chance: random.Random) -> None:
    first = chance.randrange(1, 1000) * 1000

    def submit(key: int, number: int) -> int:
        try:
            client.submit(producer="racer", key=str(key), text=story(key + number))
        except ArticleRefused as refused:
            assert refused.reason == "key_reused", refused
            return refused.status
        return 202

    with Client(line.url) as client:
        for key in range(first, first + ROUNDS * 100, 100):
            told = at_once(lambda number, key=key: submit(key, number))  # type: ignore[misc]
            assert Counter(told) == {202: 1, 409: PRODUCERS - 1}
    settle(line)
    assert before.since() == dict.fromkeys(("jobs", "articles", "versions"), ROUNDS) | {"sightings": 0, "refusals": 0}


def test_on_the_list_one_key_with_many_contents_is_one_job_and_refusals(
    line: Line, before: Before, chance: random.Random
) -> None:
    first = chance.randrange(1, 1000) * 1000

    def push(number: int) -> None:
        jobs = [
            ArticleJob(producer="pusher", key=str(first + n), text=story(first + 100 * n + number))
            for n in range(ROUNDS)
        ]
        with redis.Redis.from_url(line.valkey.url) as client:
            client.lpush(INTAKE_LIST, *map(encode, jobs))

    at_once(push)
    settle(line)
    refused = ROUNDS * (PRODUCERS - 1)
    assert before.since() == dict.fromkeys(("jobs", "articles", "versions"), ROUNDS) | {
        "sightings": 0,
        "refusals": refused,
    }
    assert line.count("refusals WHERE reason <> 'key_reused'") == 0


@pytest.mark.parametrize("many", [True, False], ids=["many", "one by one"])
def test_a_producer_repeats_what_was_cut(line: Line, before: Before, chance: random.Random, many: bool) -> None:
    first = chance.randrange(1, 1000) * 1000
    jobs = [ArticleJob(producer="cut", text=story(n)) for n in range(first, first + 50)]
    cuts = [Cut("answer", 1), Cut("request", 500), Cut("answer", chance.randrange(100)), Cut("answer", 1)]
    with flaky(int(line.env["WIREROOM_GATEWAY_PORT"]), *cuts) as way, Client(f"http://127.0.0.1:{way.port}") as client:
        answers = client.submit_many(jobs) if many else [client.submit(job) for job in jobs]
    assert way.connections > len(cuts)
    taken = {answer.job_id for answer in answers if isinstance(answer, Accepted) and not answer.duplicate}
    assert len(taken) == len(jobs)
    settle(line)
    number = len(jobs)
    assert before.since() == dict.fromkeys(("jobs", "articles", "versions"), number) | {"sightings": 0, "refusals": 0}
