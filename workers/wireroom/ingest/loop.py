"""The one event loop of an ingest worker, to which its threads hand their flights."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock, Thread
from typing import Any, TypeVar

T = TypeVar("T")


class Loop:
    """An asyncio event loop in a daemon thread; any number of other threads run coroutines on it, side by side."""

    def __init__(self, threads: int = 4) -> None:
        """`threads` are those to which its coroutines hand what blocks."""
        self._threads = threads
        self._thread = Thread(target=self._serve, name="ingest-loop", daemon=True)
        self._opened: Future[asyncio.AbstractEventLoop] = Future()
        self._door = Lock()
        self._closing: asyncio.Event | None = None

    def start(self) -> None:
        """Start the thread, once; returns when coroutines are taken."""
        with self._door:
            self._thread.start()
            self._opened.result()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for the coroutine's result, or raise what it raises.

        Raises `concurrent.futures.CancelledError` where `close` cancels it, `RuntimeError` where the loop is not open.
        """
        return self._hand_over(coroutine).result()

    def close(self) -> None:
        """Cancel what still runs, and wait for its end and the thread's. Closing again does nothing."""
        with self._door:
            closing, self._closing = self._closing, None
            if closing is not None:
                self._opened.result().call_soon_threadsafe(closing.set)
        if self._thread.is_alive():
            self._thread.join()

    def _hand_over(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        # Behind the door, so that nothing is handed over after the loop was told to end: nobody would ever finish it.
        with self._door:
            if self._closing is not None:
                return asyncio.run_coroutine_threadsafe(coroutine, self._opened.result())
        coroutine.close()
        raise RuntimeError("the event loop is not open")

    def _serve(self) -> None:
        asyncio.run(self._until_closed())

    async def _until_closed(self) -> None:
        # What waits for Postgres; names are looked up by other threads.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(self._threads, "ingest-desk"))
        closing = self._closing = asyncio.Event()
        self._opened.set_result(asyncio.get_running_loop())
        await closing.wait()
