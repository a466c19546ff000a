"""The whole: hours in which nothing came from anybody say nothing about a source, nor do days on which all rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import NamedTuple

from wireroom.volumes.habits import Habit

SURE = 3.0
"""Where so many others were expected, and nobody was heard, it was not the source."""
LEAST_SOURCES = 10
"""From fewer there is no tide."""
LEAST_EXPECTED = 5.0
"""Articles a day of a source by which the tide is measured."""
LOWEST = 0.25
"""The tide is not taken to be lower: where it is, the fault is more likely on our side than a feast."""


class Hour(NamedTuple):
    """An hour of the whole: of how many sources anything came, and of how many it was expected."""

    hour: int
    sources: int
    watched: bool
    expected: float | None
    tide: float | None


class Stretch(NamedTuple):
    """Hours in a row in which nobody was heard, though a dispatcher was there."""

    hours: range
    expected: float


class Whole:
    """What is known of the hours, given in their order."""

    def __init__(self, hours: Sequence[Hour]) -> None:
        self._end = hours[-1].hour + 1 if hours else 0
        self._tides = {one.hour: one.tide for one in hours if one.tide is not None}
        self._stretches = [*_stretches(hours)]
        self._ours = [one for one in self._stretches if one.expected >= SURE]
        unwatched = {one.hour for one in hours if not one.watched and not one.sources}
        self.off = unwatched.union(*(one.hours for one in self._ours))
        """Hours in which nothing could come from anybody."""

    def off_for(self, habit: Habit) -> set[int]:
        """Those hours but for such in which hardly anybody else was expected: this silence is the source's own."""
        own = [one for one in self._ours if one.expected - sum(map(habit.chance, one.hours)) < SURE]
        return self.off.difference(*(one.hours for one in own)) if own else self.off

    def awaited(self, habit: Habit, hours: range, off: set[int]) -> float:
        """Articles that should have come in these hours, `off` those that do not count."""
        return sum((habit.rate(hour) * self._tides.get(hour, 1.0) for hour in hours if hour not in off), 0.0)

    @property
    def quiet(self) -> Stretch:
        """How long nobody has been heard now."""
        last = self._stretches[-1] if self._stretches else None
        return last if last and last.hours.stop == self._end else Stretch(range(self._end, self._end), 0.0)


def _stretches(hours: Sequence[Hour]) -> Iterator[Stretch]:
    for nobody, group in groupby(hours, key=lambda one: one.watched and not one.sources):
        if nobody:
            together = [*group]
            span = range(together[0].hour, together[-1].hour + 1)
            yield Stretch(span, sum((one.expected or 0.0 for one in together), 0.0))


def tide(days: Sequence[tuple[int, float]]) -> float:
    """What part of what was expected came from the middle source, of those of which enough was expected; 1 at most."""
    shares = [came / expected for came, expected in days if expected >= LEAST_EXPECTED]
    return min(1.0, max(LOWEST, median(shares))) if len(shares) >= LEAST_SOURCES else 1.0
