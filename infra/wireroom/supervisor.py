"""Keeps the processes of one machine running, as for `make up`: what dies is started again, until it is stopped."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from wireroom import logs
from wireroom.errors import WireroomError

FIRST_DELAY = 0.5
"""Seconds before a process that died is started again; doubled with each death, up to `LAST_DELAY`."""
LAST_DELAY = 10.0
STEADY_SECONDS = 30.0
"""A process that was up for so long begins anew with `FIRST_DELAY`."""

ROUND_SECONDS = 0.1
GRACE_SECONDS = 15.0
"""So long a process that is told to end may take; then it is killed."""

_PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_PRCTL = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@dataclass(frozen=True)
class Process:
    """A program to keep running; `env` is added to the supervisor's own environment."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass
class _Post:
    """The place of one process: who fills it now, or when it will be filled again."""

    process: Process
    running: subprocess.Popen[bytes] | None = None
    since: float = 0.0
    delay: float | None = None
    due: float = 0.0


class Supervisor:
    """Runs each process in a session of its own. To be used from one thread that lives as long as the processes."""

    def __init__(
        self,
        processes: Iterable[Process],
        log_directory: Path | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """What the processes write is appended to `log_directory/NAME.log`, or goes where the supervisor's goes."""
        self._posts = {process.name: _Post(process) for process in processes}
        self._log_directory = log_directory
        self._clock = clock
        self._stopped = True

    def start(self) -> None:
        """Start every process that is not running; if one cannot be, stops all and raises `WireroomError`."""
        self._stopped = False
        try:
            for post in self._posts.values():
                if post.running is None:
                    self._fill(post)
        except OSError as error:
            self.stop()
            raise WireroomError(f"{post.process.name} cannot be started: {error}") from error

    def watch(self) -> None:
        """One round: note who died, and start again those whose time has come; after `stop` it does nothing."""
        if self._stopped:
            return
        for post in self._posts.values():
            if post.running is not None and post.running.poll() is not None:
                self._bury(post, post.running)
            if post.running is None and self._clock() >= post.due:
                self._refill(post)

    def run(self, until: Callable[[], bool], grace: float = GRACE_SECONDS) -> None:
        """Start everything, watch until `until()` is true or Ctrl-C is pressed, and `stop` everything."""
        self.start()
        try:
            while not until():
                self.watch()
                time.sleep(ROUND_SECONDS)
        finally:
            self.stop(grace)

    def stop(self, seconds: float = GRACE_SECONDS) -> None:
        """Ask every process to end (SIGTERM); after `seconds`, kill those that have not, and all they left behind."""
        self._stopped = True
        running = [post.running for post in self._posts.values() if post.running is not None]
        try:
            for child in running:
                child.send_signal(signal.SIGTERM)
            _wait(running, time.monotonic() + seconds)
        finally:
            for child in running:
                _kill_group(child)
            for post in self._posts.values():
                post.running, post.delay, post.due = None, None, 0.0

    def pids(self) -> dict[str, int]:
        """The process id of everyone who is running now, by name."""
        running = {name: post.running for name, post in self._posts.items()}
        return {name: child.pid for name, child in running.items() if child is not None and child.poll() is None}

    def kill(self, name: str, signal: int) -> None:
        """Send `signal` to the process itself, not to its children; raises `WireroomError` where none has that name."""
        if name not in self._posts:
            raise WireroomError(f"there is no process {name!r}, only {', '.join(self._posts)}")
        if (child := self._posts[name].running) is not None:
            child.send_signal(signal)

    def _fill(self, post: _Post) -> None:
        post.running = _spawn(post.process, self._log_directory)
        post.since = self._clock()

    def _refill(self, post: _Post) -> None:
        try:
            self._fill(post)
        except OSError as error:
            self._wait_longer(post, up=0.0)
            logs.error(logs.Event.worker_died, name=post.process.name, cause=error, again_in=post.delay)

    def _bury(self, post: _Post, dead: subprocess.Popen[bytes]) -> None:
        _kill_group(dead)
        post.running = None
        self._wait_longer(post, up=self._clock() - post.since)
        logs.error(logs.Event.worker_died, name=post.process.name, **_end(dead.returncode), again_in=post.delay)

    def _wait_longer(self, post: _Post, up: float) -> None:
        post.delay = next_delay(post.delay, up)
        post.due = self._clock() + post.delay


def next_delay(last: float | None, up: float) -> float:
    """Seconds to wait before the next start of a process that was up for `up` seconds and waited `last` before."""
    if last is None or up >= STEADY_SECONDS:
        return FIRST_DELAY
    return min(last * 2, LAST_DELAY)


def _end(returncode: int) -> dict[str, object]:
    if returncode >= 0:
        return {"exit_code": returncode}
    names = {known.value: known.name for known in signal.Signals}
    return {"signal": names.get(-returncode, str(-returncode))}


def _spawn(process: Process, log_directory: Path | None) -> subprocess.Popen[bytes]:
    if log_directory is None:
        return spawn(process.argv, process.env)
    log_directory.mkdir(parents=True, exist_ok=True)
    with (log_directory / f"{process.name}.log").open("ab") as output:
        return spawn(process.argv, process.env, output.fileno())


def spawn(argv: Sequence[str], env: Mapping[str, str], output: int | None = None) -> subprocess.Popen[bytes]:
    """A process in a session of its own, told to end when the thread that starts it does; `env` is added to ours."""
    with warnings.catch_warnings():
        # From 3.12 on, a fork beside threads is warned of. Ours does two system calls and takes no lock.
        warnings.simplefilter("ignore", DeprecationWarning)
        return subprocess.Popen(
            argv,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=None if _PRCTL is None else partial(_die_with, os.getpid()),
        )


def _die_with(supervisor: int) -> None:
    """In the child: be told to end when `supervisor` dies. SIGTERM, so that it can end its own children."""
    assert _PRCTL is not None
    _PRCTL(_PR_SET_PDEATHSIG, int(signal.SIGTERM))
    if os.getppid() != supervisor:  # it died before we could ask
        os._exit(1)


def _wait(running: Iterable[subprocess.Popen[bytes]], deadline: float) -> None:
    for child in running:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0.0, deadline - time.monotonic()))


def _kill_group(child: subprocess.Popen[bytes]) -> None:
    # macOS answers "not permitted" for a group of which only a zombie is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
