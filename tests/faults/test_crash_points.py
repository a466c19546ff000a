"""Whoever dies between whichever two steps: everything is stored once, and nobody was told what is not so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import httpx
import pytest
import redis

from newsroom.desk import offer
from newsroom.line import Line, stopped, story
from newsroom.pages import Handler, Web
from newsroom.poison import install
from wireroom.client import Accepted, Client
from wireroom.client.jobs import Fields
from wireroom.crash import VARIABLE, Point
from wireroom.crew import crew
from wireroom.embedded import EmbeddedPostgres, free_port
from wireroom.ledger.accept import CHUNK
from wireroom.logs import Event
from wireroom.supervisor import Supervisor
from wireroom.topology import INTAKE_BATCHES, INTAKE_LIST

HURRY = 10.0
"""How much faster the supervisor's clock goes: it need not wait long for those who die on purpose."""
HOSTS = 20
DRAIN_SECONDS = 120.0
NOBODY = "redrive"
"""Not one of the supervised: a command that a person gives."""


class Doomed(Line):
    """A line with a gateway and a web, on which every process dies where it is told to, once for each time."""

    def __init__(self, database: str, directory: Path, web: Web) -> None:
        self._port = free_port()
        env = {
            "WIREROOM_GATEWAY_PORT": str(self._port), "WIREROOM_LEASE_SCALE": "0.05",
            "WIREROOM_RETRIES": "2", "WIREROOM_RETRY_SECONDS": "0.2", "WIREROOM_ENRICHERS": "language,zz_poison",
        }  # fmt: skip
        super().__init__(database, directory, env=env | install(directory / "poison"))
        self._orders = directory / "orders"
        self.order(NOBODY)
        processes = [replace(one, env={**one.env, VARIABLE: self.order(one.name)}) for one in crew(self.env)]
        self.supervisor = Supervisor(processes, directory, clock=lambda: HURRY * time.monotonic())
        self.web = web
        self.url = f"http://127.0.0.1:{self._port}"
        self.offered = 0
        self.ends: Counter[str] = Counter()
        """What is to become of all that was offered."""
        self._numbers = count()
        self._lock = Lock()

    def order(self, who: str) -> str:
        """What a process is told at its start: everything that it may ever pass, but not yet."""
        orders = []
        for point, scenario in SCENARIOS.items():
            if who in scenario.who:
                marker = self.marker(point, who)
                marker.parent.mkdir(parents=True, exist_ok=True)
                marker.touch()
                orders.append(f"{point}@{scenario.nth}={marker}")
        return ",".join(orders)

    def marker(self, point: Point, who: str) -> Path:
        return self._orders / who / point

    def arm(self, point: Point, *who: str) -> None:
        """From now on it dies at this point, once."""
        for one in who:
            self.marker(point, one).unlink()

    def died(self, point: Point, *who: str) -> bool:
        """Whether each of them did."""
        return all(self.marker(point, one).exists() for one in who)

    def numbers(self, number: int, end: str = "stored") -> list[int]:
        """So many numbers of articles that nobody has offered, and that will be offered now."""
        with self._lock:
            self.offered += number
            self.ends[end] += number
            return [next(self._numbers) for _ in range(number)]

    def page(self, number: int, place: str = "") -> str:
        """The address of a page, of one of many hosts."""
        return self.web.url(f"{place}{number}", host=number % HOSTS + 1)

    def crowd(self, texts: int = 160, pages: int = 40) -> None:
        """Texts and pages, all in one transaction: the dispatcher finds enough for many flights at once."""
        offers = [offer(text=story(n)) for n in self.numbers(texts)]
        self.submit(offers + [offer(url=self.page(n)) for n in self.numbers(pages)])

    def settle(self) -> None:
        """Wait until nothing is left to be done, by nobody's help."""
        self.wait(self._is_quiet, "everything to end", DRAIN_SECONDS)

    def _is_quiet(self) -> bool:
        with redis.Redis.from_url(self.valkey.url) as client:
            listed = client.exists(INTAKE_LIST, INTAKE_BATCHES)
        return not listed and self.count("jobs") >= self.offered and self.count("line") == 0

    def prove(self) -> None:
        """Each article that was offered is one job and has one end; each that is stored is one version of its own."""
        self.check()
        assert len(set(self.given)) <= self.count("jobs") == self.offered
        ends = Counter(self.outcomes().values())
        ends["quarantined"] = self.count("quarantine")
        assert +ends == +self.ends
        made = self.db.execute("SELECT count(*), count(DISTINCT job_id), count(DISTINCT article_id) FROM versions")
        assert self.count("articles") == self.ends["stored"] and made.fetchone() == (self.ends["stored"],) * 3


class Moody(Handler):
    """Also `/closed/7`: page 7, but only while the web is open."""

    open = True

    def do_GET(self) -> None:  # noqa: N802 - the name is http.server's
        closed, self.path = self.path.startswith("/closed/"), self.path.removeprefix("/closed")
        if closed and not Moody.open:
            self.send_error(503)
        else:
            super().do_GET()


