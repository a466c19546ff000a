"""Ends and failures: each in one transaction, each fenced against a twin that was faster."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

import msgspec

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import Busy, Transient, Unusable
from wireroom.ledger import hosts, life
from wireroom.ledger.flights import land
from wireroom.ledger.life import LEG_OF, MOVES, RetryPolicy

queries = Queries("wireroom.ledger", "ends.sql")

KEEP_ENDED = "15 minutes"
KEEP_QUARANTINED = "24 hours"
LONGEST_CAUSE = 1000
Outcome = Literal["stored", "updated", "unchanged", "rejected"]


class Fenced(NamedTuple):
    """A job whose end is mine to write: its `line` row is locked until the transaction ends."""

    job_id: int
    run: int
    leg: str
    host: str | None
    capture_day: date | None
    capture_id: int | None


@dataclass(frozen=True)
class End:
    """How a job ends; `stages` are seconds of work by stage."""

    job_id: int
    outcome: Outcome
    reason: str | None = None
    cause: str | None = None
    article_id: int | None = None
    version: int | None = None
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Failed:
    """A try that failed; any error but `Transient` is a surprise."""

    job_id: int
    error: Exception


class Failure(NamedTuple):
    """What became of a failed try: when it is tried again, or that it is quarantined."""

    job_id: int
    kind: Literal["transient", "surprise", "lost"]
    cause: str
    retry_in: float | None


def lock_runs(connection: Connection, runs: Sequence[tuple[int, int]]) -> dict[int, Fenced]:
    """Lock the (job, run) pairs that nobody has finished yet; call `end` in the same transaction."""
    jobs, numbers = [job_id for job_id, _ in runs], [run for _, run in runs]
    rows = connection.execute(queries.lock_runs, {"jobs": jobs, "runs": numbers})
    return {row[0]: Fenced(*row) for row in rows}


def end(
    connection: Connection, ends: Sequence[End], asked: Iterable[str] = (), delay: float = 0.0, keep: str = KEEP_ENDED,
    *, answered: bool = False,
) -> None:  # fmt: skip
    """Write the outcomes of jobs that `lock_runs` (or another row lock) gave to this transaction.

    The hosts `asked` just now are left in peace for `delay` seconds; they `answered`, or may not have. For `keep` (an
    interval) the same things are still sightings of these jobs.
    """
    if not ends:
        return
    rows = connection.execute(
        queries.end_jobs,
        {
            "jobs": [end.job_id for end in ends],
            "outcomes": [end.outcome for end in ends],
            "reasons": [end.reason for end in ends],
            "causes": [clean(end.cause) if end.cause else None for end in ends],
            "articles": [end.article_id for end in ends],
            "versions": [end.version for end in ends],
            "stages": [msgspec.json.encode(end.stages).decode() for end in ends],
        },
    )
    offers, flights = zip(*rows, strict=True)
    crash_at(Point.END_WRITTEN)
    land(connection, {flight for flight in flights if flight is not None})
    hosts.asked(connection, asked, delay, answered=answered)
    keep_offers(connection, [hash_ for hash_ in offers if hash_], [end.job_id for end in ends], keep)


def rejection(job_id: int, error: Unusable, stages: Mapping[str, float]) -> End:
    """The end of a job whose article is unusable."""
    return End(job_id, "rejected", error.reason, str(error), stages=stages)


def reject(
    connection: Connection, stage: str, runs: Sequence[tuple[int, int]], ends: Sequence[End], *,
    delay: float | None = 0.0,
) -> list[int]:  # fmt: skip
    """End jobs as rejected, unless a twin was first; returns those it ended.

    A page that a twin captured meanwhile is not rejected for not being fetched. `delay` is how many seconds the hosts
    of rejected fetches are left in peace now; None: they were not asked.
    """
    with connection.transaction():
        mine = {job_id: one for job_id, one in lock_runs(connection, runs).items() if one.leg == LEG_OF[stage]}
        asked = {one.host for one in mine.values() if one.host and delay is not None}
        end(connection, [end for end in ends if end.job_id in mine], asked, delay or 0.0, answered=True)
        return sorted(mine)


def fail(
    connection: Connection, flight: int, stage: str, worker: str, failed: Sequence[Failed], policy: RetryPolicy,
    *, delay: float = 0.0,
) -> list[Failure]:  # fmt: skip
    """Take failed jobs out of the flight: to wait for another try, or to quarantine. A late twin's are nothing.

    `delay` is how many seconds the hosts of a failed fetch are left in peace now, unless they were `Busy`.
    """
    with connection.transaction():
        locked = lock_flight(connection, flight, stage)
        verdicts = [_judge(locked[one.job_id], one, policy) for one in failed if one.job_id in locked]
        quarantined = _apply(connection, flight, stage, worker, verdicts)
        crash_at(Point.FAIL_WRITTEN)
        land(connection, [flight])
        hosts.asked(connection, {host for v in verdicts if (host := locked[v.job_id].host)}, delay)
        hosts.cool(connection, _busy(locked, failed), policy.seconds)
        keep_offers(connection, *quarantined, KEEP_QUARANTINED)
        return verdicts


def hand_back(
    connection: Connection, flight: int, stage: str, worker: str, blamed: Iterable[int] | None, cause: str,
    delay: float = 0.0,
) -> list[Failure]:  # fmt: skip
    """Take everybody out of a flight that will not land: ready again at once, the blamed (None: all) with a loss more.

    In a transaction of the caller's. Returns what became of the blamed; the third loss is quarantine.
    """
    locked = lock_flight(connection, flight, stage)
    guilty = locked.keys() if blamed is None else set(blamed)
    losers = [job for job in locked.values() if job.job_id in guilty]
    verdicts = [Failure(job.job_id, "lost", cause, life.after_loss(job.losses)) for job in losers]
    gone = [verdict for verdict in verdicts if verdict.retry_in is None]
    again = [verdict for verdict in verdicts if verdict.retry_in is not None]
    innocent = sorted(locked.keys() - {verdict.job_id for verdict in verdicts})
    for jobs, move in ((innocent, MOVES["handed_back"]), ([one.job_id for one in again], MOVES["lost"])):
        if jobs:
            connection.execute(queries.hand_back, {"jobs": jobs, "loss": move.losses})
    _record(connection, flight, stage, worker, [*again, *gone])
    quarantined = _quarantine(connection, stage, gone)
    crash_at(Point.HAND_BACK_WRITTEN)
    land(connection, [flight])
    hosts.asked(connection, {job.host for job in locked.values() if job.host}, delay)
    keep_offers(connection, *quarantined, KEEP_QUARANTINED)
    return [*again, *gone]


def keep_offers(connection: Connection, hashes: Sequence[bytes], jobs: Sequence[int], keep: str) -> None:
    """For `keep` (an interval) from now, the same things are still sightings of these jobs."""
    if hashes:
        connection.execute(queries.keep_offers, {"hashes": list(hashes), "jobs": list(jobs), "keep": keep})


def clean(text: str) -> str:
    """Storable, and of bounded length, whatever it was."""
    return text[:LONGEST_CAUSE].replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


class Locked(NamedTuple):
    """A job in a flight; its `line` row is locked until the transaction ends."""

    job_id: int
    run: int
    failures: int
    losses: int
    host: str | None


def lock_flight(connection: Connection, flight: int, stage: str) -> dict[int, Locked]:
    """Lock the jobs that are still in the flight."""
    rows = connection.execute(queries.lock_flight, {"flight": flight, "leg": LEG_OF[stage]})
    return {row[0]: Locked(*row) for row in rows}


def _judge(job: Locked, failed: Failed, policy: RetryPolicy) -> Failure:
    transient = isinstance(failed.error, Transient)
    cause = str(failed.error) if transient else f"{type(failed.error).__name__}: {failed.error}"
    wait = policy.wait(job.failures, failed.error, random.random())  # noqa: S311 - it only spreads load
    return Failure(job.job_id, "transient" if transient else "surprise", clean(cause), wait)


def _apply(
    connection: Connection, flight: int, stage: str, worker: str, verdicts: Sequence[Failure]
) -> tuple[list[bytes], list[int]]:
    retried = [verdict for verdict in verdicts if verdict.retry_in is not None]
    if retried:
        delays = [verdict.retry_in for verdict in retried]
        connection.execute(queries.retry, {"jobs": [verdict.job_id for verdict in retried], "delays": delays})
    _record(connection, flight, stage, worker, verdicts)
    return _quarantine(connection, stage, [verdict for verdict in verdicts if verdict.retry_in is None])


def _record(connection: Connection, flight: int, stage: str, worker: str, tries: Sequence[Failure]) -> None:
    if tries:
        given = {"flight": flight, "stage": stage, "worker": worker}
        connection.execute(queries.insert_attempts, given | _columns(tries))


def _quarantine(connection: Connection, stage: str, gone: Sequence[Failure]) -> tuple[list[bytes], list[int]]:
    """The hashes under which they are on offer, and their ids: for `keep_offers`, which comes last."""
    if not gone:
        return [], []
    rows = connection.execute(queries.quarantine, {"stage": stage} | _columns(gone))
    return [hash_ for (hash_,) in rows], [one.job_id for one in gone]


def _busy(locked: Mapping[int, Locked], failed: Sequence[Failed]) -> dict[str, Busy]:
    """The hosts of those that are still in the flight which were busy, each with the last that it said."""
    tries = [(locked[one.job_id].host, one.error) for one in failed if one.job_id in locked]
    return {host: error for host, error in tries if host and isinstance(error, Busy)}


def _columns(tries: Sequence[Failure]) -> dict[str, Any]:
    return {
        "jobs": [one.job_id for one in tries],
        "kinds": [one.kind for one in tries],
        "causes": [one.cause for one in tries],
    }
