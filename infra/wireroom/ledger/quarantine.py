"""Quarantine, which people empty: what is there, by cause and one by one; sent back, or ended for good.

A cause has a fingerprint, which Postgres computes (`cause_fingerprint`): the same for all that failed at one stage with
one message, whatever numbers, ids, addresses and quoted values are in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

from psycopg import Cursor
from psycopg.rows import TupleRow

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import look, repair
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.life import LEG_OF
from wireroom.ledger.offer import Refused, check_name

queries = Queries("wireroom.ledger", "quarantine.sql")

BY_HAND = "by_hand"
"""The reason of a job that a person ended for good."""
TOP_SOURCES = 3
"""Most sources that a group names."""
_FINGERPRINT = re.compile("[0-9a-f]{10}")


class Wanted(NamedTuple):
    """Jobs in quarantine that fit everything given; all of them where nothing is."""

    cause: str | None = None
    """The fingerprint."""
    source: str | None = None
    stage: str | None = None
    job_ids: Sequence[int] | None = None

    def __str__(self) -> str:
        named = ((name, value) for name, value in zip(("cause", "source", "stage"), self[:3], strict=True) if value)
        return " and ".join(f"{name} {value}" for name, value in named)


class Group(NamedTuple):
    """Jobs that failed of one cause; `job_id` and `cause` are those of the newest."""

    fingerprint: str
    stage: str
    kind: str
    jobs: int
    sources: int
    top_sources: list[str]
    """The most frequent, at most `TOP_SOURCES`."""
    first_at: datetime
    last_at: datetime
    job_id: int
    cause: str


class Quarantined(NamedTuple):
    """A job in quarantine, and why."""

    job_id: int
    source: str
    url: str | None
    run: int
    stage: str
    kind: str
    fingerprint: str
    cause: str
    quarantined_at: datetime
    label: str | None
    """As of a `JobState`."""


class Count(NamedTuple):
    """How many jobs, and how many of them came without a URL."""

    jobs: int
    without_url: int


class Step(NamedTuple):
    """What a transaction did: up to the job `last`, these were moved, and those stayed, each with a sentence why."""

    last: int
    moved: list[int]
    stayed: dict[int, str]


class Moved(NamedTuple):
    """What became of what was wanted: how many were moved, and why others stayed. There may be `more` after `last`."""

    number: int
    stayed: dict[int, str]
    last: int
    more: bool


def check_wanted(wanted: Wanted) -> Refused | None:
    """What about it can never fit anything."""
    if wanted.cause is not None and not _FINGERPRINT.fullmatch(wanted.cause):
        cause = "cause must be a fingerprint: ten hexadecimal digits, as `wireroom quarantine` shows them"
        return Refused("cause", "bad_value", cause)
    if wanted.stage is not None and wanted.stage not in LEG_OF:
        return Refused("stage", "bad_value", f"stage must be one of: {', '.join(LEG_OF)}")
    return check_name("source", wanted.source)


def causes(connection: Connection, wanted: Wanted, limit: int) -> list[Group]:
    """What is wanted, grouped by cause, the largest groups first."""
    given = _given(wanted) | {"limit": limit, "named": TOP_SOURCES}
    return [Group(*row) for row in _execute(connection, queries.causes, given)]


def jobs(connection: Connection, wanted: Wanted, limit: int, before: int | None = None) -> list[Quarantined]:
    """What is wanted, one by one, the newest first; only jobs `before` one."""
    given = _given(wanted) | {"limit": limit, "before": before}
    return [Quarantined(*row) for row in _execute(connection, queries.jobs, given)]


def count(connection: Connection, wanted: Wanted) -> Count:
    """How many are wanted now."""
    row = _execute(connection, queries.count, _given(wanted)).fetchone()
    assert row is not None
    return Count(*row)


def redrive(
    connection: Connection, wanted: Wanted, who: str, *, refetch: bool = False, after: int = 0
) -> Iterator[Step]:
    """Send back to the line what is wanted, in order of ids `after` one: a transaction of at most `CHUNK` each step.

    With `refetch`, what came without a URL stays. Two may do it at once: each job is moved once.
    """

    def back(held: Mapping[int, str | None]) -> Step:
        stayed = {
            job: f"job {job} came inline, without a URL to fetch" for job, url in held.items() if refetch and not url
        }
        moved = repair.redrive(connection, [job for job in held if job not in stayed], who, refetch=refetch)
        return Step(max(held), moved, stayed)

    return _steps(connection, wanted, after, back)


def reject(connection: Connection, wanted: Wanted, who: str, why: str, *, after: int = 0) -> Iterator[Step]:
    """End for good what is wanted, likewise step by step: rejected, by the word of a person."""

    def end(held: Mapping[int, str | None]) -> Step:
        ended = repair.judge(connection, list(held), BY_HAND, f"{why} ({who})")
        return Step(max(held), sorted(ended), {})

    return _steps(connection, wanted, after, end)


def move(connection: Connection, wanted: Wanted, steps: Iterator[Step], most: int) -> Moved:
    """Let steps be taken until `most` jobs were met; of jobs that were named, all that were not met stayed."""
    number, stayed, met, last = 0, dict[int, str](), set[int](), 0
    for step in steps:
        number, last, stayed = number + len(step.moved), step.last, stayed | step.stayed
        met |= {*step.moved, *step.stayed}
        if len(met) >= most:
            return Moved(number, stayed, last, more=True)
    left = [job for job in wanted.job_ids or () if job not in met]
    return Moved(number, stayed | why_not(connection, left), last, more=False)


def why_not(connection: Connection, job_ids: Sequence[int]) -> dict[int, str]:
    """Why these were not among the wanted, each in a sentence."""
    known = {one.job_id: one.state for one in look.jobs(connection, ids=job_ids, limit=len(job_ids))} if job_ids else {}
    return {job: _why_not(job, known.get(job)) for job in job_ids}


def _why_not(job: int, state: str | None) -> str:
    if state is None:
        return f"there is no job {job}"
    if state == "quarantined":
        return f"job {job} is in quarantine, but not for what was asked"
    return f"job {job} is not in quarantine: it is {state}"


def _steps(
    connection: Connection, wanted: Wanted, after: int, act: Callable[[Mapping[int, str | None]], Step]
) -> Iterator[Step]:
    while True:
        with connection.transaction():
            given = _given(wanted) | {"after": after, "limit": CHUNK}
            held: dict[int, str | None] = dict(_execute(connection, queries.lock_next, given).fetchall())
            if not held:
                return
            step = act(held)
        after = step.last
        yield step


def _given(wanted: Wanted) -> dict[str, Any]:
    ids = list(wanted.job_ids) if wanted.job_ids is not None else None
    return {"cause": wanted.cause, "source": wanted.source, "stage": wanted.stage, "jobs": ids}


def _execute(connection: Connection, statement: LiteralString, given: dict[str, Any]) -> Cursor[TupleRow]:
    """Planned for what is given: a plan for any filter would not use the index of the one that there is."""
    return connection.execute(statement, given, prepare=False)
