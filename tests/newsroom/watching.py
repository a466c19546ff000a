"""A single source watched hour by hour, as the dispatchers do, without a database."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from newsroom.publishers import Publisher
from wireroom.volumes.habits import DAY, MOST_DAYS, WEEK, Ends, Habit, learn
from wireroom.volumes.verdicts import Seen, State, Verdict, Window, judge

START = 20_000
"""The first day."""
LEARN_DAYS = 7
"""The dispatchers learn every day; it takes long, and changes little."""


class Told(NamedTuple):
    """A state that began."""

    hour: int
    verdict: Verdict


class Watch:
    """What was told of a source that published so."""

    def __init__(self, came: Mapping[int, int], history: int, days: int) -> None:
        self.came = came
        self.begin, self.end = START + history, START + history + days
        self.told: list[Told] = []
        self.habit: Habit | None = None
        self._state: State = "learning"
        self._since = self.begin * DAY
        for hour in range(self.begin * DAY, self.end * DAY):
            if (hour - self.begin * DAY) % (LEARN_DAYS * DAY) == 0:
                self._learn(hour // DAY)
            self.look(hour)

    def _learn(self, day: int) -> None:
        if self._state == "silent":
            return
        days = range(max(START, day - MOST_DAYS), day)
        self.habit = learn({hour: n for hour, n in self.came.items() if hour // DAY in days}, days, ())
        self._last = max((hour for hour, n in self.came.items() if n and hour < day * DAY), default=None)
        self._silence = self._expected(self._last + 1, day * DAY) if self._last is not None else 0.0
        self._windows = {hours: self._window(hours, day * DAY) for hours in (DAY, WEEK)}

    def _expected(self, since: int, until: int) -> float:
        return sum(self.habit.rate(hour) for hour in range(since, until)) if self.habit else 0.0

    def _window(self, hours: int, end: int) -> list[float]:
        return [sum(self.came.get(hour, 0) for hour in range(end - hours, end)), self._expected(end - hours, end)]

    def look(self, hour: int) -> None:
        """The hour is over."""
        came, rate = self.came.get(hour, 0), self.habit.rate(hour) if self.habit else 0.0
        self._last, self._silence = (hour, 0.0) if came else (self._last, self._silence + rate)
        for hours, sums in self._windows.items():
            sums[0] += came - self.came.get(hour - hours, 0)
            sums[1] = max(0.0, sums[1] + rate - (self.habit.rate(hour - hours) if self.habit else 0.0))
        windows = [Window(hours, int(n), expected, Ends()) for hours, (n, expected) in self._windows.items()]
        days, age = (hour + 1) // DAY - START, hour + 1 - self._since
        verdict = judge(self.habit, Seen(days, self._last, self._silence, windows, self._state, age))
        if verdict.state != self._state:
            self._state, self._since = verdict.state, hour + 1
            self.told.append(Told(hour + 1, verdict))

    def alarms(self, state: State) -> list[Told]:
        return [one for one in self.told if one.verdict.state == state]


def watch(publisher: Publisher, seed: int, *, history: int = MOST_DAYS, days: int = 56) -> Watch:
    """It publishes as ever, and is judged after a history of so many days."""
    return Watch(publisher(random.Random(seed), range(START, START + history + days)), history, days)


def stops(publisher: Publisher, seed: int, *, history: int = MOST_DAYS, days: int = 28) -> tuple[int, Watch]:
    """It stops at some hour of the first week: which one, and the watch."""
    chance = random.Random(seed)
    came = publisher(chance, range(START, START + history + 7))
    stop = (START + history) * DAY + chance.randrange(WEEK)
    return stop, Watch(Counter({hour: n for hour, n in came.items() if hour < stop}), history, days)


def hours_to_silence(publisher: Publisher, seeds: range, **given: int) -> Iterator[int]:
    """How long it takes until the silence is told, each time."""
    for seed in seeds:
        stop, watched = stops(publisher, seed, **given)
        told = [one.hour - stop for one in watched.alarms("silent") if one.hour > stop]
        yield told[0] if told else 10_000