def by_http(line: Doomed) -> None:
    """Three producers at once, with our client: many texts, many pages, one text after the other."""

    def many(jobs: list[Fields]) -> None:
        with Client(line.url, producer="test") as client:
            answers = client.submit_many(jobs)
        line.given.extend(answer.job_id for answer in answers if isinstance(answer, Accepted))

    def one_by_one(jobs: list[Fields]) -> None:
        with Client(line.url, producer="test") as client:
            for job in jobs:
                line.given.append(client.submit(**job).job_id)

    with ThreadPoolExecutor(3) as producers:
        offering = [
            producers.submit(many, [{"text": story(n)} for n in line.numbers(160)]),
            producers.submit(many, [{"url": line.page(n)} for n in line.numbers(40)]),
            producers.submit(one_by_one, [{"text": story(n)} for n in line.numbers(10)]),
        ]
    for one in offering:
        one.result()


def by_crowd(line: Doomed) -> None:
    line.crowd()


def by_long_request(line: Doomed) -> None:
    """More lines than one transaction takes, sent again until they are answered."""
    jobs = [{"text": story(n), "producer": "test", "key": f"long-{n}"} for n in line.numbers(CHUNK + 20)]
    content = b"\n".join(json.dumps(job).encode() for job in jobs)
    while True:
        try:
            answer = httpx.post(
                f"{line.url}/v1/articles", content=content, headers={"content-type": "application/x-ndjson"},
                timeout=30.0, trust_env=False,
            )  # fmt: skip
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            break
    assert answer.status_code == 200
    answers = [json.loads(told)["job_id"] for told in answer.text.splitlines()]
    assert len(set(answers)) == len(jobs)
    line.given += answers


def by_list(line: Doomed) -> None:
    """Good ones and a bad one, pushed onto Redis; the bad one is refused once."""
    refused = line.count("refusals")
    items = [json.dumps({"text": story(n), "producer": "test", "key": f"list-{n}"}) for n in line.numbers(200)]
    with redis.Redis.from_url(line.valkey.url) as client:
        client.lpush(INTAKE_LIST, *items[:100], "{}", *items[100:])
    line.settle()
    assert line.count("refusals") == refused + 1


def by_unusable(line: Doomed) -> None:
    """Among others, pages that are gone, and some that tell of an error."""
    page = "<html><title>Page not found</title><h1>Page not found</h1><p>Sorry for that, number {}.</p></html>"
    line.submit(offer(url=line.page(n, "gone-")) for n in line.numbers(5, "rejected"))
    line.submit(offer(html=page.format(n)) for n in line.numbers(5, "rejected"))
    line.crowd()


def by_a_busy_site(line: Doomed) -> None:
    """Pages that cannot be had at first."""
    Moody.open = False
    line.submit(offer(url=line.page(n, "closed/")) for n in line.numbers(4))
    line.crowd()
    line.wait(lambda: all(line.died(point, "ingest") for point in FAILING), "a death")
    Moody.open = True


def by_unreadable(line: Doomed) -> None:
    """An article that store cannot read, nor the flight in which it is."""
    texts = [story(n) for n in line.numbers(20)]
    texts += [f"{story(n)}\n\nThe word is NAN, the captain said.\n" for n in line.numbers(1, "quarantined")]
    line.submit(offer(text=text) for text in texts)
    line.crowd()


def by_a_dead_child(line: Doomed) -> None:
    """A child of parse dies, too: its parent has a flight to hand back."""
    line.arm(Point.STARTED, "parse")
    line.crowd()


def by_a_flush(line: Doomed) -> None:
    """Redis forgets flights that wait for parse."""
    with stopped(line.supervisor.pids()["parse"]):
        line.crowd()
        line.wait(lambda: bool(line.broker.waiting()["parse"]), "flights to wait for parse")
        with redis.Redis.from_url(line.valkey.url) as client:
            client.flushall()
        line.wait(lambda: all(line.died(point, "dispatcher") for point in TAKING_BACK), "a death")


def by_hand(line: Doomed, point: Point) -> None:
    """A person sends a page back to the line that could not be had, and again, as the command broke off."""
    Moody.open = False
    (job,) = line.submit([offer(url=line.page(n, "closed/")) for n in line.numbers(1)])
    line.wait(lambda: line.count("line") == 0, "quarantine")
    Moody.open = True

    def redrive() -> int:
        argv = [sys.executable, "-m", "wireroom.cli.main", "redrive", str(job)]
        env = os.environ | line.env | {VARIABLE: f"{point}@1={line.marker(point, NOBODY)}"}
        return subprocess.run(argv, env=env, capture_output=True, check=False).returncode

    assert redrive() == -signal.SIGKILL
    # What was committed is done; whoever does not know it says it again.
    assert redrive() == (0 if point == Point.REDRIVE_WRITTEN else 1)


class Scenario(NamedTuple):
    """Who passes a point, at which passing they die, and what makes them pass it."""

    who: tuple[str, ...]
    nth: int
    happens: Callable[[Doomed], None]


