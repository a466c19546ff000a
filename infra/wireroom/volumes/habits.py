"""Habits: how much a source publishes in each hour of the week, how much that varies, and how long it pauses."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, median

import msgspec

from wireroom.volumes.gaps import GapLaw, Run, learn_gaps

DAY, WEEK = 24, 168
LEAST_DAYS = 21
"""A source that is known for fewer days has no habits yet."""
MOST_DAYS = 56
"""What is longer ago is no habit."""
LEAST_ARTICLES = 12
"""From fewer, no habit is learned."""
_FAR = 4.0
"""A day so many times as far from the middle one as is usual was a feast or an outage."""
_MOST_OFF = 2
"""Hours of a day of which nothing is known, so that the others still tell how it was."""
_WEEKS_OF_DOUBT = 2.0
"""An hour is taken to be like the same hour of similar days, as if so many weeks had shown that."""
_DOUBT = 4.0
_FREAKS = 0.1
"""Days, the most unlike the others, that say nothing of how much they vary; at least one."""
_WITHOUT_FREAKS = 0.56
"""Of the sum of squares, where days vary by lot, this part is in the others."""


class Ends(msgspec.Struct, frozen=True, array_like=True):
    """How many articles ended, and how many of them badly: rejected or quarantined."""

    all: int = 0
    bad: int = 0


class Habit(msgspec.Struct, frozen=True):
    """What is usual for a source, learned from `days` days."""

    days: int
    rates: list[float]
    """Articles in each hour of the week."""
    scatter: float
    """How many times as much as by lot the articles of a day vary."""
    weekly: float
    """Likewise those of a week."""
    gaps: GapLaw = GapLaw()
    ends: list[Ends] = []
    """Of its articles, day by day."""

    def rate(self, hour: int) -> float:
        """Articles expected in an hour."""
        return self.rates[hour_of_week(hour)]

    def chance(self, hour: int) -> float:
        """How likely it is that anything comes in an hour."""
        return 1 - self.gaps.chance(self.rate(hour))


def hour_of_week(hour: int) -> int:
    """0 is Monday, 0:00 UTC."""
    return (hour + 3 * DAY) % WEEK


def learn(came: Mapping[int, int], days: range, off: Container[int]) -> Habit | None:
    """The habit of a source of which so much came in these hours of `days`; None where it is too little to tell.

    `off` are hours in which nothing could come, for a reason of our own.
    """
    whole = [day for day in days if sum(hour in off for hour in _hours(day)) <= _MOST_OFF]
    if len(whole) < LEAST_DAYS - _MOST_OFF or sum(came.values()) < LEAST_ARTICLES:
        return None
    totals = {day: sum(came.get(hour, 0) for hour in _hours(day)) for day in whole}
    usual = _usual(totals)
    rates = _rates(came, usual)
    expected = {day: sum(rates[hour_of_week(hour)] for hour in _hours(day)) for day in usual}
    scatter = _scatter([(usual[day], expected[day]) for day in usual], spent=7)
    weeks = [usual.keys() & range(first, first + 7) for first in range(days.start, days.stop - 6, 7)]
    sums = [(sum(usual[day] for day in week), sum(expected[day] for day in week)) for week in weeks if week]
    law = learn_gaps([*_runs(came, days, off, rates)])
    return Habit(len(days), rates, scatter, max(scatter, _scatter(sums, spent=1)), law)


def _hours(day: int) -> range:
    return range(day * DAY, (day + 1) * DAY)


def _weekday(day: int) -> int:
    return (day + 3) % 7


def _usual(totals: Mapping[int, int]) -> dict[int, int]:
    """The days without those that were far too full or too empty for their day of the week."""
    groups: dict[int, list[int]] = {}
    for day, total in totals.items():
        groups.setdefault(_weekday(day), []).append(total)
    middles = {weekday: median(group) for weekday, group in groups.items()}
    off = {day: (total - middles[_weekday(day)]) / sqrt(max(1.0, middles[_weekday(day)]))
           for day, total in totals.items()}  # fmt: skip
    # By lot half of all are less than 0.67 away.
    far = _FAR * max(1.0, median(map(abs, off.values())) / 0.67)
    return {day: totals[day] for day in totals if abs(off[day]) <= far}


def _rates(came: Mapping[int, int], usual: Mapping[int, int]) -> list[float]:
    """Each hour as it was on that day of the week, and, where that says little, as on similar days around that hour."""
    rates = [0.0] * WEEK
    overall = fmean(usual.values())
    for kind in (range(5), range(5, 7)):
        alike = [day for day in usual if _weekday(day) in kind]
        level = fmean(usual[day] for day in alike) if alike else overall
        shape = _shape(came, alike or [*usual])
        for weekday in kind:
            mine = [day for day in alike if _weekday(day) == weekday]
            total = (sum(usual[day] for day in mine) + level) / (len(mine) + 1)
            for hour, share in enumerate(shape):
                seen = sum(came.get(day * DAY + hour, 0) for day in mine)
                guess = _WEEKS_OF_DOUBT * total * share
                rates[weekday * DAY + hour] = (seen + guess) / (len(mine) + _WEEKS_OF_DOUBT)
    return rates


def _shape(came: Mapping[int, int], days: Sequence[int]) -> list[float]:
    """The share of each hour in a day's articles, each hour with a part of those beside it."""
    sums = [sum(came.get(day * DAY + hour, 0) for day in days) + 0.5 / DAY for hour in range(DAY)]
    whole = sum(sums)
    return [(sums[hour - 1] + 2 * sums[hour] + sums[(hour + 1) % DAY]) / 4 / whole for hour in range(DAY)]


def _scatter(pairs: Sequence[tuple[float, float]], spent: int) -> float:
    """How many times as much as by lot the first of each pair varies around the second; `spent` were needed to know it.

    Without the freaks; a few pairs are not believed much.
    """
    squares = sorted((seen - expected) ** 2 / max(expected, 0.5) for seen, expected in pairs)
    whole = sum(squares[: len(squares) - max(1, int(_FREAKS * len(squares)))]) / _WITHOUT_FREAKS
    return max(1.0, (2 * _DOUBT + whole) / (_DOUBT + max(1, len(squares) - spent)))


def _runs(came: Mapping[int, int], days: range, off: Container[int], rates: Sequence[float]) -> Iterator[Run]:
    """What was expected between one hour with articles and the next, and in that."""
    heard = sorted(hour for hour, number in came.items() if number and hour // DAY in days)
    for before, after in pairwise(heard):
        between = sum(rates[hour_of_week(hour)] for hour in range(before + 1, after) if hour not in off)
        yield Run(between, rates[hour_of_week(after)])
