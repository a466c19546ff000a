"""The event loop that threads share."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor

import pytest

from wireroom.errors import Transient
from wireroom.ingest.loop import Loop


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    loop.start()
    yield loop
    loop.close()


async def thread_name() -> str:
    return threading.current_thread().name


async def failing() -> None:
    raise Transient("the server is busy", retry_after=7)


def test_the_result_comes_back_from_the_loops_own_thread(loop: Loop) -> None:
    assert loop.run(thread_name()) == "ingest-loop"


def test_what_a_coroutine_raises_is_raised_where_it_was_handed_over(loop: Loop) -> None:
    with pytest.raises(Transient, match="busy") as raised:
        loop.run(failing())
    assert raised.value.retry_after == 7


def test_a_failure_does_not_end_the_loop(loop: Loop) -> None:
    with pytest.raises(Transient):
        loop.run(failing())
    assert loop.run(thread_name()) == "ingest-loop"


def test_coroutines_of_many_threads_run_side_by_side(loop: Loop) -> None:
    everyone = asyncio.Barrier(16)
    with ThreadPoolExecutor(16) as threads:
        places = list(threads.map(loop.run, [everyone.wait() for _ in range(16)]))
    assert sorted(places) == list(range(16))


def test_closing_cancels_what_runs_and_waits_for_its_end(loop: Loop) -> None:
    begun, ended = threading.Event(), threading.Event()

    async def endless() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.set()

    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(loop.run, endless())
        begun.wait()
        loop.close()
        assert ended.is_set()
        with pytest.raises(CancelledError):
            waiting.result()


def test_nobody_waits_for_ever_on_a_loop_that_closes() -> None:
    for _ in range(20):
        loop = Loop()
        loop.start()
        with ThreadPoolExecutor(4) as threads:
            waiting = [threads.submit(loop.run, asyncio.Event().wait()) for _ in range(4)]
            loop.close()
            assert all(isinstance(each.exception(10), CancelledError | RuntimeError) for each in waiting)


def test_a_closed_loop_takes_nothing_and_may_be_closed_again(loop: Loop) -> None:
    loop.close()
    with pytest.raises(RuntimeError, match="not open"):
        loop.run(thread_name())
    loop.close()


def test_a_loop_that_was_not_started_takes_nothing_and_closes() -> None:
    loop = Loop()
    with pytest.raises(RuntimeError, match="not open"):
        loop.run(thread_name())
    loop.close()
