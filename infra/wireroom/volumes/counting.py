"""Counting: what came from each source in each hour, and how it ended: anew, until nothing more can be in an hour."""

from __future__ import annotations

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.quarantine import BY_HAND
from wireroom.ledger.repair import CANCELLED
from wireroom.volumes.habits import DAY, MOST_DAYS

queries = Queries("wireroom.volumes")

STEP = 4
"""Most hours counted in one transaction."""
AGAIN = 1
"""The hours counted last are counted once more: a job may be committed up to an hour after it was accepted."""
MOST = (MOST_DAYS + 1) * DAY
"""Hours back to which an old ledger is counted when this begins; what was before teaches nothing."""


def this_hour(connection: Connection) -> int:
    """The hour that is not over, by the clock of the database."""
    (hour,) = connection.execute(queries.hour).fetchone() or (0,)
    return int(hour)


def count(connection: Connection, hour: int, watched: int) -> bool:
    """Count the next hours before `hour`; whether there is more. False while another one is at it.

    Of the hours, those from `watched` on had a dispatcher. What is counted twice is counted once.
    """
    with connection.transaction():
        locked, *_ = connection.execute(queries.try_judge).fetchone() or (False,)
        if not locked:
            return False
        (since,) = connection.execute(queries.reach, {"hour": hour, "most": MOST, "again": AGAIN}).fetchone() or (hour,)
        until = min(hour, since + STEP)
        given = {"since": since, "until": until, "watched": watched, "by_people": [BY_HAND, CANCELLED]}
        connection.execute(queries.count, given)
        connection.execute(queries.close, given)
        crash_at(Point.VOLUMES_WRITTEN)
    crash_at(Point.VOLUMES_COMMITTED)
    return bool(until < hour)
