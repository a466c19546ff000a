"""Everything a producer can ask of Wireroom, as talks: both clients hold them."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import Literal, TypeVar
from urllib.parse import quote

import msgspec

from wireroom.client import batches
from wireroom.client.answers import (
    Accepted,
    Answer,
    Article,
    Cancelled,
    JobState,
    Outcomes,
    Progress,
    SubmissionCancelled,
)
from wireroom.client.batches import ARTICLES
from wireroom.client.jobs import Fields, Job, Line, make_line
from wireroom.client.patience import Patience
from wireroom.client.talk import Reply, Request, Talk, hear, problem, read, refusal

T = TypeVar("T")
After = int | Literal["end"]

LONGEST_WAIT = 60.0
"""Most seconds for which the gateway waits before it answers."""


class _Taken(msgspec.Struct, frozen=True):
    job_id: int
    duplicate: bool


class Wire:
    """The talks with one Wireroom, in the name of one producer, each of them with the same patience."""

    def __init__(self, producer: str | None, patience: float) -> None:
        self._producer = producer
        self._patience = patience

    def line(self, job: Job | None, fields: Fields | None = None) -> Line:
        """The article as it is sent, in the name of the producer; raises `TypeError` as `make_line`."""
        if job is not None and fields:
            raise TypeError(f"give either a job or its fields, not both: {', '.join(fields)}")
        return make_line(fields or {} if job is None else job, self._producer)

    def submit(self, line: Line, submission: str | None) -> Talk[Accepted]:
        """Offer one article; raises `ArticleRefused`."""
        request = Request("POST", ARTICLES, _named(submission), line.data, "application/json")
        reply = yield from self._hear(request)
        if reply.status != HTTPStatus.ACCEPTED:
            raise refusal(reply)
        taken = read(reply, _Taken)
        return Accepted(job_id=taken.job_id, duplicate=taken.duplicate, key=line.key)

    def submit_batch(self, batch: list[Line], submission: str | None) -> Talk[list[Answer]]:
        """Offer many in one request; an answer for each."""
        return batches.offer(batch, _named(submission), Patience(self._patience))

    def job(self, job_id: int) -> Talk[JobState]:
        """Where a job is; raises `NotFound`."""
        return self._get(f"/v1/jobs/{job_id}", JobState)

    def article(self, article_id: int, version: int | None) -> Talk[Article]:
        """A record; raises `NotFound`."""
        return self._get(f"{ARTICLES}/{article_id}", Article, {} if version is None else {"version": str(version)})

    def submission(self, name: str, wait: float) -> Talk[Progress]:
        """How far a submission is, when it is done or `wait` seconds are over; raises `NotFound`."""
        until = time.monotonic() + wait
        while True:
            seconds = _still(until)
            progress = yield from self._get(_submission(name), Progress, {"wait": f"{seconds:.3f}"}, seconds)
            if progress.done or time.monotonic() >= until:
                return progress

    def cancel(self, job_id: int) -> Talk[Cancelled]:
        """End a job; raises `HasEnded`, `NotFound`."""
        return self._post(f"/v1/jobs/{job_id}/cancel", Cancelled)

    def cancel_submission(self, name: str) -> Talk[SubmissionCancelled]:
        """End the jobs of a submission; raises `NotFound`."""
        return self._post(f"{_submission(name)}/cancel", SubmissionCancelled)

    def outcomes(self, params: dict[str, str], seconds: float) -> Talk[Outcomes]:
        """One page of outcomes."""
        return self._get("/v1/outcomes", Outcomes, params | {"wait": f"{seconds:.3f}"}, seconds)

    def _get(self, path: str, kind: type[T], params: dict[str, str] | None = None, seconds: float = 0.0) -> Talk[T]:
        return self._ask(Request("GET", path, params or {}, seconds=seconds), kind)

    def _post(self, path: str, kind: type[T]) -> Talk[T]:
        return self._ask(Request("POST", path), kind)

    def _ask(self, request: Request, kind: type[T]) -> Talk[T]:
        reply = yield from self._hear(request)
        if reply.status != HTTPStatus.OK:
            raise problem(reply)
        return read(reply, kind)

    def _hear(self, request: Request) -> Talk[Reply]:
        return hear(request, Patience(self._patience))


class Reader:
    """Reads outcomes from a cursor on, page by page."""

    def __init__(self, wire: Wire, after: After, producer: str | None, limit: int, wait: float) -> None:
        self._wire = wire
        self._after = after
        self._params = {"limit": str(limit)} | ({} if producer is None else {"producer": producer})
        self._wait = wait

    def next(self) -> Talk[Outcomes | None]:
        """The next page; None if there has been none for as long as one waits."""
        until = time.monotonic() + self._wait
        while True:
            page = yield from self._wire.outcomes(self._params | {"after": str(self._after)}, _still(until))
            if page.cursor != self._after:
                self._after = page.cursor
                return page
            if time.monotonic() >= until:
                return None


def _still(until: float) -> float:
    """For how many seconds the gateway may wait now."""
    return min(LONGEST_WAIT, max(0.0, until - time.monotonic()))


def _named(submission: str | None) -> dict[str, str]:
    return {} if submission is None else {"submission": submission}


def _submission(name: str) -> str:
    return f"/v1/submissions/{quote(name, safe='')}"
