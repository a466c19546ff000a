"""Real servers for the tests: one embedded Postgres and one Valkey a run, an empty database a test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from secrets import randbelow
from shutil import which

import pytest
from hypothesis import settings

from newsroom.clock import SteadyClock
from newsroom.databases import database_of
from newsroom.desk import Desk
from wireroom.database import Connection, connect
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey

SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
"""Real inputs that are not part of the repository; tests that need them are named test_seed*.py."""

APART = {
    Path(__file__).parent / "containers": "They need a Docker engine: make test-containers.",
    Path(__file__).parent / "containers" / "test_full_disk.py": "It needs a Docker engine, too: make test-full-disk.",
    Path(__file__).parent / "faults": "They take a quarter of an hour: make test-faults.",
    Path(__file__).parent / "faults" / "mutations": "They put mistakes into a copy of the code: make test-mutations.",
    Path(__file__).parent / "web": "They take a quarter of an hour: make test-web.",
    Path(__file__).parent / "soak": "They take half an hour: make test-faults-soak.",
}
"""Tests that are collected only where they are named, and why."""

_numbers = count(1)

# `make test` meets the same examples every time; --hypothesis-profile=soak meets others, and more of them.
settings.register_profile("steady", derandomize=True, deadline=None, print_blob=True)
settings.register_profile(
    "soak", deadline=None, print_blob=True, database=None, max_examples=300, stateful_step_count=50
)
settings.load_profile("steady")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("hypothesis_profile") and config.getoption("hypothesis_seed") is None:
        config.option.hypothesis_seed = str(randbelow(2**32))


def pytest_report_header(config: pytest.Config) -> str | None:
    seed = config.getoption("hypothesis_seed")
    return f"seed of the examples: {seed} (again: --hypothesis-seed={seed})" if seed else None


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    if collection_path.name.startswith("test_seed") and not SHARED_DATA.is_dir():
        return True
    # What a command line names is never asked about here.
    return True if collection_path in APART else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if "tests" in config.args:
        for folder, why in APART.items():
            terminalreporter.write_line(f"Not collected: {folder.relative_to(config.rootpath)}. {why}")
    if not SHARED_DATA.is_dir():
        terminalreporter.write_line(f"Not collected: test_seed*.py, for there are no real inputs in {SHARED_DATA}.")
    if which("curl") is None:
        terminalreporter.write_line("Not run: the examples of docs/producers.md that use curl, for there is none.")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A Postgres with a migrated database to copy."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False) as server:
        migrate(server.url)
        yield server


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedValkey]:
    with EmbeddedValkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server


@pytest.fixture
def clock() -> SteadyClock:
    return SteadyClock()


@pytest.fixture
def empty_database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a database without any tables."""
    with database_of(postgres, f"empty{next(_numbers)}", "template1") as url:
        yield url


@pytest.fixture
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The URL of a migrated database of the test's own."""
    with database_of(postgres, f"test{next(_numbers)}") as url:
        yield url


@pytest.fixture
def db(database: str) -> Iterator[Connection]:
    """A connection to `database`."""
    with connect(database, "test") as connection:
        yield connection


@pytest.fixture
def desk(db: Connection, database: str) -> Desk:
    """Moves jobs through the ledger of `database`."""
    return Desk(db, database)
