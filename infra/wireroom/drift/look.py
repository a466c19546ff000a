"""Looking: the breaks there are now, and in how many sources they were looked for."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.drift.breaks import LEAST_HISTORY
from wireroom.drift.measures import Measure
from wireroom.drift.windows import told

queries = Queries("wireroom.drift")


class SourceBreak(NamedTuple):
    """A measure of a field that is not what it was in a source; the example has no article where parse refused it."""

    source: str
    field: str
    measure: Measure
    was: float
    now: float
    since: datetime
    job_id: int
    article_id: int | None

    def __str__(self) -> str:
        return told(self.measure, self.was, self.now)


class Drift(NamedTuple):
    """The newest breaks first; how many sources were compared with their history, how many have too short a one.

    `unread` ends are not counted yet.
    """

    breaks: list[SourceBreak]
    compared: int
    too_short: int
    unread: int


def drift(connection: Connection, source: str | None = None) -> Drift:
    """What the last full windows say, of all sources or one."""
    with connection.transaction():
        breaks = [SourceBreak(*row) for row in connection.execute(queries.breaks, {"source": source})]
        given = {"source": source, "least": LEAST_HISTORY}
        known, compared = connection.execute(queries.sources, given).fetchone() or (0, 0)
        (unread,) = connection.execute(queries.unread).fetchone() or (0,)
    return Drift(breaks, compared, known - compared, unread)
