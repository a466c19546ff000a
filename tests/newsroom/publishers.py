"""Made-up publishers, by the hour: with nights and weekends, moods, batches, habits of the clock, and holidays."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from math import exp

from wireroom.volumes.habits import DAY

Publisher = Callable[[random.Random, range], Counter[int]]
"""What it publishes in so many days, hour by hour."""
_DAYTIME = [
    0.2, 0.1, 0.1, 0.1, 0.3, 0.8, 1.5, 2.0, 2.0, 1.8, 1.7, 1.6,
    1.6, 1.6, 1.6, 1.6, 1.6, 1.4, 1.1, 0.9, 0.7, 0.5, 0.3, 0.3,
]  # fmt: skip


def weekend(day: int) -> bool:
    return (day + 3) % 7 >= 5


def poisson(chance: random.Random, mean: float) -> int:
    if mean > 50:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    number, left = 0, chance.expovariate(1)
    while left < mean:
        number, left = number + 1, left + chance.expovariate(1)
    return number


def newsroom(
    a_day: float, *, batch: float = 1.0, moods: float = 0.0, weekends: float = 0.5, round_the_clock: bool = False,
    holidays: tuple[int, ...] = (), on_holidays: float = 0.3, drift: float = 0.0,
) -> Publisher:  # fmt: skip
    """So many articles a day by lot: in batches, in moods of a day (spread of the logarithm), growing by day."""

    def publish(chance: random.Random, days: range) -> Counter[int]:
        came: Counter[int] = Counter()
        shape = [1.0] * DAY if round_the_clock else _DAYTIME
        for day in days:
            level = a_day * exp(chance.gauss(-moods * moods / 2, moods) + drift * (day - days.start))
            level *= (weekends if weekend(day) else 1) * (on_holidays if day in holidays else 1)
            for hour in range(DAY):
                for _ in range(poisson(chance, level * shape[hour] / sum(shape) / batch)):
                    came[day * DAY + hour] += 1 if batch == 1 else 1 + poisson(chance, batch - 1)
        return came

    return publish


def by_the_clock(hours: tuple[int, ...], number: int, *, weekends: bool = True, late: float = 0.1) -> Publisher:
    """So many articles at these hours of each day, now and then an hour late."""

    def publish(chance: random.Random, days: range) -> Counter[int]:
        came: Counter[int] = Counter()
        for day in days:
            for hour in hours if weekends or not weekend(day) else ():
                came[day * DAY + hour + (chance.random() < late)] += poisson(chance, number) if number > 1 else 1
        return came

    return publish


def polled(publisher: Publisher, every: int) -> Publisher:
    """Seen by a poll every so many hours, or an hour later: what was published meanwhile comes at once."""

    def publish(chance: random.Random, days: range) -> Counter[int]:
        came: Counter[int] = Counter()
        published, due = publisher(chance, days), days.start * DAY
        kept = 0
        for hour in range(days.start * DAY, days.stop * DAY):
            kept += published[hour]
            if hour >= due:
                if kept:
                    came[hour] = kept
                kept, due = 0, hour + every + (chance.random() < 0.3)
        return came

    return publish


PUBLISHERS: dict[str, Publisher] = {
    "1 an hour": newsroom(24, weekends=1, round_the_clock=True),
    "3 a day": newsroom(3),
    "10 a day": newsroom(10),
    "10 a day, moody": newsroom(10, moods=0.5),
    "10 a day, in batches of 4": newsroom(10, batch=4),
    "20 a day, 15 % more each month": newsroom(20, drift=0.005),
    "20 a day, 25 % less each month": newsroom(20, drift=-0.01),
    "30 a day, polled every 6 hours": polled(newsroom(30), 6),
    "40 a day, hardly at weekends": newsroom(40, weekends=0.05),
    "200 a day": newsroom(200),
    "200 a day, moody": newsroom(200, moods=0.4),
    "200 a day, in batches of 8": newsroom(200, batch=8),
    "200 a day, polled every 2 hours": polled(newsroom(200), 2),
    "1,500 a day": newsroom(1500),
    "1 each weekday at 6": by_the_clock((6,), 1, weekends=False),
    "100 each day at 5": by_the_clock((5,), 100),
    "5 each hour by day": by_the_clock(tuple(range(6, 22)), 5, late=0.3),
}
