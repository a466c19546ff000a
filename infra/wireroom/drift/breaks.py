"""Breaks: in what a window is more unlike those before it than chance, and the site's own ways, can explain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, takewhile
from math import log
from statistics import median

from wireroom.drift.chance import chance_of_mean, chance_of_share
from wireroom.drift.measures import Measure, Tally, total
from wireroom.drift.windows import Break, Window, shown

HISTORY = 40
"""Most windows with which one is compared."""
LEAST_HISTORY = 3
LEAST_ARTICLES = 10
"""Of a window in which a measure is compared: that of a field that few articles have says nothing."""
CHANCE = 1e-5
"""What is likelier than this, from articles as they were, is no break."""
_LEAST_CHANGE: dict[Measure, float] = {"filled": 0.2, "repeated": 0.2, "share": 0.2, "letters": log(1.5)}
_CHANCE_OF = {
    "filled": chance_of_share, "repeated": chance_of_share, "share": chance_of_mean, "letters": chance_of_mean,
}  # fmt: skip


def find_breaks(history: Sequence[Window], last: Window) -> list[Break]:
    """In what `last` is unlike the windows before it, given from the oldest to the newest.

    The usual is their median: an earlier break hides none, and what lasts as long as half of them becomes the usual.
    """
    found = (_break(measure, field, history, last) for measure in last.measures for field in last.measures[measure])
    return [one for one in found if one]


def _break(measure: Measure, field: str, history: Sequence[Window], last: Window) -> Break | None:
    now = last.tally(measure, field)
    past = [window for window in history if window.tally(measure, field).of >= LEAST_ARTICLES]
    tallies = [window.tally(measure, field) for window in past]
    if now.of < LEAST_ARTICLES or len(past) < LEAST_HISTORY:
        return None
    usual = median(tally.mean for tally in tallies)
    if abs(now.mean - usual) < _LEAST_CHANGE[measure]:
        return None
    middle = (usual + now.mean) / 2
    alike = [(tally.mean > middle) == (now.mean > middle) for tally in tallies]
    lasting = sum(1 for _ in takewhile(bool, reversed(alike)))
    before, run = tallies[: len(past) - lasting], tallies[len(past) - lasting :]
    base = _base(before, alike)
    if len(base) < LEAST_HISTORY or _CHANCE_OF[measure](base, total([*run, now])) > CHANCE:
        return None
    return _told(measure, field, base, now, past[-lasting].since if lasting else last.since)


def _base(before: Sequence[Tally], alike: Sequence[bool]) -> list[Tally]:
    """The windows before, without the one amid which it may have broken, and without a run of windows like the last,
    which was an earlier break; where there was more than one, they are among the site's own ways.
    """
    known = before[:-1] if len(before) > LEAST_HISTORY else before
    runs = sum(like for like, _ in groupby(alike[: len(known)]))
    return [tally for tally, like in zip(known, alike, strict=False) if not like or runs > 1]


def _told(measure: Measure, field: str, base: Sequence[Tally], now: Tally, since: datetime) -> Break:
    was = median(tally.mean for tally in base)
    example = now.least if now.mean < was else now.most
    assert example is not None
    return Break(field, measure, shown(measure, was), shown(measure, now.mean), since, example[1])
