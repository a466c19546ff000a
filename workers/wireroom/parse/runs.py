"""Runs of prose in a text without markup, and the line above them that looks like a title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

_PROSE = 80
"""Characters of a line of prose; those of a CJK script, which say more each, count three times."""
_COST = 40
"""What any other line costs the run that it stands in, in characters."""
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_STOP = re.compile(r"[.!?…。！？।؟:;\"”’»)」』]$")
_LINES_OF_HEAD = 25
_TITLE = range(15, 200)
_WORDS_OF_TITLE = 3


class Run(NamedTuple):
    """Lines that follow one another: the first, and the one behind the last."""

    start: int
    end: int


def best_run(lines: Sequence[str]) -> Run:
    """The run of lines with most characters of prose, less a cost for each line that is none."""
    best, most, start, total = Run(0, 0), 0, 0, 0
    for at, line in enumerate(lines):
        if total <= 0:
            start, total = at, 0
        total += length_of(line) if is_prose(line) else -_COST
        if total > most:
            best, most = Run(start, at + 1), total
    return best


def is_prose(line: str) -> bool:
    """Whether it is as long as a sentence, and ends as one."""
    return length_of(line) >= _PROSE and bool(_STOP.search(line))


def length_of(line: str) -> int:
    """Characters, those of wide scripts three times."""
    return len(line) if line.isascii() else len(line) + 2 * len(_WIDE.findall(line))


def pieces_of(words: Iterable[str]) -> Iterator[str]:
    """The words; of those in scripts without spaces each two characters."""
    for word in words:
        if word.isascii() or not "\u3040" <= word[0] <= "\ud7af":
            yield word
        else:
            yield from (word[at : at + 2] for at in range(len(word) - 1))


def likely_title(lines: Sequence[str], start: int) -> int:
    """The line above the story, which begins at `start`, that looks most like a title; -1 where none does."""
    above = range(max(0, start - _LINES_OF_HEAD), start)
    title = max(above, key=lambda at: (_likeness(lines[at]), at), default=-1)
    return title if title >= 0 and _likeness(lines[title]) else -1


def _likeness(line: str) -> int:
    """How much a line looks like a title: 0 not at all, else more with its length."""
    if len(line) not in _TITLE or line.endswith((".", ":", "…")):
        return 0
    length = length_of(line)
    return length if length > len(line) + 14 or len(line.split()) >= _WORDS_OF_TITLE else 0
