"""The producer of either system: `python -m benchmarks.losses.producer chain|line`.

It notes each answer in a file and offers again whatever it has no answer for, also after it was killed itself.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from benchmarks.losses.tally import accepted, note
from newsroom.line import story
from wireroom.client import Client, WireroomUnavailable
from wireroom.client.answers import Accepted
from wireroom.contracts import ArticleJob
from wireroom.database import AWAY
from wireroom.supervisor import Process

NAME = "producer"
ANSWERS, ARTICLES, POISON, DOOR = "LOSSES_ANSWERS", "LOSSES_ARTICLES", "LOSSES_POISON", "LOSSES_DOOR"
TOGETHER = 20
"""Articles offered at a time."""
_SITE = "https://wire.example/"
_NOT_NOW = (*AWAY, OperationalError, RedisError, OSError, WireroomUnavailable)

Answers = Iterable[tuple[int, object]]


def process(system: str, env: Mapping[str, str]) -> Process:
    """The producer of a system, to be supervised."""
    return Process(NAME, (sys.executable, "-m", __name__, system), env)


def address(number: int) -> str:
    """Under which an article is published."""
    return f"{_SITE}{number}"


def number_of(url: str) -> int:
    """Which article is published there."""
    return int(url.removeprefix(_SITE))


def article(number: int) -> str:
    """The text of an article; of the poison among them, if there is one."""
    poison = "\n\nThe word is SEGFAULT, the captain said.\n" if os.environ.get(POISON) == str(number) else ""
    return story(number) + poison


def _to_the_chain(numbers: list[int]) -> Answers:
    from benchmarks.losses.tasks import pool, queries, send  # the line's producer has nothing to do with Celery

    with pool().connection() as connection, connection.transaction():
        rows = [{"url": address(number), "body": article(number)} for number in numbers]
        connection.cursor().executemany(queries.keep, rows)
    for number in numbers:
        yield number, send(address(number))


def _to_the_line(numbers: list[int]) -> Answers:
    jobs = [ArticleJob(url=address(number), text=article(number), key=str(number)) for number in numbers]
    with Client(os.environ[DOOR], producer="wire") as client:
        for number, answer in zip(numbers, client.submit_stream(jobs), strict=True):
            assert isinstance(answer, Accepted), answer
            yield number, answer.job_id


def main() -> None:
    """Be the producer, until it is told to end."""
    offer: Callable[[list[int]], Answers] = {"chain": _to_the_chain, "line": _to_the_line}[sys.argv[1]]
    answers = Path(os.environ[ANSWERS])
    while left := sorted(set(range(int(os.environ[ARTICLES]))) - accepted(answers).keys()):
        try:
            for number, answer in offer(left[:TOGETHER]):
                note(answers, f"{number} {answer}")
        except _NOT_NOW as error:
            print(f"offering again: {error}", file=sys.stderr, flush=True)
            time.sleep(0.5)
    signal.pause()


if __name__ == "__main__":
    main()
