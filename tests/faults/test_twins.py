"""The same article from many sides at once, over HTTP and the list, is one job, is fetched once and stored once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Barrier
from typing import TypeVar
from urllib.parse import urlsplit

import pytest
import redis
from msgspec.structs import replace

from newsroom.line import Line, story
from newsroom.pages import Web
from newsroom.producers import Order, answers, push
from newsroom.proxy import Cut, Proxy
from wireroom.client import Accepted, ArticleRefused, Client
from wireroom.contracts import ArticleJob, encode
from wireroom.topology import INTAKE_LIST

PRODUCERS = 10
ARTICLES = 200
ROUNDS = 10
T = TypeVar("T")


_thousands = count(1)


@pytest.fixture
def first() -> int:
    """The first of a thousand articles that no other test has."""
    return next(_thousands) * 1000


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


def all_new(articles: int, *, sightings: int = 0, refusals: int = 0) -> dict[str, int]:
    """What there is more after so many different articles."""
    return dict.fromkeys(("jobs", "articles", "versions"), articles) | {"sightings": sightings, "refusals": refusals}


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
    line: Line, web: Web, before: Before, first: int, tmp_path: Path, names: list[str]
) -> None:
    asked = web.asked
    files = [tmp_path / str(number) for number in range(PRODUCERS)]
    over_http = Order("http", "", first, first + ARTICLES, line.url, web.pattern, seconds=0.0)
    onto_the_list = replace(over_http, way="list", url=line.valkey.url)
    at_once(lambda n: push(replace((over_http, onto_the_list)[n % 2], producer=names[n]), files[n]))
    settle(line)
    twins = PRODUCERS - 1 if len(set(names)) > 1 else 0
    assert before.since() == all_new(ARTICLES, sightings=ARTICLES * twins)
    told = Counter((one.number, one.job_id) for file in files[::2] for one in answers(file))
    assert {number for number, _ in told} == set(range(first, first + ARTICLES))
    assert len(told) == ARTICLES and set(told.values()) == {PRODUCERS // 2}
    pages = web.asked - asked
    assert len(pages) == ARTICLES // 5 and set(pages.values()) == {1}


def test_one_url_from_many_producers_is_fetched_once(line: Line, web: Web, before: Before, first: int) -> None:
    asked, urls = web.asked, [web.url(first + n, host=n + 1) for n in range(ROUNDS)]
    with Client(line.url) as client:
        for url in urls:
            given = at_once(lambda n, url=url: client.submit(url=url, producer=f"racer {n}"))  # type: ignore[misc]
            assert len({answer.job_id for answer in given}) == 1
            assert sorted(answer.duplicate for answer in given) == [False] + [True] * (PRODUCERS - 1)
    settle(line)
    assert before.since() == all_new(ROUNDS, sightings=ROUNDS * (PRODUCERS - 1))
    assert web.asked - asked == {urlsplit(url).path: 1 for url in urls}


def test_one_key_with_many_contents_stands_for_one(line: Line, before: Before, first: int) -> None:
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
    assert before.since() == all_new(ROUNDS)


def test_on_the_list_one_key_with_many_contents_is_one_job_and_refusals(line: Line, before: Before, first: int) -> None:
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
def test_a_producer_repeats_what_was_cut(
    line: Line, before: Before, first: int, chance: random.Random, many: bool
) -> None:
    jobs = [ArticleJob(producer="cut", text=story(n)) for n in range(first, first + 50)]
    cuts = [Cut("answer", 1), Cut("request", 500), Cut("answer", chance.randrange(100)), Cut("answer", 1)]
    port = int(line.env["WIREROOM_GATEWAY_PORT"])
    with Proxy(port) as way, way.cutting(cuts), Client(f"http://127.0.0.1:{way.port}") as client:
        given = client.submit_many(jobs) if many else [client.submit(job) for job in jobs]
    assert way.connections > len(cuts)
    taken = {answer.job_id for answer in given if isinstance(answer, Accepted) and not answer.duplicate}
    assert len(taken) == len(jobs)
    settle(line)
    assert before.since() == all_new(len(jobs))
