"""Text as a crude scraper leaves it: everything that a page shows, menus and footers included, with a story in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wireroom.parse.byline import read_byline

_PROSE = 80
"""Characters of a line of prose; those of a CJK script, which say more each, count three times."""
_COST = 40
"""What any other line costs the run that it stands in, in characters."""
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_STOP = re.compile(r"[.!?…。！？।؟:;\"”’»)」』]$")
_LINES_OF_MENU = 8
"""So many lines above the story that are none of it make a text a scraped one."""
_LINES_OF_HEAD = 25
_TITLE = range(15, 200)
_WORDS_OF_TITLE = 3


def story_of(lines: Sequence[str]) -> list[str]:
    """Title, bylines, then the run of lines with most prose; all lines of a text that is no scraped one."""
    start, end = best_run(lines)
    if start < _LINES_OF_MENU:
        return list(lines)
    above = range(max(0, start - _LINES_OF_HEAD), start)
    title = max(above, key=lambda at: (_likeness(lines[at]), at))
    if not _likeness(lines[title]):
        return list(lines[start:end])
    bylines = [lines[at] for at in range(title + 1, start) if read_byline(lines[at])]
    return [lines[title], *bylines[:2], *lines[start:end]]


def best_run(lines: Sequence[str]) -> tuple[int, int]:
    """Where the run of lines with most characters of prose begins and ends, less a cost for each line that is none."""
    best, most, start, total = (0, 0), 0, 0, 0
    for at, line in enumerate(lines):
        if total <= 0:
            start, total = at, 0
        total += _length(line) if is_prose(line) else -_COST
        if total > most:
            best, most = (start, at + 1), total
    return best


def is_prose(line: str) -> bool:
    """Whether it is as long as a sentence, and ends as one."""
    return _length(line) >= _PROSE and bool(_STOP.search(line))


def _length(line: str) -> int:
    return len(line) + 2 * len(_WIDE.findall(line))


def _likeness(line: str) -> int:
    """How much a line looks like a title: 0 not at all, else more with its length."""
    fits = len(line) in _TITLE and not line.endswith((".", ":", "…"))
    wide = len(_WIDE.findall(line))
    return len(line) + 2 * wide if fits and (wide > 7 or len(line.split()) >= _WORDS_OF_TITLE) else 0
