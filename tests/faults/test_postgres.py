"""Whatever happens to Postgres, what it has said to be committed is there, and everything is stored once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import psycopg
import pytest

from newsroom.harm import PostgresHarm, cut_connections
from newsroom.line import Line
from wireroom.database import Connection, connect
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres

AWAY_SECONDS = 30.0
TROUBLE_SECONDS = 6.0
CANCEL = """
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'active' AND random() < 0.3
"""
DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """One for this line alone, which keeps what it commits."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("harmed")) as server:
        migrate(server.url)
        yield server


@pytest.fixture
def harm(postgres: EmbeddedPostgres) -> PostgresHarm:
    return PostgresHarm(postgres)


@pytest.mark.parametrize("how", ["kill", "kill_leader", "kill_backend", "shut_down"])
def test_it_dies_and_comes_back(endure: Callable[..., None], harm: PostgresHarm, how: str) -> None:
    endure(getattr(harm, how))


def test_it_is_stopped_for_a_while(endure: Callable[..., None], harm: PostgresHarm) -> None:
    endure(harm.stop(AWAY_SECONDS))


def test_all_connections_are_terminated_over_and_over(endure: Callable[..., None]) -> None:
    def cut(line: Line, chance: random.Random) -> None:
        until = time.monotonic() + TROUBLE_SECONDS
        while time.monotonic() < until:
            cut_connections(line, chance)
            time.sleep(chance.uniform(0.1, 1.0))

    endure(cut)


def test_statements_are_cancelled(endure: Callable[..., None]) -> None:
    def cancel(line: Line, chance: random.Random) -> None:
        until = time.monotonic() + TROUBLE_SECONDS
        while time.monotonic() < until:
            line.db.execute(CANCEL)
            time.sleep(chance.uniform(0.02, 0.2))

    endure(cancel)


def test_it_ends_deadlocks_at_the_cost_of_the_line(endure: Callable[..., None]) -> None:
    def deadlock(line: Line, chance: random.Random) -> None:
        until, before = time.monotonic() + TROUBLE_SECONDS, line.db.execute(DEADLOCKS).fetchone()
        with connect(line.database, "saboteur", deadlock_timeout="60s", lock_timeout="5s") as saboteur:
            while time.monotonic() < until:
                lock_backwards(saboteur)
        # Postgres counts them, but not at once.
        line.wait(lambda: line.db.execute(DEADLOCKS).fetchone() != before, "a deadlock to be counted")

    endure(deadlock)


def test_a_snapshot_is_held_open(endure: Callable[..., None], postgres: EmbeddedPostgres) -> None:
    with connect(postgres.database_url("harmed"), "backup", idle_in_transaction_session_timeout="0") as backup:
        backup.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        seen = backup.execute("SELECT count(*) FROM jobs").fetchone()
        endure(lambda line, chance: None)
        assert backup.execute("SELECT count(*) FROM jobs").fetchone() == seen


def lock_backwards(saboteur: Connection) -> None:
    """Lock what is in flight row by row, in the order in which nobody should."""
    jobs = [job for (job,) in saboteur.execute("SELECT job_id FROM line WHERE flight_id IS NOT NULL ORDER BY 1 DESC")]
    with suppress(psycopg.OperationalError), saboteur.transaction():
        for job in jobs:
            saboteur.execute("SELECT FROM line WHERE job_id = %s FOR UPDATE", [job])
            time.sleep(0.001)
