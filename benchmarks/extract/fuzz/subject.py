"""Parse in a process that may die of an input, and what is held against it."""

from __future__ import annotations

import json
import signal
import sys
from types import TracebackType
from typing import NamedTuple, Self

from benchmarks.extract.child import Child
from benchmarks.extract.fuzz.mutations import Mutant
from benchmarks.extract.fuzz.trial import ENDED_AFTER, RAISED

MOST_CPU_SECONDS = 2.0
MOST_MEGABYTES = 500.0
DIED = "died: "
_PATIENCE = 600.0
_TRIES = 5
_ARGV = (sys.executable, "-m", "benchmarks.extract.fuzz.trial")


class Result(NamedTuple):
    """How parse ended: with an article, the reason of a refusal, an exception, or the process; and what it took."""

    end: str
    cpu: float
    megabytes: float

    @property
    def fault(self) -> str:
        """What is promised and was not kept; empty if all was."""
        if self.cpu > MOST_CPU_SECONDS:
            return f"took more than {MOST_CPU_SECONDS:g} s of CPU"
        if self.end.startswith((RAISED, DIED)):
            return self.end
        return f"took more than {MOST_MEGABYTES:g} MB" if self.megabytes > MOST_MEGABYTES else ""


class Subject:
    """The process; begun again after an input that ends it."""

    def __init__(self) -> None:
        self._child = Child(lambda: _ARGV)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._child.end()

    def undergo(self, mutant: Mutant) -> Result:
        """What becomes of an input."""
        head = {"length": len(mutant.body), "content_type": mutant.content_type, "url": mutant.url}
        line = self._child.ask(json.dumps(head).encode() + b"\n" + mutant.body, _PATIENCE)
        if line:
            found = json.loads(line)
            return Result(found["end"], found["cpu"], found["megabytes"])
        cause = _cause(self._child.end() or 0)
        return Result(f"{DIED}{cause}", ENDED_AFTER if cause == signal.SIGPROF.name else 0.0, 0.0)


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit code {code}" if code else "no answer"


def confirmed(mutant: Mutant) -> Result:
    """The best of some results in fresh processes: what was done before, and others on the machine, are no excuse.

    One without a fault is enough: what others on the machine do makes an input slower, and never quicker.
    """
    results: list[Result] = []
    while len(results) < _TRIES and all(one.fault for one in results):
        with Subject() as subject:
            results.append(subject.undergo(mutant))
    return min(results, key=lambda one: (bool(one.fault), one.cpu))
