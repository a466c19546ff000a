"""How long and how often something is tried again."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass

from wireroom.client.errors import WireroomUnavailable

_FIRST = 0.2
_LONGEST = 10.0
_log = logging.getLogger("wireroom.client")


@dataclass(frozen=True)
class Pause:
    """Wait so many seconds before going on."""

    seconds: float


class Patience:
    """What one call has of it: `seconds` from its first failure on."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._until: float | None = None
        self._failures = 0

    def pause(self, cause: str, retry_after: float | None = None) -> Pause:
        """The pause before the next try: longer each time, never the same, at least what Wireroom asked for.

        Raises `WireroomUnavailable` where there is no time left for it.
        """
        self._until = self._until or time.monotonic() + self._seconds
        self._failures += 1
        backoff = min(_LONGEST, _FIRST * 2 ** min(self._failures - 1, 10))
        seconds = (retry_after or 0.0) + backoff * random.uniform(0.5, 1.0)  # noqa: S311 - it keeps no secret
        if time.monotonic() + seconds > self._until:
            tries = f"tried {self._failures} time{'s' if self._failures > 1 else ''} in {self._seconds:g} s"
            raise WireroomUnavailable(f"{cause}; {tries}", retry_after=retry_after)
        _log.warning("%s; trying again in %.1f s", cause, seconds)
        return Pause(seconds)