FAILING = (Point.FAIL_WRITTEN, Point.FAIL_COMMITTED)
TAKING_BACK = (Point.TAKE_BACK_WRITTEN, Point.TAKE_BACK_COMMITTED)
SCENARIOS: Mapping[Point, Scenario] = {
    Point.ACCEPT_WRITTEN: Scenario(("gateway",), 2, by_http),
    Point.ACCEPT_COMMITTED: Scenario(("gateway",), 2, by_http),
    Point.ACCEPT_BETWEEN_CHUNKS: Scenario(("gateway",), 1, by_long_request),
    Point.LIST_TAKEN: Scenario(("gateway",), 1, by_list),
    Point.LIST_READ: Scenario(("gateway",), 1, by_list),
    Point.LIST_WRITTEN: Scenario(("gateway",), 1, by_list),
    Point.LIST_COMMITTED: Scenario(("gateway",), 1, by_list),
    Point.LIST_REMOVED: Scenario(("gateway",), 1, by_list),
    Point.LAUNCH_WRITTEN: Scenario(("dispatcher",), 1, by_crowd),
    Point.LAUNCH_COMMITTED: Scenario(("dispatcher",), 1, by_crowd),
    Point.LAUNCH_PUBLISHED: Scenario(("dispatcher",), 1, by_crowd),
    Point.STARTED: Scenario(("ingest", "parse", "enrich", "store"), 1, by_http),
    Point.CAPTURE_WRITTEN: Scenario(("ingest",), 5, by_http),
    Point.CAPTURE_COMMITTED: Scenario(("ingest",), 5, by_http),
    Point.WORKED: Scenario(("parse", "enrich"), 2, by_http),
    Point.HANDED_OVER: Scenario(("parse", "enrich"), 2, by_http),
    Point.PUBLISHED: Scenario(("parse", "enrich"), 2, by_http),
    Point.STORE_LOCKED: Scenario(("store",), 2, by_http),
    Point.STORE_RECORDED: Scenario(("store",), 2, by_http),
    Point.STORE_WRITTEN: Scenario(("store",), 2, by_http),
    Point.STORE_COMMITTED: Scenario(("store",), 2, by_http),
    Point.REJECT_WRITTEN: Scenario(("ingest", "parse"), 1, by_unusable),
    Point.REJECT_COMMITTED: Scenario(("ingest", "parse"), 1, by_unusable),
    Point.FAIL_WRITTEN: Scenario(("ingest",), 1, by_a_busy_site),
    Point.FAIL_COMMITTED: Scenario(("ingest",), 1, by_a_busy_site),
    Point.HAND_BACK_WRITTEN: Scenario(("store",), 1, by_unreadable),
    Point.HAND_BACK_COMMITTED: Scenario(("store",), 1, by_unreadable),
    Point.BURIAL_WRITTEN: Scenario(("parse",), 1, by_a_dead_child),
    Point.BURIAL_COMMITTED: Scenario(("parse",), 1, by_a_dead_child),
    Point.TAKE_BACK_WRITTEN: Scenario(("dispatcher",), 1, by_a_flush),
    Point.TAKE_BACK_COMMITTED: Scenario(("dispatcher",), 1, by_a_flush),
    Point.REDRIVE_WRITTEN: Scenario((NOBODY,), 1, lambda line: by_hand(line, Point.REDRIVE_WRITTEN)),
    Point.REDRIVE_COMMITTED: Scenario((NOBODY,), 1, lambda line: by_hand(line, Point.REDRIVE_COMMITTED)),
    Point.SEQUENCE_WRITTEN: Scenario(("dispatcher",), 1, by_crowd),
    Point.SEQUENCE_COMMITTED: Scenario(("dispatcher",), 1, by_crowd),
}


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    with Web(Moody) as web:
        yield web


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory, web: Web) -> Iterator[Doomed]:
    """For all points, one after the other; each leaves it empty."""
    postgres.create_database("doomed", template="wireroom")
    with Doomed(postgres.database_url("doomed"), tmp_path_factory.mktemp("doomed"), web) as line:
        yield line
    postgres.drop_database("doomed")


def is_buried(line: Doomed, caplog: pytest.LogCaptureFixture, who: str, pid: int) -> bool:
    """Whether the supervisor, or for its pool a worker's parent, has said that SIGKILL ended the process."""
    said: list[dict[str, Any]] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    if any({"event": Event.worker_died, "name": who, "signal": "SIGKILL"}.items() <= one.items() for one in said):
        return True
    told = f"pid:{pid} exited with 'signal 9 (SIGKILL)'"
    return any(told in one["message"] for one in line.log() if one["event"] == Event.library)


@pytest.mark.parametrize("point", Point)
def test_everything_is_stored_once_though_they_die_here(
    line: Doomed, point: Point, caplog: pytest.LogCaptureFixture
) -> None:
    assert point in SCENARIOS, f"nothing makes anybody pass {point}: write a scenario for it"
    who, _, happens = SCENARIOS[point]
    line.arm(point, *who)
    happens(line)
    line.wait(lambda: line.died(point, *who), f"the death of {who} at {point}")
    line.settle()
    line.prove()
    for one in {*who} - {NOBODY}:
        assert is_buried(line, caplog, one, int(line.marker(point, one).read_text()))
