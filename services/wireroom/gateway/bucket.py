"""How fast a token may be used: a bucket that fills steadily, and from which every request takes."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """Fills with `rate` a second up to `burst`; what was taken on credit must come in again first."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self._clock = clock
        self._level = float(burst)
        self._at = clock()

    def take(self) -> float:
        """Take one, and return 0; or take nothing, and return the seconds after which there is one."""
        now = self._clock()
        self._level = min(self.burst, self._level + (now - self._at) * self.rate)
        self._at = now
        if self._level < 1:
            return (1 - self._level) / self.rate
        self._level -= 1
        return 0.0

    def owe(self, number: int) -> None:
        """Take so many that are there already, whether the bucket has them or not."""
        self._level -= number
