"""Processes that are told to begin and say when they are done, so that only the work between is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from wireroom.errors import WireroomError

READY = "ready"


class Hand:
    """A process of `module` from `with` to its end; articles are given to it by their numbers."""

    def __init__(self, module: str, argv: list[str], env: Mapping[str, str], log: Path) -> None:
        self._argv = [sys.executable, "-m", module, *argv]
        self._env = {**os.environ, **env}
        self._log = log

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv, env=self._env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )
        self.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    @property
    def pid(self) -> int:
        return self._process.pid

    def begin(self, start: int, stop: int) -> None:
        """Let it work on the articles of these numbers; returns at once."""
        assert self._process.stdin is not None
        print(start, stop, file=self._process.stdin, flush=True)

    def wait(self) -> None:
        """Until it has done what it was given; raises `WireroomError` with its last words if it has ended."""
        assert self._process.stdout is not None
        if self._process.stdout.readline().strip() != READY:
            raise WireroomError(f"{self._argv[2]} ended: {self._log.read_text()[-2000:]}")


def serve(work: Callable[[int, int], None]) -> None:
    """Be a `Hand`, until nobody wants it any more."""
    print(READY, flush=True)
    for line in sys.stdin:
        start, stop = line.split()
        work(int(start), int(stop))
        print(READY, flush=True)
