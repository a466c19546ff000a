"""Status: what is going on, from the ledger, at a cost that does not grow with what the ledger holds.

Up to `COUNTED` of each kind are counted exactly; more are "at least" so many.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import pauses
from wireroom.ledger.pauses import Pause
from wireroom.ledger.reconcile import Sums

queries = Queries("wireroom.ledger", "status.sql")

COUNTED = 10_000
NEWEST = 20_000
"""Newest jobs and outcomes from which rates are taken."""
TIMED = 2_000
"""Newest outcomes whose times are looked at."""
TIMED_SECONDS = 900.0
CAUSES = 5
TOTAL = "total"
"""From accepted to finished, beside the seconds of work of each stage."""
PLACES = ("ready", "time", "host", "pause")
_MINUTE, _HOUR = 60.0, 3600.0


class Waiting(NamedTuple):
    """Jobs of a leg and lane that are not in flight: ready, or waiting for their time, their host, the end of a pause.

    Those named in `at_least` are at the bound of what is counted.
    """

    leg: str
    lane: str
    ready: int = 0
    time: int = 0
    host: int = 0
    pause: int = 0
    at_least: tuple[str, ...] = ()


class InFlight(NamedTuple):
    """Flights and articles at a stage, or queued for it."""

    stage: str
    started: bool
    flights: int
    articles: int


class Oldest(NamedTuple):
    """The unfinished job that was accepted first; `seconds` is its age."""

    job_id: int
    accepted_at: datetime
    seconds: float


class Rate(NamedTuple):
    """`number` jobs were accepted or finished in the last `seconds`: fewer than asked for where there were too many."""

    what: str
    number: int
    seconds: float
    per_second: float


class Times(NamedTuple):
    """Seconds that the newest outcomes took, median and 95th percentile: in `TOTAL`, or of work at a stage."""

    what: str
    number: int
    p50: float
    p95: float


class Count(NamedTuple):
    """How many; `at_least` where there may be more."""

    number: int
    at_least: bool = False


class Failures(NamedTuple):
    """Failed tries by stage and kind."""

    stage: str
    kind: str
    number: int


class Cause(NamedTuple):
    """Why, and how often; what is in quarantine is counted by the fingerprint of its cause."""

    stage: str
    kind: str
    cause: str
    number: int
    fingerprint: str | None = None


class Refusals(NamedTuple):
    """What was pushed onto the intake list and not accepted, by reason."""

    reason: str
    number: int


class Checked(NamedTuple):
    """The last pass of reconcile: when, how many findings, the identity; and when the last clean one began."""

    started_at: datetime
    findings: int
    sums: Sums | None
    clean_at: datetime | None


class Status(NamedTuple):
    """All of it, at one time."""

    at: datetime
    pauses: list[Pause]
    waiting: list[Waiting]
    in_flight: list[InFlight]
    oldest: Oldest | None
    rates: list[Rate]
    times: list[Times]
    failures: list[Failures]
    causes: list[Cause]
    quarantine: Count
    quarantine_causes: list[Cause]
    refusals: list[Refusals]
    checked: Checked | None


def status(connection: Connection) -> Status:
    """Everything, in some tens of milliseconds."""
    with reading(connection) as at:
        most = {"most": COUNTED, "shown": CAUSES}
        return Status(
            at=at,
            pauses=pauses.pauses(connection),
            waiting=waiting(connection),
            in_flight=in_flight(connection),
            oldest=oldest(connection),
            rates=rates(connection),
            times=times(connection),
            failures=[Failures(*row) for row in connection.execute(queries.failures, most)],
            causes=[Cause(*row) for row in connection.execute(queries.causes, most)],
            quarantine=quarantine(connection),
            quarantine_causes=[Cause(*row) for row in connection.execute(queries.quarantine_causes, most)],
            refusals=[Refusals(*row) for row in connection.execute(queries.refusals, most)],
            checked=checked(connection),
        )


@contextmanager
def reading(connection: Connection) -> Iterator[datetime]:
    """A transaction in which the statements of this module read no more than they must; its time."""
    with connection.transaction():
        row = connection.execute(queries.plan).fetchone()
        assert row is not None
        yield row[2]


def waiting(connection: Connection) -> list[Waiting]:
    """A row for each leg and lane."""
    counts = {(leg, lane, place): 0 for leg in pauses.LEGS for lane in pauses.LANES for place in PLACES}
    bounded = set[tuple[str, str, str]]()
    for leg, lane, place, number, more in connection.execute(queries.waiting, {"most": COUNTED}):
        counts[leg, lane, place] += number
        bounded |= set(_counted_with(leg, lane, place)) if more else set()
    return [
        Waiting(
            leg,
            lane,
            **{place: counts[leg, lane, place] for place in PLACES},
            at_least=tuple(place for place in PLACES if (leg, lane, place) in bounded),
        )
        for leg in pauses.LEGS
        for lane in pauses.LANES
    ]


def in_flight(connection: Connection) -> list[InFlight]:
    """A row for each stage that has flights queued or started."""
    return [InFlight(*row) for row in connection.execute(queries.in_flight)]


def oldest(connection: Connection) -> Oldest | None:
    """None while the line is empty."""
    row = connection.execute(queries.oldest).fetchone()
    return Oldest(*row) if row else None


def rates(connection: Connection) -> list[Rate]:
    """Accepted and finished, over the last minute and the last hour."""
    return [
        rate
        for what, statement in (("accepted", queries.accepted), ("finished", queries.finished))
        for minute, hour, all_, seconds in connection.execute(statement, {"most": NEWEST})
        for rate in (_rate(what, minute, _MINUTE, all_, seconds), _rate(what, hour, _HOUR, all_, seconds))
    ]


def times(connection: Connection) -> list[Times]:
    """Of the newest outcomes of the last quarter of an hour."""
    given = {"most": TIMED, "since": TIMED_SECONDS}
    return [Times(*row) for row in connection.execute(queries.seconds, given)]


def quarantine(connection: Connection) -> Count:
    """How many jobs wait for a person."""
    row = connection.execute(queries.quarantine, {"most": COUNTED}).fetchone()
    assert row is not None
    return Count(row[0], row[0] == COUNTED)


def checked(connection: Connection) -> Checked | None:
    """None before the first pass; nothing is counted here."""
    row = connection.execute(queries.reconciliation).fetchone()
    if row is None:
        return None
    started_at, findings, sums, clean_at = row
    return Checked(started_at, findings, Sums(**sums) if sums else None, clean_at)


def _counted_with(leg: str, lane: str, place: str) -> Iterator[tuple[str, str, str]]:
    """What shares a bound with this: some of it may not have been met."""
    lanes = (lane,) if place == "ready" else pauses.LANES
    places = ("host", "pause") if leg == "fetch" and place in ("host", "pause") else (place,)
    return ((leg, lane, place) for lane in lanes for place in places)


def _rate(what: str, number: int, seconds: float, newest: int, reach: float) -> Rate:
    """All of the newest are within the time, and there may be more: then over the time that they took."""
    if number == newest == NEWEST:
        seconds = max(reach, 0.001)
    return Rate(what, number, seconds, number / seconds)
