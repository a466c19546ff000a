"""What the processes of a worker count is summed, and nobody's death takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from prometheus_client.multiprocess import MultiProcessCollector

from newsroom.desk import Desk
from newsroom.line import story
from newsroom.probing import Probed, probed, value
from wireroom.broker import Broker
from wireroom.database import Connection
from wireroom.embedded import EmbeddedValkey
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.launch import Launcher


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where workers put temporary files."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    return directory


@pytest.fixture
def env(env: dict[str, str], scratch: Path) -> dict[str, str]:
    return env | {"TMPDIR": str(scratch), "WIREROOM_CONCURRENCY": "2"}


@pytest.fixture
def parse(env: dict[str, str], tmp_path: Path) -> Iterator[Probed]:
    """A parse worker of two processes."""
    with probed("parse", env, tmp_path / "log") as process:
        process.wait_until_ready()
        yield process


class Work:
    """Flights of one article each for a worker of parse."""

    def __init__(self, db: Connection, database: str, valkey: EmbeddedValkey) -> None:
        self.given = 0
        self._desk = Desk(db, database)
        self._desk.launchers["process"] = Launcher("process", Bounds(in_flight=1000, articles=1))
        self._broker = Broker(valkey.url)

    def give(self, articles: int) -> None:
        for number in range(self.given, self.given + articles):
            self._desk.job(text=story(number))
        for flight in self._desk.launch():
            self._broker.publish("parse", flight.id)
        self.given += articles

    def counted_by(self, process: Probed) -> bool:
        return value(process.scrape(), "wireroom_stage_seconds_count", stage="parse") == self.given

    def passed_on(self) -> bool:
        return bool(self._desk.value("SELECT count(*) FROM flights WHERE stage = 'enrich'") == self.given)

    def close(self) -> None:
        self._broker.close()


@pytest.fixture
def work(db: Connection, database: str, valkey: EmbeddedValkey) -> Iterator[Work]:
    given = Work(db, database, valkey)
    yield given
    given.close()


def boards(scratch: Path) -> list[Path]:
    return list(scratch.glob("wireroom-metrics-*"))


def by_place(board: Path) -> dict[str, float]:
    """Place in the pool -> articles that were worked on there."""
    counted = {}
    for file in board.glob("histogram_*.db"):
        families = MultiProcessCollector.merge([str(file)])
        samples = [one for family in families for one in family.samples if one.name.endswith("_count")]
        counted[file.stem.removeprefix("histogram_")] = sum(one.value for one in samples)
    return counted


def replaced(process: Probed, dead: list[int]) -> bool:
    now = process.children()
    return len(now) == 2 and not set(now) & set(dead)


def test_the_processes_of_a_pool_are_summed_and_their_deaths_lose_nothing(
    parse: Probed, work: Work, scratch: Path
) -> None:
    work.give(60)
    parse.wait(lambda: work.counted_by(parse), "all of the work to be counted")
    (board,) = boards(scratch)
    assert by_place(board).keys() == {"parent", "0", "1"}
    assert all(by_place(board)[place] > 0 for place in "01"), "both have worked"
    files = sorted(file.name for file in board.iterdir())
    for _ in range(4):
        dead = parse.children()
        for child in dead:
            psutil.Process(child).kill()
        parse.wait(partial(replaced, parse, dead), "the dead to be replaced")
        assert work.counted_by(parse), "a death has taken counts away"
        work.give(10)
        parse.wait(lambda: work.counted_by(parse), "the work of the new ones to be counted")
    assert sorted(file.name for file in board.iterdir()) == files, "files have become more"


def test_the_board_goes_with_its_worker_and_the_next_one_removes_what_a_killed_one_left(
    parse: Probed, env: dict[str, str], scratch: Path, tmp_path: Path
) -> None:
    (left,) = boards(scratch)
    parse.close()
    assert left.exists()
    with probed("store", env, tmp_path / "next") as store:
        store.wait_until_ready()
        assert not left.exists() and len(boards(scratch)) == 1
        assert store.end() == 0
    assert boards(scratch) == []


def test_without_a_metrics_port_there_is_no_board(
    env: dict[str, str], work: Work, scratch: Path, tmp_path: Path
) -> None:
    with probed("parse", env | {"WIREROOM_METRICS_PORT": "0"}, tmp_path / "log") as process:
        work.give(3)
        process.wait(work.passed_on, "the work to be done")
        assert boards(scratch) == []
