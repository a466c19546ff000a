"""Input after input, until the time is over; what is found is kept so that it can be run again."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import count
from pathlib import Path
from threading import Event, Lock

from benchmarks.extract.fuzz.mutations import Mutant, Pages, mutant
from benchmarks.extract.fuzz.subject import Result, Subject, confirmed

_ALIKE = 5
"""Findings of one kind that are kept; more say nothing new."""
_WORST = 5


@dataclass
class Hunt:
    """What has been tried so far: how inputs ended, what was found, and what took most."""

    pages: Pages
    seed: int
    folder: Path
    first: int = 0
    """The number of the first input; those before are not made."""
    ends: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    kept: list[Path] = field(default_factory=list)
    slowest: list[tuple[float, str]] = field(default_factory=list)
    largest: list[tuple[float, str]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    @property
    def tried(self) -> int:
        """How many inputs."""
        return self.ends.total()

    def run(self, seconds: float, children: int, stopping: Event) -> None:
        """Try the inputs of a seed one by one, in so many processes at a time."""
        until, numbers = time.monotonic() + seconds, count(self.first)

        def hunt() -> None:
            with Subject() as subject:
                while time.monotonic() < until and not stopping.is_set():
                    self._try(subject, next(numbers))

        with ThreadPoolExecutor(children) as pool:
            for done in [pool.submit(hunt) for _ in range(children)]:
                done.result()

    def _try(self, subject: Subject, number: int) -> None:
        given = mutant(self.pages, self.seed, number)
        found = subject.undergo(given)
        if found.fault:
            found = confirmed(given)
        with self._lock:
            self._note(number, given, found)

    def _note(self, number: int, given: Mutant, found: Result) -> None:
        said = f"{self.seed}-{number}: {len(given.body):,} bytes ({given.made}): {found.end}"
        self.ends[kind_of(found.end)] += 1
        self.slowest = nlargest(_WORST, [*self.slowest, (found.cpu, said)])
        self.largest = nlargest(_WORST, [*self.largest, (found.megabytes, said)])
        if found.fault:
            self.faults[kind_of(found.fault)] += 1
            if self.faults[kind_of(found.fault)] <= _ALIKE:
                self.kept.append(keep(self.folder / f"{self.seed}-{number}", given, found))


def kind_of(end: str) -> str:
    """An end without the figures that differ from input to input; where it was raised stays."""
    place, mark, said = end.partition(": ")
    return place + mark + re.sub(r"0x[0-9a-f]+|\d+", "#", said)[:80]


def keep(place: Path, given: Mutant, found: Result) -> Path:
    """Write an input, and beside it what it is and what it did; the file of the input."""
    place.parent.mkdir(parents=True, exist_ok=True)
    page = place.with_suffix(".page")
    page.write_bytes(given.body)
    told = {"content_type": given.content_type, "url": given.url, "made": given.made} | found._asdict()
    place.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    return page


def kept_input(page: Path) -> Mutant:
    """An input that was kept."""
    told = json.loads(page.with_suffix(".json").read_text("utf-8"))
    return Mutant(page.read_bytes(), told["content_type"], told["url"], told["made"])
