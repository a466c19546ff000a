"""The client for programs that wait for each answer."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from types import TracebackType
from typing import Self, TypeVar, Unpack

import httpx

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
from wireroom.client.batches import Batches
from wireroom.client.http import BROKEN, DEFAULT_URL, broken, options, reply, request
from wireroom.client.jobs import Fields, Job
from wireroom.client.patience import Pause
from wireroom.client.talk import Heard, Step, Talk
from wireroom.client.wire import After, Reader, Wire

T = TypeVar("T")


class Client:
    """Talks to the Wireroom at `url` in the name of `producer`. Threads may share it.

    A call whose answer does not come is repeated, after pauses that grow, for up to `patience` seconds; then it raises
    `WireroomUnavailable`. An answer may take `timeout` seconds. `headers` go with every request, and so does `token`:
    without one, that of the environment variable `WIREROOM_TOKEN`, if there is one.

    Proxies and passwords are not taken from the environment: a proxy that is meant for the web would get what is meant
    for 127.0.0.1. Where there has to be one, give `transport=httpx.HTTPTransport(proxy=...)`.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, producer: str | None = None, token: str | None = None,
        patience: float = 60.0, timeout: float = 30.0, headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._wire = Wire(producer, patience)
        self._timeout = timeout
        self._http = httpx.Client(**options(url, token, headers), transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def submit(self, job: Job | None = None, /, *, submission: str | None = None, **fields: Unpack[Fields]) -> Accepted:
        """Offer one article, as a job or by its fields; after the return it is durable. Raises `ArticleRefused`."""
        return self._do(self._wire.submit(self._wire.line(job, fields), submission))

    def submit_many(self, jobs: Iterable[Job], *, submission: str | None = None) -> list[Answer]:
        """Offer many articles; an answer for each, in their order. What is refused does not hold up the others."""
        return list(self.submit_stream(jobs, submission=submission))

    def submit_stream(self, jobs: Iterable[Job], *, submission: str | None = None) -> Iterator[Answer]:
        """As `submit_many`, batch by batch as you iterate: for more than fits into memory, or never ends."""
        batches = Batches()
        for job in jobs:
            for batch in batches.add(self._wire.line(job)):
                yield from self._do(self._wire.submit_batch(batch, submission))
        for batch in batches.rest():
            yield from self._do(self._wire.submit_batch(batch, submission))

    def submission(self, name: str, *, wait: float = 0.0) -> Progress:
        """How far a submission is, as soon as it is done, or after `wait` seconds. Raises `NotFound`."""
        return self._do(self._wire.submission(name, wait))

    def outcomes(
        self, *, after: After = 0, producer: str | None = None, limit: int = 1000, wait: float = 0.0
    ) -> Iterator[Outcomes]:
        """What has ended since the cursor `after`, in pages, in order, without gaps; `"end"` begins now.

        It is over when nothing more has ended for `wait` seconds; `math.inf` never ends. Keep the `cursor` of a page
        when you are done with it: there you go on another time.
        """
        reader = Reader(self._wire, after, producer, limit, wait)
        while page := self._do(reader.next()):
            yield page

    def job(self, job_id: int) -> JobState:
        """Where a job is, and what happened to it. Raises `NotFound`."""
        return self._do(self._wire.job(job_id))

    def article(self, article_id: int, *, version: int | None = None) -> Article:
        """The record: its current version, or another. Raises `NotFound`."""
        return self._do(self._wire.article(article_id, version))

    def cancel(self, job_id: int) -> Cancelled:
        """End a job that nobody wants any more. Raises `HasEnded`, `NotFound`."""
        return self._do(self._wire.cancel(job_id))

    def cancel_submission(self, name: str) -> SubmissionCancelled:
        """End the jobs of a submission that have not ended, unless others offered them too. Raises `NotFound`."""
        return self._do(self._wire.cancel_submission(name))

    def _do(self, talk: Talk[T]) -> T:
        heard: Heard = None
        while True:
            try:
                step = talk.send(heard)
            except StopIteration as ended:
                result: T = ended.value
                return result
            heard = self._take(step)

    def _take(self, step: Step) -> Heard:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return reply(self._http.request(**request(step, self._timeout)))
        except BROKEN as error:
            return broken(self._http.base_url, error)
