"""Ages glued to headlines: `wards on May 23 hours ago` is `wards on May 2`, three hours ago."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.parse.calendar import MONTH

_UNITS = "second|minute|min|hour|hr|day|week|month|year"
_AGE = re.compile(rf"(?P<run>\d{{1,9}})\s?(?P<unit>{_UNITS})s?\sago\W?$", re.IGNORECASE)
_WORDY_AGE = re.compile(rf"(?:\ban?\s(?:{_UNITS})\sago|just now)$", re.IGNORECASE)
_OTHER_AGE = re.compile(
    r"(?:hace|il y a|vor|há)\s\d{1,2}\s(?:segundo|minuto|hora|d[ií]a|semana|seconde|minute|heure|jour|semaine|"
    r"Sekunde|Stunde|Tage?|Woche|dia)(?:e?[sn])?$",
    re.IGNORECASE,
)
_MOST = {"s": (59, 1), "mi": (59, 60), "h": (23, 3600), "d": (31, 86400), "w": (52, 604800), "mo": (12, 2629800)}
_AFTER_MONTH = re.compile(rf"\b(?:{MONTH})\.?\s$", re.IGNORECASE)
LONGEST_HEADLINE = 300


class Aged(NamedTuple):
    """A headline without its age, and the age in seconds."""

    title: str
    seconds: int


def split_age(line: str, younger: int = 0) -> Aged | None:
    """The headline and the age at its end, None without one.

    Where digits can be shared out in several ways, the age is at least `younger`: lists begin with the newest.
    """
    if len(line) > LONGEST_HEADLINE:
        return None
    match = _AGE.search(line)
    if match is None:
        return _without_digits(line)
    before, run = line[: match.start()], match["run"]
    most, length = _limit(match["unit"].lower())
    ways = [cut for cut in (len(run) - 1, len(run) - 2) if _possible(before, run, cut, most)]
    if not ways:
        return None
    best = min(ways, key=lambda cut: _doubt(before, run, cut, int(run[cut:]) * length < younger))
    return Aged(_bare(before + run[:best]), int(run[best:]) * length)


def _without_digits(line: str) -> Aged | None:
    match = _WORDY_AGE.search(line) or _OTHER_AGE.search(line)
    return Aged(_bare(line[: match.start()]), 0) if match else None


def _limit(unit: str) -> tuple[int, int]:
    """The largest number written with this unit, and the unit's length in seconds."""
    return next((most for start, most in _MOST.items() if unit.startswith(start)), (99, 31557600))


def _possible(before: str, run: str, cut: int, most: int) -> bool:
    """Whether the run can end a headline at `cut` and go on as an age of at most `most` units."""
    if cut < 0 or run[cut] == "0" or int(run[cut:]) > most:
        return False
    if not _AFTER_MONTH.search(before) or len(run) == 1:
        return True
    return cut > 0 and (1 <= int(run[:cut]) <= 31 or cut == 4)


def _doubt(before: str, run: str, cut: int, out_of_order: bool) -> tuple[bool, bool, bool, int]:
    """How doubtful the way is, least first."""
    # A space before the run: its first digits belong to the headline, for an age is glued. No space: none do.
    spaced = before.endswith(" ") and len(run) > 1
    year = cut == 4 and run[:2] in {"19", "20"}
    return (spaced == (cut == 0), not year, out_of_order, -cut)


def _bare(title: str) -> str:
    return title.rstrip().removesuffix(":").rstrip()
