"""The census: how many articles are where. It reads the whole line, so it is for every quarter of a minute at most."""

from __future__ import annotations

from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "census.sql")


class Census(NamedTuple):
    """Numbers of one moment, or nearly."""

    line: dict[tuple[str, str, str], int]
    """Leg, lane and state (`ready`, `in_flight`, `waits_for_time`, ...) -> articles."""
    oldest: dict[str, float]
    """Lane -> age of its oldest unfinished job, in seconds since it was accepted."""
    flights: dict[tuple[str, str], int]
    """Stage and state (`queued`, `started`) -> flights."""
    quarantined: int
    refusals: int
    pauses: int
    breaks: int
    sources: dict[str, int]
    """State (of what comes of them) -> sources."""
    unheard: float
    """Of how many sources something was expected, hour by hour, since anybody was heard."""
    polled: dict[str, int]
    """State (`new`, `polled`, `failing`, `paused`) -> what is polled."""
    polls_late: float
    """Seconds."""
    gap: int | None
    """Findings of the last reconciliation; None if there was none yet."""
    reconciled: float | None
    """Seconds since it began."""


def take(connection: Connection) -> Census:
    """Count."""
    groups = connection.execute(queries.line).fetchall()
    oldest = connection.execute(queries.ages, {"jobs": [group[4] for group in groups]})
    flights = connection.execute(queries.flights)
    kept = connection.execute(queries.kept).fetchone()
    late = connection.execute(queries.late).fetchone()
    assert kept is not None and late is not None
    sources = connection.execute(queries.sources)
    gap, reconciled = connection.execute(queries.reconciliation).fetchone() or (None, None)
    return Census(
        line={(leg, lane, state): number for leg, lane, state, number, _ in groups},
        oldest=dict(oldest.fetchall()),
        flights={(stage, state): number for stage, state, number in flights},
        quarantined=kept[0],
        refusals=kept[1],
        pauses=kept[2],
        breaks=kept[3],
        sources=dict(sources.fetchall()),
        unheard=kept[4],
        polled=dict(connection.execute(queries.polled).fetchall()),
        polls_late=late[0],
        gap=gap,
        reconciled=reconciled,
    )
