"""Which article a worker's process died of: written by the child before each one, read by its parent afterwards."""

from __future__ import annotations

import mmap
import resource
import signal
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from billiard.process import current_process

_SLOT = struct.Struct("<qq")
_SLOTS = 64


def bound(memory: int) -> None:
    """Bound this process: its memory, and what a timer does to it."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """The kernel ends a bounded process where the block takes longer, also in native code that never gives the
    interpreter back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


class Blame:
    """Memory that the processes of one worker share; to be made before they fork."""

    def __init__(self, seconds: float, memory: int) -> None:
        self._notes = mmap.mmap(-1, _SLOT.size * _SLOTS)
        self._seconds = seconds
        self._memory = memory

    def arm(self) -> None:
        """Bound this process."""
        bound(self._memory)

    @contextmanager
    def article(self, flight: int, job: int) -> Iterator[None]:
        """While the block runs, its death is the article's; it may last so long and no longer."""
        self._write(flight, job)
        try:
            with at_most(self._seconds):
                yield
        finally:
            self._write(0, 0)

    def of(self, flight: int) -> int | None:
        """The article that a process died of in this flight."""
        notes = (_SLOT.unpack_from(self._notes, slot * _SLOT.size) for slot in range(_SLOTS))
        return next((job for noted, job in notes if noted == flight and job), None)

    def _write(self, flight: int, job: int) -> None:
        _SLOT.pack_into(self._notes, (current_process().index or 0) % _SLOTS * _SLOT.size, flight, job)
