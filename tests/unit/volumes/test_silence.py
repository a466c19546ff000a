"""A source that goes its own ways is left in peace; one that stops, or brings less, is told of soon."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from newsroom.publishers import PUBLISHERS, newsroom
from newsroom.watching import START, Watch, hours_to_silence, stops, watch
from wireroom.volumes.gaps import GapLaw, Run, learn_gaps
from wireroom.volumes.habits import DAY, LEAST_DAYS, MOST_DAYS, WEEK, learn

FOUND_WITHIN = {
    "1 an hour": 20, "10 a day": 60, "200 a day": 12, "1,500 a day": 4, "1 each weekday at 6": 130,
    "100 each day at 5": 80, "200 a day, polled every 2 hours": 30, "40 a day, hardly at weekends": 65,
}  # fmt: skip
"""Hours, nights and weekends included."""


def test_hardly_any_source_is_called_silent_or_low_that_is_not() -> None:
    watched = {name: watch(publisher, 2, days=14) for name, publisher in PUBLISHERS.items()}
    told = {name: one.told for name, one in watched.items() if len(one.told) != 1}
    assert told == {}, "each begins to be judged, and is well from then on"
    assert {one.told[0].verdict.state for one in watched.values()} == {"ok"}


@pytest.mark.parametrize("name", FOUND_WITHIN)
def test_a_silence_is_told_soon(name: str) -> None:
    assert max(hours_to_silence(PUBLISHERS[name], range(3), days=14)) <= FOUND_WITHIN[name]


def test_a_silence_is_told_once_with_its_beginning_and_what_was_expected() -> None:
    stop, watched = stops(PUBLISHERS["10 a day"], 5, days=40)
    ((hour, verdict),) = watched.alarms("silent")
    last = max(watched.came)
    assert verdict.since == last + 1 <= stop < hour
    assert 10 <= verdict.expected <= 30
    assert verdict.sentence.startswith("nothing came since ") and verdict.sentence.endswith(f"{verdict.expected:.1f}")


def test_an_earlier_outage_hides_none() -> None:
    publisher, chance = PUBLISHERS["10 a day"], random.Random(7)
    came = publisher(chance, range(START, START + MOST_DAYS + 3))
    gone = range((START + 30) * DAY, (START + 35) * DAY)
    stop = (START + MOST_DAYS + 1) * DAY
    left = Counter({hour: n for hour, n in came.items() if hour < stop and hour not in gone})
    ((hour, _),) = Watch(left, MOST_DAYS, 10).alarms("silent")
    assert hour - stop <= 72


@pytest.mark.parametrize(("name", "days"), [("200 a day", 2), ("10 a day", 9)])
def test_a_source_that_brings_a_quarter_is_low_until_it_is_as_before(name: str, days: int) -> None:
    chance = random.Random(3)
    full = PUBLISHERS[name](chance, range(START, START + MOST_DAYS + 60))
    less = range((START + MOST_DAYS + 14) * DAY, (START + MOST_DAYS + 28) * DAY)
    came = Counter({hour: sum(chance.random() < (0.25 if hour in less else 1) for _ in range(n))
                    for hour, n in full.items()})  # fmt: skip
    watched = Watch(came, MOST_DAYS, 60)
    (low,) = watched.alarms("low")
    assert 0 < low.hour - less.start <= days * DAY
    end = next(one for one in watched.told if one.hour > low.hour)
    assert end.verdict.state == "ok" and end.hour >= less.start + WEEK


def test_what_lasts_becomes_the_usual() -> None:
    chance, days = random.Random(4), MOST_DAYS
    came = newsroom(100)(chance, range(START, START + days))
    came += newsroom(40)(chance, range(START + days, START + 3 * days))
    watched = Watch(came, days, 2 * days)
    assert [one.verdict.state for one in watched.told] == ["ok", "low", "ok"]
    assert 4 * WEEK <= watched.told[-1].hour - watched.begin * DAY <= 8 * WEEK


def test_holidays_and_outages_are_no_habit() -> None:
    days, usual = range(START, START + MOST_DAYS), PUBLISHERS["200 a day"]
    holidays = tuple(range(START + 20, START + 24))
    plain = learn(usual(random.Random(5), days), days, ())
    rested = learn(newsroom(200, holidays=holidays, on_holidays=0.05)(random.Random(5), days), days, ())
    assert plain and rested
    assert sum(rested.rates) == pytest.approx(sum(plain.rates), rel=0.03)


def test_hours_that_were_ours_are_no_habit() -> None:
    days = range(START, START + MOST_DAYS)
    came = PUBLISHERS["1 an hour"](random.Random(6), days)
    off = {hour for day in days for hour in range(day * DAY, day * DAY + 20) if day % 5 == 0}
    habit = learn(Counter({hour: n for hour, n in came.items() if hour not in off}), days, off)
    assert habit and sum(habit.rates) == pytest.approx(24 * 7, rel=0.1)
    assert habit.gaps.length(1e-6) < 25


@pytest.mark.parametrize(("days", "a_day"), [(LEAST_DAYS - 3, 10.0), (MOST_DAYS, 0.1)])
def test_a_source_of_which_little_is_known_has_no_habit(days: int, a_day: float) -> None:
    span = range(START, START + days)
    assert learn(newsroom(a_day)(random.Random(1), span), span, ()) is None


def test_the_law_of_gaps_is_that_by_which_they_were_drawn() -> None:
    chance = random.Random(8)
    for scale, shape in ((1.0, 1.0), (6.0, 1.0), (2.0, 0.6), (1.0, 1.8)):
        lengths = [chance.weibullvariate(scale, shape) for _ in range(800)]
        law = learn_gaps([Run(length // 0.5 * 0.5, 0.5) for length in lengths])
        assert law.scale == pytest.approx(scale, rel=0.3) and law.shape == pytest.approx(shape, rel=0.2)


def test_one_outage_is_no_habit() -> None:
    chance = random.Random(9)
    runs = [Run(chance.expovariate(1), 0.5) for _ in range(60)]
    usual, once = (learn_gaps(given).length(1e-6) for given in (runs, [*runs, Run(60.0, 0.5)]))
    assert once == pytest.approx(usual, rel=0.25)


def test_nothing_is_believed_of_a_source_without_gaps() -> None:
    assert learn_gaps([]) == GapLaw(1.0, 1.0)
    assert learn_gaps([Run(0.0, 60.0)] * 1000).length(1e-6) == pytest.approx(14, rel=0.3)
