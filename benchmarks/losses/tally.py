"""What both systems leave behind outside of any server: which stage worked on which article, and what was accepted.

A line is one write to a file opened with O_APPEND, so that it outlives whoever wrote it.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Literal

TALLY = "LOSSES_TALLY"
Stage = Literal["parse", "enrich", "store"]
STAGES: tuple[Stage, ...] = ("parse", "enrich", "store")
_NUMBER = re.compile(r"[Ff]erry numbered (\d+)")


def tally(stage: Stage, text: str) -> None:
    """Note that `stage` begins its work on the article with this text."""
    found = _NUMBER.search(text)
    assert found is not None, text
    note(Path(os.environ[TALLY]), f"{stage} {found[1]} {os.getpid()}")


def note(file: Path, line: str) -> None:
    """Append a line, whole or not at all."""
    os.write(_opened(file), f"{line}\n".encode())


def executions(file: Path) -> dict[Stage, Counter[int]]:
    """Stage -> how often it has begun to work on each article."""
    counts: dict[Stage, Counter[int]] = {stage: Counter() for stage in STAGES}
    for stage, number, _ in noted(file):
        counts[stage][int(number)] += 1  # type: ignore[index]
    return counts


def accepted(file: Path) -> dict[int, str]:
    """Number of each article for which the producer holds an answer -> that answer."""
    return {int(number): answer for number, answer in noted(file)}


def noted(file: Path) -> list[list[str]]:
    """The words of every line."""
    return [line.split() for line in file.read_text().splitlines()] if file.exists() else []


@cache
def _opened(file: Path) -> int:
    return os.open(file, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
