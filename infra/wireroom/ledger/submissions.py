"""Submissions: how far many jobs under one name are, and what ends those that nobody else wants."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import repair
from wireroom.ledger.accept import CHUNK

queries = Queries("wireroom.ledger", "submissions.sql")


class Progress(NamedTuple):
    """How far a submission is: how many of its jobs are in each place."""

    submission: str
    opened_at: datetime
    jobs: int
    stored: int
    updated: int
    unchanged: int
    rejected: int
    quarantined: int

    @property
    def ended(self) -> int:
        """Jobs that nothing more happens to by itself: those in quarantine wait for a person."""
        return self.stored + self.updated + self.unchanged + self.rejected + self.quarantined

    @property
    def on_the_line(self) -> int:
        """Jobs that are still being worked on."""
        return self.jobs - self.ended


class Cancelled(NamedTuple):
    """What cancelling a submission met; jobs that others offered too are `shared`, and go on."""

    cancelled: int
    ended_before: int
    shared: int


def how_far(connection: Connection, submission: str) -> Progress | None:
    """How far the submission is; None if nobody opened it."""
    row = connection.execute(queries.how_far, {"submission": submission}).fetchone()
    return Progress(submission, *row) if row else None


def cancel(connection: Connection, submission: str, who: str) -> Cancelled | None:
    """End the jobs of the submission that have not ended, unless others offered them too; None if nobody opened it."""
    progress = how_far(connection, submission)
    if progress is None:
        return None
    wanted: dict[int, bool] = dict(connection.execute(queries.unfinished, {"submission": submission}).fetchall())
    own = [job_id for job_id, shared in wanted.items() if not shared]
    cancelled = 0
    for start in range(0, len(own), CHUNK):
        judged = repair.cancel(connection, own[start : start + CHUNK], who)
        cancelled += sum(one.state == "ended" for one in judged.values())
    shared = len(wanted) - len(own)
    return Cancelled(cancelled, progress.jobs - cancelled - shared, shared)
