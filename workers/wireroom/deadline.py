"""The deadline of a worker that was told to stop: a flight that is not done by then is handed back."""

from __future__ import annotations

import mmap
import struct
import time

STOP_SECONDS = 6.0
"""From SIGTERM to the deadline. After it parse and enrich finish one article, and the pool ends in 4 s."""
_MOMENT = struct.Struct("d")


class Deadline:
    """Shared by the processes of one worker; to be made before they fork."""

    def __init__(self) -> None:
        self._moment = mmap.mmap(-1, _MOMENT.size)

    def set(self) -> None:
        """From now on begin nothing that can wait; may be called by a signal handler."""
        if not self.is_set():
            _MOMENT.pack_into(self._moment, 0, time.monotonic() + STOP_SECONDS)

    def is_set(self) -> bool:
        """Whether the worker was told to stop."""
        return self._read() > 0

    def has_passed(self) -> bool:
        """Whether what is still in hand should be handed back."""
        return 0 < self._read() <= time.monotonic()

    def _read(self) -> float:
        moment: float = _MOMENT.unpack_from(self._moment)[0]
        return moment
