"""Producers outside the line: they push articles, and keep what they were answered in files of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Literal

import msgspec
import redis

from newsroom.line import ROOT, Line, story
from newsroom.pages import Web, page
from newsroom.poison import poisoned
from wireroom.client import Accepted, Client
from wireroom.contracts import ArticleJob, encode
from wireroom.topology import INTAKE_LIST

WAVE = 500
"""Articles of a wave."""
SPREAD_SECONDS = 2.0
"""Over this time a producer spreads its articles: harm is done while they still come."""
PATIENCE = 150.0
_STEPS = 10
_HOSTS = 50


class Order(msgspec.Struct, frozen=True):
    """What one producer is to push: articles `first` to `last`, those in `poison` harmful as their word says."""

    way: Literal["http", "list"]
    producer: str
    first: int
    last: int
    url: str
    web: str
    poison: dict[int, str] = {}
    seconds: float = SPREAD_SECONDS
    token: str | None = None

    def job(self, number: int) -> ArticleJob:
        """Six texts, two inline pages and two pages to fetch of each ten; poison is text."""
        fields: dict[str, Any] = {"producer": self.producer, "key": str(number), "source": f"wire {number % 7}"}
        if word := self.poison.get(number):
            fields |= poisoned(word, story(number))
        elif number % 10 < 6:
            fields["text"] = story(number)
        elif number % 10 < 8:
            fields |= {"html": page(number), "url": f"https://site{number % 9}.example/{number}"}
        else:
            fields["url"] = self.web.format(host=number // 10 % _HOSTS + 1, number=number)
        return ArticleJob(**fields)


class Answered(msgspec.Struct, frozen=True):
    """A line of a producer's file: what it was told of an article; on the Redis list nobody is told a job."""

    number: int
    job_id: int | None = None
    duplicate: bool = False


class Wave:
    """Producers at work at the same time, in a process of their own, and their files."""

    def __init__(self, orders: list[Order], folder: Path) -> None:
        self.orders = orders
        self._folder = folder
        self._log = folder / f"{orders[0].producer}.log"
        self._process = _start(orders, folder, self._log)

    def finish(self, patience: float = PATIENCE) -> None:
        """Wait until all is pushed; fails where a producer gave up."""
        assert self._process.wait(patience) == 0, f"a producer gave up: {self._log.read_text('utf-8')[-2000:]}"

    def end(self) -> None:
        """End the producers, wherever they are."""
        self._process.kill()
        self._process.wait()

    def answered(self) -> Iterator[tuple[Order, Answered]]:
        """Everything that was answered, by the producers' files."""
        for order in self.orders:
            for one in answers(_file(order, self._folder)):
                yield order, one

    @property
    def size(self) -> int:
        """How many articles its producers push."""
        return sum(order.last - order.first for order in self.orders)

    @property
    def poison(self) -> dict[tuple[str, str], str]:
        """Producer and key of what is seeded -> its word."""
        return {(order.producer, str(n)): word for order in self.orders for n, word in order.poison.items()}


class Press:
    """Sends waves of different articles to one line."""

    def __init__(self, line: Line, web: Web, folder: Path) -> None:
        self._line = line
        self._web = web
        self._folder = folder
        self._waves = count(1)
        self._first = 0
        self.sent: list[Wave] = []
        self.lost: set[int] = set()
        """Articles that an earlier proof has seen lost with the Redis list, where that was to be expected."""

    @contextmanager
    def wave(
        self, number: int = WAVE, *, poison: Mapping[int, str] | None = None, pushed: int = 50,
        twins: int = 0, seconds: float = SPREAD_SECONDS,
    ) -> Iterator[Wave]:  # fmt: skip
        """Two producers push `number` articles over HTTP, a third pushes `pushed` more onto the Redis list, until the
        block ends. `poison` says which of the first become harmful, by their place in the wave; so many of its last
        have `twins`: a fourth producer pushes them too."""
        name, first, half = f"wave {next(self._waves)}", self._first, number // 2
        self._first += number + pushed
        seeded = {first + place: word for place, word in (poison or {}).items()}
        cuts = [("http", "a", first, first + half), ("http", "b", first + half, first + number)]
        cuts += [("list", "c", first + number, first + number + pushed)] if pushed else []
        cuts += [("http", "d", first + number - twins, first + number)] if twins else []
        orders = [
            msgspec.convert(
                {
                    "way": way, "producer": f"{name} {letter}", "first": start, "last": stop,
                    "url": self._line.url if way == "http" else self._line.valkey.url,
                    "web": self._web.pattern, "seconds": seconds,
                    "poison": {n: word for n, word in seeded.items() if start <= n < stop},
                },
                Order,
            )
            for way, letter, start, stop in cuts
        ]  # fmt: skip
        wave = Wave(orders, self._folder)
        self.sent.append(wave)
        try:
            yield wave
        finally:
            wave.end()


def answers(file: Path) -> list[Answered]:
    """What a producer has written down."""
    return [msgspec.json.decode(line, type=Answered) for line in file.read_bytes().splitlines()]


def _file(order: Order, folder: Path) -> Path:
    return folder / f"{order.producer}.jsonl"


def _start(orders: list[Order], folder: Path, log: Path) -> subprocess.Popen[bytes]:
    for order in orders:
        _file(order, folder).touch()
    env = {name: value for name, value in os.environ.items() if not name.startswith("WIREROOM_")}
    argv = [sys.executable, "-m", "newsroom.producers", msgspec.json.encode(orders).decode(), str(folder)]
    with log.open("wb") as output:
        return subprocess.Popen(argv, env=env | {"PYTHONPATH": str(ROOT / "tests")}, stdout=output, stderr=output)


def push_all(orders: list[Order], folder: Path) -> None:
    """Push them side by side; raises what the first of them met, once the others are through."""
    with ThreadPoolExecutor(len(orders)) as producers:
        pushing = [producers.submit(push, order, _file(order, folder)) for order in orders]
    for one in pushing:
        one.result()


def push(order: Order, file: Path) -> None:
    """Push everything, in steps, and write down the answers of a step before the next."""
    say = {"http": _by_http, "list": _onto_the_list}[order.way]
    step = max(1, (order.last - order.first) // _STEPS)
    with file.open("ab") as output:
        for first in range(order.first, order.last, step):
            numbers = range(first, min(first + step, order.last))
            for answer in say(order, numbers):
                output.write(msgspec.json.encode(answer) + b"\n")
            output.flush()
            time.sleep(order.seconds / _STEPS)


def _by_http(order: Order, numbers: range) -> list[Answered]:
    with Client(order.url, token=order.token, patience=PATIENCE) as client:
        answers = client.submit_many([order.job(number) for number in numbers])
    taken = [answer for answer in answers if isinstance(answer, Accepted)]
    assert len(taken) == len(numbers), answers
    return [Answered(n, one.job_id, one.duplicate) for n, one in zip(numbers, taken, strict=True)]


def _onto_the_list(order: Order, numbers: range) -> list[Answered]:
    """Pushed as often as it takes; with a key that is safe."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with redis.Redis.from_url(order.url, socket_timeout=2.0) as client:
                client.lpush(INTAKE_LIST, *(encode(order.job(number)) for number in numbers))
        except redis.RedisError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return [Answered(number) for number in numbers]


if __name__ == "__main__":
    push_all(msgspec.json.decode(sys.argv[1], type=list[Order]), Path(sys.argv[2]))
