"""Work of the front desk, which blocks: done in threads, and answered in time whatever Postgres does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ParamSpec, TypeVar

import anyio

from wireroom.gateway.problems import away

ANSWER_SECONDS = 15.0
"""Longer than an answer takes while Postgres is there, or while a lock is waited for."""
P = ParamSpec("P")
T = TypeVar("T")


async def in_time(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns; raises `Problem` with 503 where that takes more than `ANSWER_SECONDS`.

    The thread goes on then: what was offered may become durable all the same, and is known when it is offered again.
    """
    try:
        with anyio.fail_after(ANSWER_SECONDS):
            return await anyio.to_thread.run_sync(partial(work, *args, **kwargs), abandon_on_cancel=True)
    except TimeoutError as error:
        raise away("the ledger does not answer in time: repeat the request", reason="database_away") from error
