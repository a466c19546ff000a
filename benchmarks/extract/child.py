"""A process that answers whatever it is given with a line, and may die of it."""

from __future__ import annotations

import select
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self


class Child:
    """The process: begun when it is asked first, and again when it is asked after its end."""

    def __init__(self, argv: Callable[[], Sequence[str]], log: Path | None = None) -> None:
        """`argv` is asked at each beginning; what it says beside its answers goes to `log`, else where ours goes."""
        self._argv, self._log = argv, log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end(0.0)

    def ask(self, given: bytes, patience: float) -> bytes | None:
        """The line that it answers: empty where it ended instead, None where nothing came in so many seconds."""
        process = self._process = self._process or self._begin()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(given)
            process.stdin.flush()
            return process.stdout.readline() if select.select([process.stdout], [], [], patience)[0] else None
        except BrokenPipeError:
            return b""

    def end(self, patience: float = 1.0) -> int | None:
        """End it; the code with which it ended by itself within so many seconds, if it did."""
        if (process := self._process) is None:
            return None
        self._process, code = None, None
        with suppress(subprocess.TimeoutExpired):
            # Its output is closed before it is gone.
            code = process.wait(patience)
        process.kill()
        process.communicate()
        return code

    def _begin(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        # In a group of its own, so that Ctrl-C is this process's to handle.
        if self._log is None:
            return subprocess.Popen(self._argv(), stdin=pipe, stdout=pipe, process_group=0)
        with self._log.open("ab") as log:
            return subprocess.Popen(self._argv(), stdin=pipe, stdout=pipe, stderr=log, process_group=0)
