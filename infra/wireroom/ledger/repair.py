"""Redrive, replay, cancel: what a person does to jobs. Each is safe against flights that are still in the air."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from wireroom import urls
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import WireroomError
from wireroom.ledger.ends import End, clean, end, keep_offers
from wireroom.ledger.launch import HOST_SECONDS

queries = Queries("wireroom.ledger", "repair.sql")

KEEP_JUDGED = "0 seconds"
"""What was ended by somebody's word may be offered anew at once: it must not be a sighting of what is over."""
CANCELLED = "cancelled"
"""The reason of a job that nobody wanted any more."""
_LOOKS = 2
"""A redrive may move a job from where it was not yet looked for to where it was."""


class Judged(NamedTuple):
    """What a verdict met: the job ended by it, was `finished` before with that outcome, or is not known."""

    state: Literal["ended", "finished", "unknown"]
    outcome: str | None = None
    reason: str | None = None


def redrive(connection: Connection, job_ids: Sequence[int], who: str, *, refetch: bool = False) -> list[int]:
    """Send quarantined jobs back to the line with a new run; returns those that were in quarantine.

    `refetch` asks the publisher again instead of using the captured page; raises `WireroomError` for a job without URL.
    """
    with connection.transaction():
        rows = connection.execute(queries.lock_quarantine, {"jobs": list(job_ids)}).fetchall()
        given = {"jobs": [job_id for job_id, _ in rows], "cause": clean(f"redriven by {who}")}
        given["hosts"] = [_host(job_id, url) if refetch else None for job_id, url in rows]
        connection.execute(queries.lock_offers, given)
        redriven = sorted(job_id for (job_id,) in connection.execute(queries.redrive, given))
        crash_at(Point.REDRIVE_WRITTEN)
    crash_at(Point.REDRIVE_COMMITTED)
    return redriven


def _host(job_id: int, url: str | None) -> str:
    if url is None:
        raise WireroomError(f"job {job_id} came inline, without a URL to fetch it from: redrive it without --refetch")
    return urls.host(url)


def replay(connection: Connection, job_ids: Sequence[int], producer: str) -> dict[int, int]:
    """Accept new jobs on the captures of ended ones; returns old job -> new job, without those that have no capture."""
    with connection.transaction():
        rows = connection.execute(queries.replay, {"jobs": list(job_ids), "producer": producer})
        return {old: new for new, old in rows}


def judge(connection: Connection, job_ids: Sequence[int], reason: str, cause: str) -> dict[int, Judged]:
    """End jobs as rejected by a person's word, wherever they are; a flight that carries one will find it gone."""
    judged: dict[int, Judged] = {}
    for _ in range(_LOOKS):
        given = {"reason": reason, "cause": clean(cause)}
        for look in (_judge_quarantined, _judge_on_the_line, _judge_ended):
            if left := [job_id for job_id in job_ids if job_id not in judged]:
                judged |= look(connection, given | {"jobs": left})
    return {job_id: judged.get(job_id, Judged("unknown")) for job_id in job_ids}


def _judge_quarantined(connection: Connection, given: dict[str, Any]) -> dict[int, Judged]:
    with connection.transaction():
        connection.execute(queries.lock_quarantine, given)
        rows = connection.execute(queries.judge_quarantined, given).fetchall()
        keep_offers(connection, [hash_ for _, hash_ in rows if hash_], [job_id for job_id, _ in rows], KEEP_JUDGED)
        return {job_id: Judged("ended") for job_id, _ in rows}


def _judge_on_the_line(connection: Connection, given: dict[str, Any]) -> dict[int, Judged]:
    with connection.transaction():
        rows = connection.execute(queries.lock_jobs, given).fetchall()
        # Their hosts may be being asked at this moment.
        asked = {host for _, host, flying in rows if host and flying}
        ends = [End(job_id, "rejected", given["reason"], given["cause"]) for job_id, *_ in rows]
        end(connection, ends, asked, HOST_SECONDS, keep=KEEP_JUDGED)
        return {one.job_id: Judged("ended") for one in ends}


def _judge_ended(connection: Connection, given: dict[str, Any]) -> dict[int, Judged]:
    rows = connection.execute(queries.outcomes, given)
    return {job_id: Judged("finished", outcome, reason) for job_id, outcome, reason in rows}


def cancel(connection: Connection, job_ids: Sequence[int], who: str) -> dict[int, Judged]:
    """End jobs because nobody wants them any more."""
    return judge(connection, job_ids, CANCELLED, f"cancelled by {who}")
