"""A line on which any process dies at any crash point, once for each time that it is told to."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from newsroom.desk import offer
from newsroom.line import Line, story
from newsroom.pages import Handler, Web
from newsroom.poison import install
from wireroom.crash import VARIABLE, Point
from wireroom.crew import crew
from wireroom.supervisor import Supervisor

PRODUCER = "test"
COMMAND = "command"
"""Not one of the supervised: what a person runs."""
HURRY = 10.0
"""How much faster the supervisor's clock goes: it need not wait long for those who die on purpose."""
HOSTS = 20
DRAIN_SECONDS = 120.0
ENV = {
    "WIREROOM_LEASE_SCALE": "0.05", "WIREROOM_RETRIES": "2", "WIREROOM_RETRY_SECONDS": "0.2",
    "WIREROOM_ENRICHERS": "language,zz_poison",
}  # fmt: skip

NUMBER = "coalesce(key, substring(jobs.url FROM '[0-9]+$'))"
"""Of an article: the producer's key, or in the address of what a feed shows."""
NEVER = {
    "on offer for ever": "SELECT job_id FROM offers WHERE until = 'infinity'",
    "captured twice": "SELECT job_id FROM captures GROUP BY job_id HAVING count(*) > 1",
    "stored twice": "SELECT job_id FROM versions GROUP BY job_id HAVING count(*) > 1",
    "stored as another": f"SELECT {NUMBER}, title FROM versions JOIN jobs ON jobs.id = versions.job_id"
    f" WHERE position(concat(' ', {NUMBER}, ' ') IN title) = 0 AND replays IS NULL",
}
"""What must not be found on an empty line, and the statement that finds it."""


class Scenario(NamedTuple):
    """Who passes a point, at which passing they die, and what makes them pass it."""

    who: tuple[str, ...]
    nth: int
    happens: Callable[[Doomed], None]


class Doomed(Line):
    """The line; what is offered is known by its number, which is the producer's key too."""

    def __init__(self, database: str, directory: Path, web: Web, scenarios: Mapping[Point, Scenario]) -> None:
        super().__init__(database, directory, gateway=True, env=ENV | install(directory / "poison"))
        self.web = web
        self.held: dict[str, int] = {}
        """What producers were answered: key -> job."""
        self._orders = directory / "orders"
        self._ends: Counter[str] = Counter()
        self._numbers = count()
        self._lock = Lock()
        told = {one.name: self._order(one.name, scenarios) for one in crew(self.env)}
        processes = [replace(one, env={**one.env, VARIABLE: told[one.name]}) for one in crew(self.env)]
        self.supervisor = Supervisor(processes, directory, clock=lambda: HURRY * time.monotonic())
        self.told = self._order(COMMAND, scenarios)

    def _order(self, who: str, scenarios: Mapping[Point, Scenario]) -> str:
        """What a process is told at its start: all points that it may ever die at, and that it has done so."""
        orders = []
        for point, scenario in scenarios.items():
            if who in scenario.who:
                marker = self.marker(point, who)
                marker.parent.mkdir(parents=True, exist_ok=True)
                marker.touch()
                orders.append(f"{point}@{scenario.nth}={marker}")
        return ",".join(orders)

    def marker(self, point: Point, who: str) -> Path:
        """The file that is there when it has died."""
        return self._orders / who / point

    def arm(self, point: Point, *who: str) -> None:
        """From now on they die at this point, once."""
        for one in who:
            self.marker(point, one).unlink()

    def has_died(self, point: Point, *who: str) -> bool:
        """Whether each of them did."""
        return all(self.marker(point, one).exists() for one in who)

    def numbers(self, number: int, end: str = "stored") -> list[int]:
        """So many numbers of articles that are offered now for the first time, and how they are to end."""
        with self._lock:
            self._ends[end] += number
            return [next(self._numbers) for _ in range(number)]

    def expect_replay(self) -> None:
        """From now on one more article is replayed, and updated by it."""
        with self._lock:
            self._ends["updated"] += 1

    def page(self, number: int, place: str = "") -> str:
        """The address of a page, of one of many hosts."""
        return self.web.url(f"{place}{number}", host=number % HOSTS + 1)

    def crowd(self, texts: int = 160, pages: int = 40) -> None:
        """Offer texts and pages, all in one transaction: the dispatcher finds enough for many flights at once."""
        contents = {n: {"text": story(n)} for n in self.numbers(texts)}
        contents |= {n: {"url": self.page(n)} for n in self.numbers(pages)}
        self.accept(contents)

    def accept(self, contents: Mapping[int, Mapping[str, str]]) -> None:
        """Accept articles as any door does, by their numbers."""
        offers = [offer(producer=PRODUCER, key=str(n), **content) for n, content in contents.items()]
        self.held |= dict(zip(map(str, contents), self.submit(offers), strict=True))

    def settle(self) -> None:
        """Wait until nothing is left to be done, by nobody's help."""
        self.wait(self._is_quiet, "everything to end", DRAIN_SECONDS)

    def _is_quiet(self) -> bool:
        return self.list_is_empty() and self.count("jobs") >= self._ends.total() and self.count("line") == 0

    def prove(self) -> None:
        """Each article that was offered is one job with one end, each that is stored is one version of its own, no page
        was captured twice, what has ended may soon be offered anew, and what producers were told is so."""
        self.check()
        jobs: dict[str, int] = dict(self.db.execute(f"SELECT {NUMBER}, id FROM jobs WHERE replays IS NULL").fetchall())
        offered = {str(n) for n in range(self._ends.total() - self._ends["updated"])}
        assert jobs.keys() == offered and self.count("jobs") == self._ends.total(), jobs.keys() ^ offered
        untrue = self.held.items() - jobs.items()
        assert not untrue, f"producers were told of {untrue}"
        ends = Counter(self.outcomes().values()) + Counter(quarantined=self.count("quarantine"))
        assert ends == self._ends, ends
        for what, statement in NEVER.items():
            found = self.db.execute(statement.encode()).fetchall()
            assert found == [], f"{what}: {found}"
        made = self.count("articles"), self.count("versions")
        assert made == (self._ends["stored"], self._ends["stored"] + self._ends["updated"]), made


class Moody(Handler):
    """Also `/closed/7`: page 7, but only while the web is open; and `/moved/7`: page 7 is on another host."""

    is_open = True
    feed = ""
    """What stands at `/feed`."""

    def do_GET(self) -> None:  # noqa: N802 - the name is http.server's
        """Answer."""
        if self.path == "/feed":
            body = Moody.feed.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            return
        closed, self.path = self.path.startswith("/closed/"), self.path.removeprefix("/closed")
        if closed and not Moody.is_open:
            self.send_error(503)
        elif self.path.startswith("/moved/"):
            self.send_response(301)
            port = self.server.server_address[1]
            self.send_header("Location", f"http://127.0.2.1:{port}/{self.path.removeprefix('/moved/')}")
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            super().do_GET()


@contextmanager
def closed() -> Iterator[None]:
    """Until the block ends, the web has no closed page."""
    Moody.is_open = False
    try:
        yield
    finally:
        Moody.is_open = True
