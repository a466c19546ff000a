"""After an outage every process is back by itself, and has said once that it began and once that it was over."""

from __future__ import annotations

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import redis

from newsroom import harm
from newsroom.harm import Harm, PostgresHarm
from newsroom.line import Line
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres
from wireroom.logs import Event
from wireroom.outages import QUIET_SECONDS

AWAY_SECONDS = 12.0
TROUBLE_SECONDS = 6.0
MOST_OF_TROUBLE = 1 + math.ceil(TROUBLE_SECONDS / QUIET_SECONDS)
MOST_OF_LIBRARIES = 3
"""Lines that a process may log in the words of others, however long an outage lasts."""
BROKER, DATABASE = (Event.broker_away, Event.broker_back), (Event.database_away, Event.database_back)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One for this line alone, which keeps what it commits."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("quiet")) as server:
        migrate(server.url)
        yield server


def redis_is_down(line: Line, _: random.Random) -> None:
    line.valkey.kill()
    time.sleep(AWAY_SECONDS)
    line.valkey.start()


def redis_cuts_connections(line: Line, _: random.Random) -> None:
    until = time.monotonic() + TROUBLE_SECONDS
    with redis.Redis.from_url(line.valkey.url) as client:
        while time.monotonic() < until:
            for kind in ("normal", "pubsub"):
                client.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")
            time.sleep(0.3)


def postgres_cuts_connections(line: Line, chance: random.Random) -> None:
    until = time.monotonic() + TROUBLE_SECONDS
    while time.monotonic() < until:
        harm.cut_connections(line, chance)
        time.sleep(0.3)


class Log(dict[int, Counter[str]]):
    """Process -> event -> how many lines, of an outage."""

    def __init__(self, line: Line, since: str) -> None:
        for one in line.log():
            if one["time"] >= since:
                self.setdefault(one["pid"], Counter())[one["event"]] += 1

    def check(self, about: tuple[Event, Event], most: int) -> None:
        """Each process said as often that it began as that it was over, `most` times at most, and little besides."""
        away, back = about
        for pid, lines in self.items():
            assert lines[away] == lines[back] <= most, (pid, lines)
            assert lines[Event.library] <= MOST_OF_LIBRARIES, (pid, lines)


@pytest.fixture
def meet(line: Line, press: Press, chance: random.Random) -> Callable[[Harm], Log]:
    """Let an outage begin amid a wave of articles; all are stored in the end, by the same processes."""

    def met(outage: Harm) -> Log:
        line.wait_until_up()
        since = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        before, pids = line.count("outcomes"), line.supervisor.pids()
        with press.wave(300):
            line.wait(lambda: line.count("outcomes") > before + 20, "the line to be in mid-flight")
            outage(line, chance)
            prove(line, press, list_lost=True)
        with press.wave(100, pushed=20, seconds=0.5):  # whoever had nothing to do hears of the end now
            prove(line, press, list_lost=True)
        assert line.supervisor.pids() == pids, "nobody had to be started again"
        return Log(line, since)

    return met


def test_of_redis(line: Line, meet: Callable[[Harm], Log]) -> None:
    log = meet(redis_is_down)
    log.check(BROKER, 1)
    assert {name for name, pid in line.supervisor.pids().items() if not log[pid][Event.broker_back]} == set()


def test_of_postgres(line: Line, meet: Callable[[Harm], Log], postgres: EmbeddedPostgres) -> None:
    log = meet(PostgresHarm(postgres).shut_down_for(AWAY_SECONDS))
    log.check(DATABASE, 1)
    who = ("dispatcher", "dispatcher-2", "gateway")
    assert [name for name in who if not log[line.supervisor.pids()[name]][Event.database_back]] == []


def test_of_every_connection_to_redis_again_and_again(meet: Callable[[Harm], Log]) -> None:
    meet(redis_cuts_connections).check(BROKER, MOST_OF_TROUBLE)


def test_of_every_connection_to_postgres_again_and_again(meet: Callable[[Harm], Log]) -> None:
    meet(postgres_cuts_connections).check(DATABASE, MOST_OF_TROUBLE)
