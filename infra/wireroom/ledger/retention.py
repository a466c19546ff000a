"""Retention: what has outlived its promise goes, in small steps; what unfinished jobs still need stays."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import psycopg
from psycopg import sql

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "retention.sql")

STEP = 5000
"""Most rows deleted in one transaction."""
LOCK_PATIENCE = "200ms"
"""Longest wait for a lock on captured pages: whoever wants a page stands behind it."""
OTHER = "captures_other"
"""Has the pages of days that nobody made."""
EXPIRING = (
    queries.expire_robots,
    queries.expire_receipts, queries.expire_refusals, queries.expire_intake_batches, queries.expire_parse_health,
    queries.expire_polls, queries.expire_entries, queries.expire_volumes, queries.expire_volume_hours,
    queries.expire_source_health,
)  # fmt: skip


class Days(NamedTuple):
    """Partitions of captured pages: those that are gone, and those left for next time because somebody uses them."""

    dropped: list[str]
    busy: list[str]


def expire(connection: Connection) -> int:
    """Delete what has expired: keys, offers, refusals, batches, windows, polls, entries, volumes; returns how many rows
    went."""
    deleted = _expire_offers(connection)
    for statement in EXPIRING:
        while (rows := connection.execute(statement, {"most": STEP}).rowcount) > 0:
            deleted += rows
    return deleted


def _expire_offers(connection: Connection) -> int:
    deleted, last = 0, b""
    # Each step goes on where the one before ended: the index is walked once.
    while gone := connection.execute(queries.expire_offers, {"after": last, "most": STEP}).fetchall():
        deleted += len(gone)
        last = max(hash_ for (hash_,) in gone)
    return deleted


def expire_captures(connection: Connection, first: date) -> Days:
    """Drop the partitions of captured pages from before `first`, up to one that somebody uses at the moment.

    Pages that the line or the quarantine still needs are moved to today's first.
    """
    with connection.transaction():
        _move_needed(connection, first)
    names = [name for (name,) in connection.execute(queries.old_capture_days, {"first": first})]
    dropped: list[str] = []
    try:
        for name in names:
            _drop(connection, name, first)
            dropped.append(name)
        _expire_other(connection, first)
    except psycopg.errors.LockNotAvailable:
        return Days(dropped, names[len(dropped) :] or [OTHER])
    return Days(dropped, [])


def _drop(connection: Connection, name: str, first: date) -> None:
    with connection.transaction():
        partition = sql.Identifier(name)
        _close(connection, sql.SQL("ONLY captures, {}").format(partition))
        _move_needed(connection, first)
        connection.execute(sql.SQL("DROP TABLE {}").format(partition))


def _expire_other(connection: Connection, first: date) -> None:
    while connection.execute(queries.has_old_others, {"first": first}).fetchone() == (True,):
        with connection.transaction():
            _close(connection, sql.Identifier(OTHER))
            _move_needed(connection, first)
            connection.execute(queries.expire_other_captures, {"first": first, "most": STEP})


def _close(connection: Connection, tables: sql.Composable) -> None:
    """From here on no replay can want a page of these; one that was faster has it moved too."""
    connection.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(LOCK_PATIENCE))
    connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))


def _move_needed(connection: Connection, first: date) -> None:
    for statement in (
        queries.lock_quarantined, queries.lock_unfinished, queries.copy_needed,
        queries.move_quarantined, queries.move_unfinished,
    ):  # fmt: skip
        connection.execute(statement, {"first": first})
