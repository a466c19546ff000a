"""A whole line of real processes, to push articles through and to do harm to."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType, TracebackType
from typing import Any, Self

import msgspec
import psutil
import redis

from newsroom.desk import offer
from wireroom.broker import Broker
from wireroom.crew import crew
from wireroom.database import Connection, connect
from wireroom.embedded import EmbeddedValkey, free_port
from wireroom.ledger import pauses
from wireroom.ledger.accept import CHUNK, Accepted, Tickets, accept
from wireroom.ledger.offer import Offer
from wireroom.ledger.pauses import Target
from wireroom.ledger.reconcile import Reconciliation, reconcile
from wireroom.records import StoredArticle, article
from wireroom.supervisor import Process, Supervisor
from wireroom.topology import INTAKE_BATCHES, INTAKE_LISTS

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
COMMON = {"time", "level", "event", "role", "pid", "job", "flight", "stage", "source", "exception"}
_CANNOT_START = re.compile(rb"^wireroom \w+: .*\n", re.MULTILINE)
"""The sentence for which a process ends that finds no Postgres at its start; all else is JSON."""
ENV = {"WIREROOM_LOG_FORMAT": "json", "WIREROOM_HOST_DELAY": "0", "WIREROOM_FETCH_ALLOW": "127.0.0.0/8"}


class Line:
    """Supervised processes on one database and a Valkey of their own, from `with` to its end."""

    def __init__(
        self,
        database: str,
        directory: Path,
        *,
        dispatchers: int = 1,
        gateway: bool = False,
        env: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.database = database
        self.directory = directory
        self.valkey = EmbeddedValkey(directory / "valkey")
        self.env = ENV | {"WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": self.valkey.url} | dict(env)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.env |= {"WIREROOM_GATEWAY_PORT": str(port)}
        everybody = self.crew(dispatchers, gateway)
        self.names = {one.name for one in everybody}
        self.supervisor = Supervisor(everybody, directory)
        self.given: list[int] = []
        self._tickets = Tickets()
        self._connections = ExitStack()
        self._stopping = Event()

    def __enter__(self) -> Self:
        self.valkey.start()
        self.connect()
        self.broker = Broker(self.valkey.url)
        # The supervisor belongs to one thread that lives as long as the processes.
        self._thread = Thread(target=self.supervisor.run, args=(self._stopping.is_set,), name="supervisor")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self.broker.close()
        self._connections.close()
        self.valkey.stop()

    def connect(self) -> None:
        """A new connection for the questions of the test, once the one before may be broken."""
        self._connections.close()
        self.db: Connection = self._connections.enter_context(connect(self.database, "test"))

    def crew(self, dispatchers: int, gateway: bool) -> list[Process]:
        """Who works on the line."""
        return crew(self.env, dispatchers=dispatchers, gateway=gateway)

    def submit(self, offers: Iterable[Offer]) -> list[int]:
        """Accept as a producer does; the job ids."""
        rest, jobs = list(offers), list[int]()
        while rest:
            chunk, rest = rest[:CHUNK], rest[CHUNK:]
            answers = accept(self.db, chunk, self._tickets)
            jobs += [answer.job_id for answer in answers if isinstance(answer, Accepted)]
            self.broker.wake()
        self.given += jobs
        return jobs

    @contextmanager
    def together(self) -> Iterator[None]:
        """What comes inline during the block is launched after it, as one flight where it fits into one."""
        everything = Target("leg", "process")
        pauses.pause(self.db, everything, "test")
        try:
            yield
        finally:
            pauses.resume(self.db, everything)
            self.broker.wake()

    def flights(self) -> dict[int, int]:
        """Flight -> with how many articles it was launched, of all there ever were."""
        return {one["flight"]: one["articles"] for one in self.log(about="flight_launched")}

    def texts(self, number: int, **fields: Any) -> list[int]:
        """Submit so many different text articles."""
        first = len(self.given)
        return self.submit(offer(text=story(n), **fields) for n in range(first, first + number))

    def count(self, table: str) -> int:
        """Rows of a table."""
        row = self.db.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert row is not None
        return int(row[0])

    def list_is_empty(self) -> bool:
        """Whether nothing that was pushed onto the Redis list waits to be written."""
        with redis.Redis.from_url(self.valkey.url) as client:
            return not client.exists(INTAKE_BATCHES, *INTAKE_LISTS)

    def outcomes(self) -> dict[int, str]:
        """Job -> outcome."""
        return dict(self.db.execute("SELECT job_id, outcome FROM outcomes").fetchall())

    def record(self, job: int) -> StoredArticle:
        """The record that the job stored."""
        row = self.db.execute("SELECT article_id, version FROM outcomes WHERE job_id = %s", [job]).fetchone()
        assert row is not None and row[0] is not None, f"job {job} stored nothing"
        found = article(self.db, *row)
        assert found is not None
        return found

    def drain(self, patience: float = PATIENCE) -> None:
        """Wait until the line is empty; fails with what is left on it."""
        self.wait(lambda: self.count("line") == 0, "the line to drain", patience)

    def wait(self, done: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
        """Wait for `done()`; fails after `patience` seconds."""
        until = time.monotonic() + patience
        while not done():
            if time.monotonic() > until:
                left = self.db.execute("SELECT l.*, f.* FROM line l LEFT JOIN flights f ON f.id = l.flight_id LIMIT 5")
                raise AssertionError(f"waited in vain for {what}; on the line: {left.fetchall()}")
            time.sleep(0.05)

    def wait_until_up(self) -> None:
        """Wait until every process has said that it has started."""

        def up() -> bool:
            started = {line["pid"] for line in self.log(about="process_started")}
            running = self.supervisor.pids()
            # The supervisor's thread may not have begun yet.
            return running.keys() == self.names and set(running.values()) <= started

        self.wait(up, "all processes to start")

    def check(self) -> Reconciliation:
        """Every job id that a producer was given is in the ledger, and reconcile finds nothing."""
        found = reconcile(self.db, everything=True)
        assert [str(finding) for finding in found.findings] == []
        for line in self.log():
            assert line.keys() <= documented_fields()[line["event"]] | COMMON, line
        known = {job for (job,) in self.db.execute("SELECT id FROM jobs")}
        assert set(self.given) <= known
        return found

    def children(self, name: str) -> list[int]:
        """The pool processes of a worker."""
        parent = psutil.Process(self.supervisor.pids()[name])
        return [child.pid for child in parent.children(recursive=True)]

    def sizes(self) -> dict[str, int]:
        """Process, or the child of one and its place -> private memory in bytes."""
        sizes = {"valkey": _size(psutil.Process(self.valkey.pid))}
        for name, pid in self.supervisor.pids().items():
            process = psutil.Process(pid)
            sizes[name] = _size(process)
            sizes |= {f"{name} child {n}": _size(child) for n, child in enumerate(process.children(recursive=True), 1)}
        return sizes

    def log(self, names: str = "*", about: str = "") -> list[dict[str, Any]]:
        """Every line that the processes of the line have logged, of names that match, `about` an event."""
        lines: list[dict[str, Any]] = []
        for file in sorted(self.directory.glob(f"{names}.log")):
            # The last piece is what is being written now. Few are decoded where few are wanted: this is asked often.
            said = _CANNOT_START.sub(b"", file.read_bytes()).split(b"\n")[:-1]
            said = [line for line in said if about.encode() in line]
            lines += [line for line in map(msgspec.json.decode, said) if about in ("", line["event"])]
        return lines


def _size(process: psutil.Process) -> int:
    return int(process.memory_full_info().uss)


@cache
def documented_fields() -> dict[str, set[str]]:
    """Event -> the fields that docs/events.md gives it."""
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", (ROOT / "docs/events.md").read_text("utf-8"), re.MULTILINE)
    return {event: set(re.findall(r"`(\w+)`", fields)) for event, fields in rows}


def story(number: int) -> str:
    """A text article, different for each number."""
    town = ("Lagos", "Oslo", "Lima", "Dhaka", "Quito")[number % 5]
    return (
        f" date 2025-05-02 Ferry number {number} reaches {town} on its first voyage\n\n"
        "By Ada Okoro Published May 02, 2025 | 10:15 AM\n\n"
        f"{town.upper()}, (Harbour Wire - 2nd May, 2025) The ferry numbered {number} came into the harbour of {town} on"
        " Friday morning, an hour before it was expected, and was met by a crowd on the quay.\n\n"
        f"Captain Mira Solheim said that voyage {number} had been calm, and that the engines used less than half of the"
        " fuel of the ship they replace.\n\n"
        f"The harbour office of {town} will open the line to travellers on Monday.\n"
    )


@contextmanager
def stopped(*pids: int) -> Iterator[None]:
    """The processes are stopped (SIGSTOP) for the time of the block."""
    processes = [psutil.Process(pid) for pid in pids]
    try:
        for process in processes:
            process.suspend()
        yield
    finally:
        for process in processes:
            process.resume()
