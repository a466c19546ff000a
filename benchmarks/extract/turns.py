"""The systems at work, each a process, a few pages each by turns: what the machine does besides hits them all."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from benchmarks.extract.child import Child
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
        self._system, self._log = system, log
        self._answers = False
        self._child = Child(lambda: command(system), log)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._child.end(0.0)

    def answer(self, given: Given) -> Row:
        """The row of a page; one with `err` where the system failed on it. Raises `WireroomError` if it never ran."""
        line = self._child.ask(json.dumps(given._asdict()).encode() + b"\n", PATIENCE)
        if line is None:
            return {"id": given.id, "err": f"no answer in {PATIENCE:g} s, {_how(self._child.end(0.0))}"}
        if not line:
            return self._ended(given)
        self._answers = True
        row: Row = json.loads(line)
        return row

    def _ended(self, given: Given) -> Row:
        how, said = _how(self._child.end()), self._log.read_text("utf-8", "replace")[-1500:]
        if not self._answers and re.search(r"^(?:Import|ModuleNotFound)Error", said, re.MULTILINE):
            raise WireroomError(f"{self._system} does not run:\n{said}")
        return {"id": given.id, "err": how}


def _how(code: int | None) -> str:
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
