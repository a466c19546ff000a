"""Redrive, replay, cancel: what a person does to jobs. Each is safe against flights that are still in the air."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from wireroom import urls
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import WireroomError
from wireroom.ledger.ends import KEEP_ENDED, End, clean, end, keep_offers
from wireroom.ledger.launch import HOST_SECONDS

queries = Queries("wireroom.ledger", "repair.sql")

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
        return sorted(job_id for (job_id,) in connection.execute(queries.redrive, given))


def _host(job_id: int, url: str | None) -> str:
    if url is None:
        raise WireroomError(f"job {job_id} came inline, without a URL to fetch it from: redrive it without --refetch")
    return urls.host(url)


def replay(connection: Connection, job_ids: Sequence[int], producer: str) -> dict[int, int]:
    """Accept new jobs on the captures of ended ones; returns old job -> new job, without those that have no capture."""
    with connection.transaction():
        rows = connection.execute(queries.replay, {"jobs": list(job_ids), "producer": producer})
        return {old: new for new, old in rows}


def judge(connection: Connection, job_id: int, reason: str, cause: str) -> Judged:
    """End a job as rejected by a person's word, wherever it is; a flight that carries it will find it gone."""
    for _ in range(_LOOKS):
        judged = _judge(connection, job_id, reason, cause)
        if judged.state != "unknown":
            return judged
    return Judged("unknown")


def _judge(connection: Connection, job_id: int, reason: str, cause: str) -> Judged:
    with connection.transaction():
        if row := connection.execute(queries.lock_job, {"job": job_id}).fetchone():
            host, flying = row
            # Its host may be being asked at this moment.
            end(connection, [End(job_id, "rejected", reason, cause)], [host] if host and flying else [], HOST_SECONDS)
            return Judged("ended")
        given = {"job": job_id, "reason": reason, "cause": clean(cause)}
        if row := connection.execute(queries.judge_quarantined, given).fetchone():
            keep_offers(connection, [row[0]] if row[0] else [], [job_id], KEEP_ENDED)
            return Judged("ended")
        found = connection.execute(queries.outcome, {"job": job_id}).fetchone()
        return Judged("finished", *found) if found else Judged("unknown")


def cancel(connection: Connection, job_id: int, who: str) -> Judged:
    """End a job because nobody wants it any more."""
    return judge(connection, job_id, "cancelled", f"cancelled by {who}")
