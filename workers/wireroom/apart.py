"""Work that may take too much, in a process of its own: what it dies of ends it alone."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from tempfile import TemporaryFile
from threading import Timer

from wireroom.errors import WireroomError

GRACE = 10.0
"""Seconds beyond its own limit after which a process that cannot even end itself is ended."""
MAX_ANSWER = 200_000_000
"""Most bytes of an answer."""
_READY = b"ready\n"


class Died(WireroomError):  # noqa: N818 - it is what happened
    """The process died of what it was asked; the message says how."""


class Apart:
    """The process: begun when it is needed, and again after it has died. It does one thing at a time."""

    def __init__(
        self, module: str, arguments: Sequence[str], doing: str, limit: Callable[[], float],
        env: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """`limit`: the seconds after which the kernel ends it by SIGALRM."""
        self._command = (sys.executable, "-m", module, *arguments)
        self._doing = doing
        self._limit = limit
        self._env = env
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the rest

    def ask(self, question: bytes) -> bytes:
        """Its answer, one line; raises `Died`, and `WireroomError` if it does not start."""
        if self._process is not None and self._process.poll() is not None:
            # It died while it had nothing to do: nobody's fault.
            self._bury()
        process = self._process = self._process or self._begin()
        assert process.stdin is not None and process.stdout is not None
        ending = Timer(self._limit() + GRACE, process.kill)
        ending.daemon = True
        ending.start()
        try:
            with suppress(BrokenPipeError):
                process.stdin.write(question)
                process.stdin.flush()
            line = process.stdout.readline(MAX_ANSWER)
        finally:
            ending.cancel()
        if not line.endswith(b"\n"):
            if line:
                self.end()
            raise Died(self._bury())
        return line

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End it, and give back what it held."""
        self.end()
        self._bury()
        self._errors.close()

    def _begin(self) -> subprocess.Popen[bytes]:
        self._errors.seek(0)
        self._errors.truncate()
        # In a group of its own, so that Ctrl-C is this process's to handle.
        process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, env=self._env,
            process_group=0,
        )  # fmt: skip
        assert process.stdout is not None
        if process.stdout.readline() != _READY:
            process.kill()
            self._process = process
            raise WireroomError(f"{self._doing} does not start: {self._bury()}")
        return process

    def _bury(self) -> str:
        """What it died of, in a sentence."""
        if self._process is None:
            return ""
        process, self._process = self._process, None
        with suppress(BrokenPipeError), process:
            process.wait()
        if process.returncode == -signal.SIGALRM:
            return f"{self._doing} took more than {self._limit():g} s"
        if process.returncode < 0:
            return f"{self._doing} died of {signal.Signals(-process.returncode).name}"
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").split("\n")
        return next((line for line in reversed(said) if line.strip()), f"exit code {process.returncode}")


def ready() -> None:
    """Tell who asks that this process can be asked."""
    answer(_READY)


def answer(line: bytes) -> None:
    """Give an answer: one line, with its end."""
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
