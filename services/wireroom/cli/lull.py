"""A lull: nothing moves while somebody waits, who wants to know why."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from wireroom.cli.output import say
from wireroom.ledger.obstacles import Obstacle

LULL_SECONDS = 5.0


class Lull:
    """Says what holds up those that are waited for when nothing has moved for `LULL_SECONDS`; each obstacle once."""

    def __init__(self, look: Callable[[], Sequence[Obstacle]]) -> None:
        self._look = look
        self._left: int | None = None
        self._since = 0.0
        self._told: set[tuple[str, str, bool]] = set()

    def saw(self, left: int) -> None:
        """So many are left."""
        now = time.monotonic()
        if left != self._left:
            self._left, self._since = left, now
        elif now - self._since >= LULL_SECONDS:
            self._since = now
            self._tell()

    def _tell(self) -> None:
        for one in self._look():
            which = (one.what, one.name, one.until is None)
            if which not in self._told:
                self._told.add(which)
                say(f"{one.number} wait: {one}")
