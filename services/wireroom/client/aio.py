"""The client for programs on asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping
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
Jobs = Iterable[Job] | AsyncIterable[Job]


class AsyncClient:
    """As `Client`, for asyncio: the same methods with the same promises. Tasks may share it.

    Where there has to be a proxy, give `transport=httpx.AsyncHTTPTransport(proxy=...)`.
    """

    def __init__(
        self, url: str = DEFAULT_URL, *, producer: str | None = None, token: str | None = None,
        patience: float = 60.0, timeout: float = 30.0, headers: Mapping[str, str] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        self._wire = Wire(producer, patience)
        self._timeout = timeout
        self._http = httpx.AsyncClient(**options(url, token, headers), transport=transport)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def submit(
        self, job: Job | None = None, /, *, submission: str | None = None, **fields: Unpack[Fields]
    ) -> Accepted:
        """Offer one article, as a job or by its fields; after the return it is durable. Raises `ArticleRefused`."""
        return await self._do(self._wire.submit(self._wire.line(job, fields), submission))

    async def submit_many(self, jobs: Jobs, *, submission: str | None = None) -> list[Answer]:
        """Offer many articles; an answer for each, in their order. What is refused does not hold up the others."""
        return [answer async for answer in self.submit_stream(jobs, submission=submission)]

    async def submit_stream(self, jobs: Jobs, *, submission: str | None = None) -> AsyncIterator[Answer]:
        """As `submit_many`, batch by batch as you iterate: for more than fits into memory, or never ends."""
        batches = Batches()
        async for job in _each(jobs):
            for batch in batches.add(self._wire.line(job)):
                for answer in await self._do(self._wire.submit_batch(batch, submission)):
                    yield answer
        for batch in batches.rest():
            for answer in await self._do(self._wire.submit_batch(batch, submission)):
                yield answer

    async def submission(self, name: str, *, wait: float = 0.0) -> Progress:
        """How far a submission is, as soon as it is done, or after `wait` seconds. Raises `NotFound`."""
        return await self._do(self._wire.submission(name, wait))

    async def outcomes(
        self, *, after: After = 0, producer: str | None = None, limit: int = 1000, wait: float = 0.0
    ) -> AsyncIterator[Outcomes]:
        """What has ended since the cursor `after`, in pages, in order, without gaps; `"end"` begins now.

        It is over when nothing more has ended for `wait` seconds; `math.inf` never ends. Keep the `cursor` of a page
        when you are done with it: there you go on another time.
        """
        reader = Reader(self._wire, after, producer, limit, wait)
        while page := await self._do(reader.next()):
            yield page

    async def job(self, job_id: int) -> JobState:
        """Where a job is, and what happened to it. Raises `NotFound`."""
        return await self._do(self._wire.job(job_id))

    async def article(self, article_id: int, *, version: int | None = None) -> Article:
        """The record: its current version, or another. Raises `NotFound`."""
        return await self._do(self._wire.article(article_id, version))

    async def cancel(self, job_id: int) -> Cancelled:
        """End a job that nobody wants any more. Raises `HasEnded`, `NotFound`."""
        return await self._do(self._wire.cancel(job_id))

    async def cancel_submission(self, name: str) -> SubmissionCancelled:
        """End the jobs of a submission that have not ended, unless others offered them too. Raises `NotFound`."""
        return await self._do(self._wire.cancel_submission(name))

    async def _do(self, talk: Talk[T]) -> T:
        heard: Heard = None
        while True:
            try:
                step = talk.send(heard)
            except StopIteration as ended:
                result: T = ended.value
                return result
            heard = await self._take(step)

    async def _take(self, step: Step) -> Heard:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return reply(await self._http.request(**request(step, self._timeout)))
        except BROKEN as error:
            return broken(self._http.base_url, error)


async def _each(jobs: Jobs) -> AsyncIterator[Job]:
    if isinstance(jobs, AsyncIterable):
        async for job in jobs:
            yield job
    else:
        for job in jobs:
            yield job
