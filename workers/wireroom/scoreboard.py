"""The scoreboard: what the processes of one worker have counted, in files that their parent reads.

A file belongs to a place in the pool, not to a process: who takes the place of a dead one counts on in its file. So a
death loses nothing, and files do not become more.
"""

from __future__ import annotations

import atexit
import os
import shutil
from contextlib import suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp
from threading import Lock

from billiard.process import current_process
from prometheus_client import CollectorRegistry, values
from prometheus_client.multiprocess import MultiProcessCollector

from wireroom import metrics
from wireroom.errors import WireroomError

_PREFIX = "wireroom-metrics-"


class Scoreboard:
    """To be made by the parent, before anything is counted and before it forks."""

    def __init__(self) -> None:
        _remove_left_behind()
        try:
            self._directory = mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-")
        except OSError as error:
            cause = f"the metrics of several processes need a writable temporary directory (TMPDIR): {error}"
            raise WireroomError(cause) from error
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = self._directory
        values.ValueClass = values.MultiProcessValue(_place)
        atexit.register(self._remove, os.getpid())
        self.registry = CollectorRegistry()
        MultiProcessCollector(self.registry, self._directory)
        # Whoever is born while a thread of the parent counts would wait for ever for the lock that this one held.
        self._door = Lock()
        os.register_at_fork(
            before=self._door.acquire, after_in_parent=self._door.release, after_in_child=self._door.release
        )

    def count_death(self) -> None:
        """A process of the pool died with a flight in hand."""
        with self._door:
            metrics.LOST_FLIGHTS.labels("died").inc()

    def _remove(self, parent: int) -> None:
        if os.getpid() == parent:
            shutil.rmtree(self._directory, ignore_errors=True)


def _place() -> str:
    """Of this process in the pool."""
    return str(getattr(current_process(), "index", "parent"))


def _remove_left_behind() -> None:
    """What parents that were killed could not remove."""
    for directory in Path(gettempdir()).glob(f"{_PREFIX}*-*"):
        pid = directory.name.removeprefix(_PREFIX).partition("-")[0]
        # In a container every parent may have the same number.
        if pid == str(os.getpid()) or (pid.isdecimal() and not _runs(int(pid))):
            shutil.rmtree(directory, ignore_errors=True)


def _runs(pid: int) -> bool:
    with suppress(PermissionError):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
    return True
