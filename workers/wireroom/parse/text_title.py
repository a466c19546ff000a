"""Which line of a text without markup is the title of its story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from wireroom.parse.byline import read_byline
from wireroom.parse.runs import is_prose, length_of, pieces_of

_LINES_OF_HEAD = 25
_TITLE = range(15, 221)
_ENOUGH = 90
"""Letters, beyond which a longer line is no better title."""
_WORD = re.compile(r"\w{4,}")


def title_of(lines: Sequence[str], story: Sequence[int]) -> int:
    """The line down to the first of the story that has most words in common with it, -1 where none looks like a title.

    Of lines that have equally many, a longer one and a nearer one is the title.
    """
    told = Counter(word for at in story for word in _words(lines[at]))
    first, best, most = story[0], -1, 0.0
    end = first if len(story) == 1 or is_prose(lines[first]) else first + 1
    for at in range(max(0, first - _LINES_OF_HEAD), end):
        words = _words(lines[at])
        if len(words) < 2 or not _may_be_title(lines[at]):
            continue
        shared = sum(told[word] > (at == first) for word in words) / (len(words) + 1)
        weight = 100 * shared + min(length_of(lines[at]), _ENOUGH) / 5 - abs(first - 1 - at)
        if weight > most:
            best, most = at, weight
    return best


def _may_be_title(line: str) -> bool:
    return length_of(line) in _TITLE and not line.endswith((".", "。", "।", ":", "…")) and read_byline(line) is None


def _words(line: str) -> set[str]:
    return set(pieces_of(_WORD.findall(line.lower())))
