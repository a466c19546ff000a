"""Looking: where jobs are, and what happened to one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.pauses import Pause

queries = Queries("wireroom.ledger", "look.sql")

STATES = ("ready", "waiting", "paused", "in flight", "quarantined", "stored", "updated", "unchanged", "rejected")


class JobState(NamedTuple):
    """A job and where it is now: one of `STATES`."""

    job_id: int
    accepted_at: datetime
    producer: str
    source: str
    url: str | None
    lane: str
    state: str
    cause: str | None
    article_id: int | None
    version: int | None
    label: str | None
    """What a person knows it by: its URL, the name of its file (`meta.file`), or the source's own id."""
    key: str | None
    external_id: str | None


class Step(NamedTuple):
    """Something that happened to a job, or that it waits for."""

    at: datetime
    what: str
    details: str = ""


def jobs(
    connection: Connection, *, ids: Sequence[int] | None = None, source: str | None = None, state: str | None = None,
    limit: int = 50,
) -> list[JobState]:  # fmt: skip
    """The newest jobs first."""
    given = {"jobs": list(ids) if ids is not None else None, "source": source, "state": state, "limit": limit}
    return [JobState(*row) for row in connection.execute(queries.jobs, given)]


def timeline(connection: Connection, state: JobState) -> list[Step]:
    """What happened to a job, in order, up to where it is now."""
    given = {"job": state.job_id}
    row = connection.execute(queries.job_places, given).fetchone()
    assert row is not None
    steps = [Step(state.accepted_at, "accepted", f"from {state.producer}, lane {state.lane}")]
    for at, producer, source, key in connection.execute(queries.sightings, given):
        steps.append(Step(at, "seen again", f"from {producer}, source {source}" + (f", key {key}" if key else "")))
    for at, run, stage, kind, cause, retry_at, worker in connection.execute(queries.attempts, given):
        what = "redriven" if kind == "redriven" else f"{stage} failed ({kind})"
        details = cause + (f"; retry at {_clock(retry_at)}" if retry_at else "") + (f"; on {worker}" if worker else "")
        steps.append(Step(at, what, f"run {run}: {details}"))
    for held in (Pause(*found) for found in connection.execute(queries.held_by, given)):
        since = max(held.since, state.accepted_at)
        steps.append(Step(since, f"held by the pause of {held}", held.told))
    return sorted([*steps, *_places(_Places(*row), state)])


class _Places(NamedTuple):
    """A row of the query `job_places`."""

    meta: Any
    external_id: str | None
    published: str | None
    replays: int | None
    leg: str | None
    waits_for: str | None
    due_at: datetime | None
    failures: int | None
    losses: int | None
    run: int | None
    flight: int | None
    stage: str | None
    queued_at: datetime | None
    started_at: datetime | None
    worker: str | None
    quarantine_stage: str | None
    quarantine_kind: str | None
    quarantine_cause: str | None
    quarantined_at: datetime | None
    quarantine_run: int | None
    reason: str | None
    cause: str | None
    stages: dict[str, float] | None
    finished_at: datetime | None
    outcome_run: int | None
    page: str | None
    status: int | None
    fetched_at: datetime | None
    bytes: int | None
    fingerprint: str | None
    moved_to: str | None
    host: str | None
    host_at: datetime | None
    host_cause: str | None


def _places(place: _Places, state: JobState) -> list[Step]:
    steps = []
    if place.fetched_at and place.status is not None:
        steps.append(Step(place.fetched_at, "page captured", f"{place.status} {place.page}, {place.bytes:,} bytes"))
    if place.queued_at:
        steps.append(Step(place.queued_at, f"queued for {place.stage}", f"flight {place.flight}"))
    if place.started_at:
        steps.append(Step(place.started_at, f"{place.stage} began", f"flight {place.flight} on {place.worker}"))
    if place.waits_for == "host" and place.host_at:
        steps.append(Step(place.host_at, "waits for its host", _at_host(place)))
    if place.due_at:
        steps.append(Step(place.due_at, "will be tried again", f"after {place.failures} failures"))
    if place.quarantined_at:
        why = f"{place.quarantine_cause}; cause {place.fingerprint}"
        details = f"run {place.quarantine_run}, at {place.quarantine_stage}: {why}"
        steps.append(Step(place.quarantined_at, f"quarantined ({place.quarantine_kind})", details))
    if place.finished_at:
        steps.append(Step(place.finished_at, state.state, _end(place, state)))
    return steps


def _at_host(place: _Places) -> str:
    """Which, why it is left in peace, and what is to be fetched there if that is not the address of the job."""
    moved = f"the page moved to {place.moved_to}" if place.moved_to else None
    return "; ".join(part for part in (f"{place.host} may be asked from then on", place.host_cause, moved) if part)


def _end(place: _Places, state: JobState) -> str:
    if place.reason:
        return f"{place.reason}: {place.cause}"
    times = ", ".join(f"{stage} {seconds * 1000:.1f} ms" for stage, seconds in (place.stages or {}).items())
    return f"article {state.article_id}, version {state.version}" + (f" ({times})" if times else "")


def _clock(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
