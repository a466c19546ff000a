"""Reconciling: the promise, checked by anti-joins in one snapshot, never computed from sums."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import NamedTuple

from psycopg import IsolationLevel
from psycopg.types.json import Jsonb

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "reconcile.sql")

CHECKS = {
    "unaccounted": "a job is not in exactly one of line, quarantine, outcomes",
    "unknown_jobs": "a row stands for a job that was never accepted",
    "records_missing": "an outcome says stored or updated, but the job made no such version",
    "records_unexplained": "a version exists without the outcome of the job that made it",
    "dead_flights": "a job is in a flight that is gone",
    "dead_polls": "a source is in a flight that is gone",
    "empty_flights": "a flight has no jobs and no source",
    "events_missing": "an end is not among the events, nor about to be",
    "event_gaps": "a position of the events is missing",
}
"""Name of a query -> what each row of its answer means."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class Finding(NamedTuple):
    """Something that must not be: which check, which job (or source, or flight), where."""

    check: str
    id: int
    where: str

    def __str__(self) -> str:
        return f"{CHECKS[self.check]}: {self.id} ({self.where or 'nowhere'})"


class Sums(NamedTuple):
    """accepted = stored + updated + unchanged + rejected + quarantined + on the line."""

    accepted: int
    stored: int
    updated: int
    unchanged: int
    rejected: int
    quarantined: int
    on_the_line: int

    def __str__(self) -> str:
        parts = " + ".join(f"{getattr(self, name)} {name.replace('_', ' ')}" for name in self._fields[1:])
        return f"{self.accepted} accepted = {parts}"


class Reconciliation(NamedTuple):
    """One pass; clean if it has no findings."""

    since: datetime
    findings: list[Finding]
    sums: Sums


def reconcile(connection: Connection, *, everything: bool = False) -> Reconciliation:
    """Check what was accepted or ended since the last clean pass minus an hour, and all that is unfinished."""
    with _snapshot(connection):
        return _check(connection, everything)


def reconcile_if_due(connection: Connection, seconds: float) -> Reconciliation | None:
    """Reconcile if nobody has begun a pass for so many seconds, and once a day over everything.

    None: it is not due, or another dispatcher is at it.
    """
    with _snapshot(connection):
        if connection.execute(queries.try_reconcile).fetchone() != (True,):
            return None
        due, everything = connection.execute(queries.due, {"seconds": seconds}).fetchone() or (False, False)
        return _check(connection, everything) if due else None


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            yield
    finally:
        connection.isolation_level = None


def _check(connection: Connection, everything: bool) -> Reconciliation:
    row = connection.execute(queries.since).fetchone()
    assert row is not None
    started_at, since = row[0], EVER if everything else row[1]
    findings = [
        Finding(check, *found)
        for check in CHECKS
        for found in connection.execute(getattr(queries, check), {"since": since})
    ]
    sums = connection.execute(queries.sums).fetchone()
    assert sums is not None
    found = Reconciliation(since, findings, Sums(*sums))
    record = {"started_at": started_at, "since": since, "findings": len(findings)}
    connection.execute(queries.insert_reconciliation, record | {"sums": Jsonb(found.sums._asdict())})
    return found
