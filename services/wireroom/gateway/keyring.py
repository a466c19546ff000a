"""The tokens as one gateway process knows them: those of the ledger, some moments old at most."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from wireroom.gateway.promptness import in_time
from wireroom.tokens import Ring

FRESH_SECONDS = 1.0
"""Older than that, it is read again while requests go on."""
GOOD_SECONDS = 5.0
"""Older than that, it is not believed: a token that was revoked lets nobody in for longer."""


class Keyring:
    """Belongs to one event loop. `look` blocks, and raises `Problem` with 503 where the ledger does not answer."""

    def __init__(self, look: Callable[[], Ring], clock: Callable[[], float] = time.monotonic) -> None:
        self._look = look
        self._clock = clock
        self._ring = Ring({}, were_made=True)
        self._at: float | None = None
        self._reading: asyncio.Task[None] | None = None

    async def ring(self, knows: Callable[[Ring], bool] = lambda _: True) -> Ring:
        """The tokens; where it does not know what is wanted, as they were after this call. Raises `Problem`."""
        asked = self._clock()
        if self._at is None or asked - self._at > GOOD_SECONDS:
            await self._read()
        elif asked - self._at > FRESH_SECONDS:
            self._begin()
        while not knows(self._ring) and (self._at is None or self._at < asked):
            await self._read()
        return self._ring

    async def _read(self) -> None:
        """One reading serves all who wait: whoever tries many tokens is no load."""
        await asyncio.shield(self._begin())

    def _begin(self) -> asyncio.Task[None]:
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._renew())
            # Where nobody waits for it, nobody hears that it failed; the next one who needs it does.
            self._reading.add_done_callback(lambda task: task.cancelled() or task.exception())
        return self._reading

    async def _renew(self) -> None:
        began = self._clock()
        self._ring = await in_time(self._look)
        self._at = began
