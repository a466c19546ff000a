"""Waiting for something to happen in the ledger, without being in the way of offers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import anyio

from wireroom.gateway.promptness import in_time

LOOKING = 2
"""Most requests that wait and look at once; each look takes a connection, and there are few."""
FIRST_PAUSE, LAST_PAUSE = 0.1, 1.0
"""Seconds between two looks of a request that waits."""
REST = 4.0
"""A pause is at least so many times as long as the look before it."""
T = TypeVar("T")


class Lookout:
    """Where requests wait; belongs to one event loop."""

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(LOOKING)
        self._waiting: set[anyio.CancelScope] = set()
        self._stopping = False

    def stop(self) -> None:
        """Let nobody wait any more: those who do are answered with what they have."""
        self._stopping = True
        for scope in self._waiting:
            scope.cancel()

    async def wait(
        self, look: Callable[[], T], done: Callable[[T], bool], seconds: float, gone: Callable[[], Awaitable[bool]]
    ) -> T:
        """What `look` finds once it is `done`, or found last when `seconds` are over or whoever waited is `gone`."""
        if not seconds:
            return await in_time(look)
        until, pause = time.monotonic() + seconds, FIRST_PAUSE
        found, took = await self._look(look)
        with self._until(until):
            while not done(found) and not await gone():
                await anyio.sleep(max(pause, REST * took))
                found, took = await self._look(look)
                pause = min(pause * 1.5, LAST_PAUSE)
        return found

    async def _look(self, look: Callable[[], T]) -> tuple[T, float]:
        def timed() -> tuple[T, float]:
            began = time.monotonic()
            return look(), time.monotonic() - began

        return await anyio.to_thread.run_sync(timed, limiter=self._limiter)

    @contextmanager
    def _until(self, moment: float) -> Iterator[None]:
        with anyio.move_on_after(0 if self._stopping else moment - time.monotonic()) as scope:
            self._waiting.add(scope)
            try:
                yield
            finally:
                self._waiting.discard(scope)
