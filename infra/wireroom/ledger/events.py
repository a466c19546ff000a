"""Sequencing: ends get their positions among the events one after the other, without gaps, and are read in that order.

Whoever pages over a plain sequence misses transactions that took their number early and committed late.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "events.sql")

ROUND = 1000
"""Most endings numbered in one transaction."""
REACH = 20_000
"""Most positions looked at for one page, where only the ends of one producer are wanted."""


class Ended(NamedTuple):
    """How a job ended; one that was quarantined may be redriven, and end once more."""

    position: int
    at: datetime
    job_id: int
    outcome: str
    producer: str
    key: str | None
    source: str
    url: str | None
    reason: str | None
    cause: str | None
    article_id: int | None
    version: int | None


class Page(NamedTuple):
    """What ended after a position; the next page begins after `cursor`, and can be had now if there is `more`."""

    outcomes: list[Ended]
    cursor: int
    more: bool


def head(connection: Connection) -> int:
    """The last position; 0 if nothing has ended yet."""
    row = connection.execute(queries.head).fetchone()
    assert row is not None
    return int(row[0])


def page(connection: Connection, after: int, limit: int, producer: str | None = None) -> Page | None:
    """What ended after a position, at most `limit` of it; None for a position that nobody can have read yet.

    In a snapshot of the caller's. With `producer`, only the ends of jobs that it was the first to offer.
    """
    last = head(connection)
    if after > last:
        return None
    until = min(last, after + REACH)
    given = {"after": after, "until": until, "producer": producer, "limit": limit}
    found = [Ended(*row) for row in connection.execute(queries.ended, given)]
    cursor = found[-1].position if len(found) == limit else until
    return Page(found, cursor, cursor < last)


class Sequencer:
    """Numbers endings; each dispatcher has one. It remembers only what spares walking over dead rows."""

    def __init__(self) -> None:
        self._floor = 0

    def sequence(self, connection: Connection, *, sweep: bool = False) -> Counter[str]:
        """Number up to `ROUND` endings, and return how many of each kind; none while another sequencer is at it.

        `sweep` also finds those that were committed after later ones had been numbered.
        """
        with connection.transaction():
            if connection.execute(queries.try_sequence).fetchone() != (True,):
                return Counter()
            given = {"floor": 0 if sweep else self._floor, "most": ROUND}
            rows = connection.execute(queries.sequence, given).fetchall()
            if not rows:
                return Counter()
            crash_at(Point.SEQUENCE_WRITTEN)
        crash_at(Point.SEQUENCE_COMMITTED)
        self._floor = max(self._floor, *(last for _, _, last in rows))
        return Counter({kind: number for kind, number, _ in rows})


def sequence(connection: Connection) -> int:
    """Number every ending there is, and return how many."""
    sequencer, numbered = Sequencer(), 0
    while some := sequencer.sequence(connection, sweep=True).total():
        numbered += some
    return numbered
