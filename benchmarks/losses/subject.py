"""A system under faults: its processes and servers, and what can be known of its articles from outside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import psycopg
import redis

from benchmarks.losses import producer
from benchmarks.losses.tally import TALLY
from benchmarks.system import CORES, supervised
from newsroom.databases import database_of
from newsroom.line import ROOT
from newsroom.poison import install
from wireroom.database import Connection
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey
from wireroom.supervisor import Process, Supervisor


class Ends(NamedTuple):
    """How often there is a record of each article; and what is written of those that failed."""

    records: Counter[int]
    explained: dict[int, str]

    @property
    def numbers(self) -> set[int]:
        """The articles that have ended."""
        return self.records.keys() | self.explained.keys()


class System(Protocol):
    """What differs between the systems; articles are known by their numbers."""

    template: str
    """The database to copy for it."""
    appendonly: bool
    """Whether its Redis keeps what it has on disk."""
    doors: tuple[str, ...]
    """The processes that submit and accept."""

    def processes(self, env: dict[str, str]) -> list[Process]:
        """All of them, the producer too; `env` is added to."""

    def prepare(self, db: Connection) -> None:
        """Make what its database needs."""

    def ends(self, db: Connection) -> Ends:
        """What has become of the articles."""

    def held(self, db: Connection, broker: redis.Redis) -> set[int]:
        """Articles that are still somewhere on their way, so that they may yet end by themselves."""

    def findings(self, db: Connection) -> list[str]:
        """What it finds wrong in its own books."""


class Plan(NamedTuple):
    """What is brought to a system: so many articles, one of them perhaps a poison."""

    articles: int
    poison: int | None = None


@dataclass(frozen=True)
class Subject:
    """A running system, with a database and a Valkey of its own."""

    system: System
    postgres: EmbeddedPostgres
    valkey: EmbeddedValkey
    supervisor: Supervisor
    directory: Path

    @property
    def database(self) -> str:
        """Its URL."""
        return self.postgres.database_url(self.directory.name)

    @property
    def answers(self) -> Path:
        """What the producer has noted."""
        return self.directory / "answers"

    @property
    def tally(self) -> Path:
        """What the stages have noted."""
        return self.directory / "tally"

    @contextmanager
    def servers(self) -> Iterator[tuple[Connection, redis.Redis]]:
        """Fresh connections; whatever is away raises."""
        with (
            psycopg.connect(self.database, autocommit=True, connect_timeout=5) as db,
            redis.Redis.from_url(self.valkey.url, socket_timeout=5.0) as broker,
        ):
            yield db, broker


class KeptValkey(EmbeddedValkey):
    """Writes each command to disk, and fsyncs once a second."""

    def _run(self, argv: list[str], answers: Callable[[], object], failures: type[Exception]) -> None:
        super()._run([*argv, "--appendonly", "yes", "--appendfsync", "everysec"], answers, failures)


@contextmanager
def running(system: System, postgres: EmbeddedPostgres, directory: Path, plan: Plan) -> Iterator[Subject]:
    """The system and its producer at work, until the block ends; the database has the name of the directory."""
    with (
        database_of(postgres, directory.name, system.template) as database,
        (KeptValkey if system.appendonly else EmbeddedValkey)(directory / "valkey") as valkey,
    ):
        env = _env(directory, plan) | {"WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url}
        supervisor = Supervisor(system.processes(env), directory)
        subject = Subject(system, postgres, valkey, supervisor, directory)
        with subject.servers() as (db, _):
            system.prepare(db)
        # At the end nobody is given time: there may be work without end.
        with supervised(supervisor, grace=0):
            yield subject


def _env(directory: Path, plan: Plan) -> dict[str, str]:
    poison = install(directory / "poison")
    return {
        "PYTHONPATH": f"{poison['PYTHONPATH']}:{ROOT}",
        "WIREROOM_LOG_FORMAT": "json",
        "WIREROOM_CONCURRENCY": str(CORES),
        "WIREROOM_ENRICHERS": "language,zz_poison",
        TALLY: str(directory / "tally"),
        producer.ANSWERS: str(directory / "answers"),
        producer.ARTICLES: str(plan.articles),
        producer.POISON: str(plan.poison),
    }


def ended(stored: Iterable[tuple[str, ...]], failed: Iterable[tuple[str, ...]]) -> Ends:
    """From rows of addresses, and of addresses with causes."""
    number = producer.number_of
    return Ends(Counter(number(url) for (url,) in stored), {number(url): cause for url, cause in failed})
