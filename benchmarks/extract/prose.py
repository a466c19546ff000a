"""The simplest body of a text without markup, to compare with: its best run of lines of prose."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEAST = 80
"""Characters of a line of prose; those of a CJK script, which say more each, count three times."""
_COST = 40
"""What any other line costs the run that it stands in, in characters."""
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_STOP = re.compile(r"[.!?…。！？।؟:;\"”’»)」』]$")


def best_run(lines: Sequence[str]) -> list[str]:
    """The run of lines with most characters of prose, less a cost for each line that is none."""
    best, most, start, total = (0, 0), 0, 0, 0
    for at, line in enumerate(lines):
        if total <= 0:
            start, total = at, 0
        total += _length(line) if is_prose(line) else -_COST
        if total > most:
            best, most = (start, at + 1), total
    return list(lines[slice(*best)])


def is_prose(line: str) -> bool:
    """Whether it is as long as a sentence, and ends as one."""
    return _length(line) >= _LEAST and bool(_STOP.search(line))


def _length(line: str) -> int:
    return len(line) + 2 * len(_WIDE.findall(line))
