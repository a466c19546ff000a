"""The systems at work, each a process, a few pages each by turns: what the machine does besides hits them all."""

from __future__ import annotations

import json
import re
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.extract.peers import command
from wireroom.errors import WireroomError

TURN = 20
"""Pages of a turn: enough to find the caches of the processor warm."""
PATIENCE = 120.0
"""Seconds by the clock after which no answer is expected any more."""
Row = dict[str, Any]


class Given(NamedTuple):
    """A page as a runner takes it: where its bytes are (gzip), of which type if that is known, and its address."""

    id: str
    place: str
    url: str | None
    content_type: str = ""


class Runner:
    """A system in a process of its own; begun again after a page that ends it."""

    def __init__(self, system: str, log: Path) -> None:
        self._system = system
        self._log = log
        self._answers = False
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end(0.0)

    def answer(self, given: Given) -> Row:
        """The row of a page; one with `err` where the system failed on it. Raises `WireroomError` if it never ran."""
        process = self._process = self._process or self._begin()
        assert process.stdin is not None and process.stdout is not None
        try:
            process.stdin.write(json.dumps(given._asdict()).encode() + b"\n")
            process.stdin.flush()
            if not select.select([process.stdout], [], [], PATIENCE)[0]:
                return {"id": given.id, "err": f"no answer in {PATIENCE:g} s, {self._end(0.0)}"}
            line = process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            return self._ended(given)
        self._answers = True
        row: Row = json.loads(line)
        return row

    def _begin(self) -> subprocess.Popen[bytes]:
        pipe = subprocess.PIPE
        with self._log.open("ab") as log:
            # In a group of its own, so that Ctrl-C is this process's to handle.
            return subprocess.Popen(command(self._system), stdin=pipe, stdout=pipe, stderr=log, process_group=0)

    def _ended(self, given: Given) -> Row:
        how, said = self._end(), self._log.read_text("utf-8", "replace")[-1500:]
        if not self._answers and re.search(r"^(?:Import|ModuleNotFound)Error", said, re.MULTILINE):
            raise WireroomError(f"{self._system} does not run:\n{said}")
        return {"id": given.id, "err": how}

    def _end(self, patience: float = 1.0) -> str:
        """End it; how it had ended by itself, if it had."""
        if (process := self._process) is None:
            return ""
        self._process, code = None, None
        with suppress(subprocess.TimeoutExpired):
            # Its output is closed before it is gone.
            code = process.wait(patience)
        process.kill()
        process.communicate()
        return "was ended" if code is None else f"ended with {code}"


def take_turns(
    systems: Sequence[str], pages: Sequence[Given], directory: Path, found: dict[str, dict[str, Row]]
) -> Iterator[str]:
    """Fill `found` with a row of each system for each page that has none yet; says after each turn how far it is."""
    with ExitStack() as stack:
        runners = {name: stack.enter_context(Runner(name, directory / f"{name}.log")) for name in systems}
        for number, start in enumerate(range(0, len(pages), TURN)):
            turn = pages[start : start + TURN]
            # There and back, so that what changes with time favours nobody.
            for name in list(systems)[:: 1 if number % 2 == 0 else -1]:
                for given in (one for one in turn if one.id not in found[name]):
                    found[name][given.id] = runners[name].answer(given)
            yield f"[{min(start + TURN, len(pages))}/{len(pages)}] {_rates(found, turn)}\n"


def _rates(found: dict[str, dict[str, Row]], turn: Sequence[Given]) -> str:
    """Pages a CPU second in a turn."""
    spent = {name: sum(rows[one.id].get("cpu", 0.0) for one in turn) for name, rows in found.items()}
    return "pages a CPU second: " + ", ".join(f"{name} {len(turn) / cpu:.0f}" for name, cpu in spent.items() if cpu)


def progress(said: Iterator[str]) -> None:
    """Show it as it comes."""
    for line in said:
        sys.stderr.write(line)
        sys.stderr.flush()
