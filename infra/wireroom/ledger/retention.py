"""Retention: what has outlived its promise goes, in small steps; what unfinished jobs still need stays."""

from __future__ import annotations

from datetime import date

from psycopg import sql

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "retention.sql")

STEP = 5000
"""Most rows deleted in one transaction."""
EXPIRING = (
    queries.expire_receipts,
    queries.expire_offers,
    queries.expire_refusals,
    queries.expire_intake_batches,
)


def expire(connection: Connection) -> int:
    """Delete keys, offers, refusals and batches of the intake list whose time is over; returns how many rows went."""
    deleted = 0
    for statement in EXPIRING:
        while (rows := connection.execute(statement, {"most": STEP}).rowcount) > 0:
            deleted += rows
    return deleted


def expire_captures(connection: Connection, first: date) -> list[str]:
    """Drop the partitions of captured pages from before `first`, and return their names.

    Pages that the line or the quarantine still needs are moved to today's first.
    """
    with connection.transaction():
        _move_needed(connection, first)
        connection.execute(queries.expire_other_captures, {"first": first})
    names = [name for (name,) in connection.execute(queries.old_capture_days, {"first": first})]
    for name in names:
        with connection.transaction():
            partition = sql.Identifier(name)
            # From here on no replay can want a page of that day; one that was faster has it moved too.
            connection.execute(sql.SQL("LOCK TABLE captures, {} IN ACCESS EXCLUSIVE MODE").format(partition))
            _move_needed(connection, first)
            connection.execute(sql.SQL("DROP TABLE {}").format(partition))
    return names


def _move_needed(connection: Connection, first: date) -> None:
    for statement in (queries.lock_quarantined, queries.lock_unfinished, queries.keep_needed):
        connection.execute(statement, {"first": first})
