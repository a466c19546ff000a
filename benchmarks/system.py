"""A system under test, and what it took it to do its work."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from threading import Event, Thread

from benchmarks.ground import Cpu, Ground, spent
from benchmarks.hand import Hand
from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.supervisor import GRACE_SECONDS, Supervisor

CORES = os.cpu_count() or 1
PATIENCE = 600.0
LOOK_SECONDS = 0.25


@dataclass(frozen=True)
class System:
    """A running system: its settings, its processes besides the servers, who brings it articles, whether so many have
    ended, and how many CPU seconds of the stages' own work (parse and enrich) are in those."""

    env: Mapping[str, str]
    pids: Callable[[], dict[str, int]]
    hands: Sequence[Hand]
    ended: Callable[[int], bool]
    worked: Callable[[], float] = float


@dataclass(frozen=True)
class Measured:
    """What so many articles took: CPU seconds by process, seconds by the clock, CPU seconds of parse and enrich."""

    articles: int
    cpu: Cpu
    seconds: float
    work: float = 0.0

    @property
    def cost(self) -> float:
        """CPU milliseconds an article."""
        return sum(self.cpu.values()) * 1000 / self.articles

    @property
    def beside(self) -> float:
        """CPU milliseconds an article, without the stages' own work."""
        return self.cost - self.work * 1000 / self.articles

    @property
    def rate(self) -> float:
        """Articles a second."""
        return self.articles / self.seconds


def measure(system: System, ground: Ground, warm: int, articles: int) -> Measured:
    """Bring `warm` articles to their end, then measure so many more, from the first submission to the last end."""
    work(system, 0, warm)
    ground.write_out()
    worked = system.worked()
    before, started = spent(ground.pids() | system.pids()), time.perf_counter()
    work(system, warm, warm + articles)
    seconds = time.perf_counter() - started
    ground.write_out()
    after = spent(ground.pids() | system.pids())
    cpu = {name: after[name] - before.get(name, 0.0) for name in after}
    return Measured(articles, cpu, seconds, system.worked() - worked)


def work(system: System, start: int, stop: int) -> None:
    """Bring the articles of these numbers to their end; raises `WireroomError` if they do not get there."""
    share = -(-(stop - start) // len(system.hands))
    for number, hand in enumerate(system.hands):
        first = start + number * share
        hand.begin(first, min(first + share, stop))
    for hand in system.hands:
        hand.wait()
    until = time.monotonic() + PATIENCE
    while not system.ended(stop):
        if time.monotonic() > until:
            raise WireroomError(f"{stop} articles have not ended in {PATIENCE:g} s")
        time.sleep(LOOK_SECONDS)


def all_ended(db: Connection) -> Callable[[int], bool]:
    """Whether so many jobs have their outcome; raises `WireroomError` where one is in quarantine."""

    def ended(number: int) -> bool:
        # Cheap while it is not so, for it counts as the system's.
        if db.execute("SELECT 1 FROM line LIMIT 1").fetchone():
            return False
        row = db.execute("SELECT (SELECT count(*) FROM outcomes), (SELECT max(cause) FROM quarantine)").fetchone()
        if row != (number, None):
            raise WireroomError(f"of {number} articles {row[0] if row else 0} have an outcome; in quarantine: {row}")
        return True

    return ended


def stages_worked(db: Connection) -> Callable[[], float]:
    """CPU seconds of parse and enrich, as the outcomes have them."""

    def worked() -> float:
        row = db.execute("SELECT coalesce(sum(value::float8), 0) FROM outcomes, jsonb_each_text(stages)").fetchone()
        return float(row[0]) if row else 0.0

    return worked


@contextmanager
def hands(given: Sequence[Hand]) -> Iterator[None]:
    """All of them, ready."""
    with ExitStack() as stack:
        for hand in given:
            stack.enter_context(hand)
        yield


@contextmanager
def supervised(supervisor: Supervisor, grace: float = GRACE_SECONDS) -> Iterator[None]:
    """Its processes, in a thread that lives as long as they do; at the end they have `grace` seconds."""
    stopping = Event()
    thread = Thread(target=supervisor.run, args=(stopping.is_set, grace), name="supervisor")
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
