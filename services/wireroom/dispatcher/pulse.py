"""The pulse of a dispatcher: whether its rounds follow each other."""

from __future__ import annotations

import time
from collections.abc import Callable

STUCK_SECONDS = 60.0


class Pulse:
    """Beats once a round. `lack` says what the dispatcher misses, if anything, on `Readiness.lack`'s terms."""

    def __init__(self, lack: Callable[[], str | None], clock: Callable[[], float] = time.monotonic) -> None:
        self._lack = lack
        self._clock = clock
        self._last = clock()

    def beat_at(self, stopping: Callable[[], bool]) -> Callable[[], bool]:
        """The same as `stopping`, which is asked once a round."""

        def asked() -> bool:
            self._last = self._clock()
            return stopping()

        return asked

    def stuck(self) -> str | None:
        """Why the dispatcher should be started again; None while it made a round in the last minute.

        None also while it lacks Postgres or Redis: another one would stand as still.
        """
        silent = self._clock() - self._last
        if silent <= STUCK_SECONDS or self._lack():
            return None
        return f"this dispatcher has made no round for {silent:.0f} s"
