"""What is said of a source, and how."""

from __future__ import annotations

from math import comb

import pytest

from wireroom.volumes.gaps import GapLaw
from wireroom.volumes.habits import DAY, WEEK, Ends, Habit, hour_of_week
from wireroom.volumes.verdicts import Feeds, Seen, State, Verdict, Window, chance_of_few, judge, moment

HOUR = 480_000
USUAL, NO_FEEDS = Ends(24, 2), Feeds()
STEADY = Habit(56, [1.0] * WEEK, 1.0, 1.0, GapLaw(), [USUAL] * 56)


def seen(
    *, silence: float = 0.0, day: int = 24, week: int = 168, ends: Ends = USUAL, before: State = "ok",
    age: int = 1000, feeds: Feeds = NO_FEEDS,
) -> Seen:  # fmt: skip
    windows = [Window(DAY, day, 24.0, ends), Window(WEEK, week, 168.0, Ends(7 * ends.all, 7 * ends.bad))]
    return Seen(80, HOUR, silence, windows, before, age, feeds)


def state(**given: object) -> State:
    return judge(STEADY, seen(**given)).state  # type: ignore[arg-type]


def test_the_week_begins_on_monday() -> None:
    assert moment(HOUR - hour_of_week(HOUR)).strftime("%A %H:%M") == "Monday 00:00"


def test_all_as_ever_is_told_with_what_was_expected() -> None:
    told = judge(STEADY, seen())
    assert (told.state, told.sentence) == ("ok", "24 came in 24 hours; expected: 24.0 (from 12 to 36)")


def test_a_silence_is_one_by_the_sources_own_habit() -> None:
    assert (state(silence=13.8), state(silence=13.9)) == ("ok", "silent")
    batches = Habit(56, STEADY.rates, 4.0, 4.0, GapLaw(4.0, 1.0))
    assert judge(batches, seen(silence=50)).state == "ok"


def test_a_source_that_is_low_is_silent_by_what_it_brings_now() -> None:
    assert state(silence=20, before="low", week=42, day=6) == "low"
    assert state(silence=20, before="low", week=0, day=0) == "silent"


def test_low_is_what_is_far_below_the_band_and_stays_so_until_most_comes_again() -> None:
    assert (state(day=5), state(day=1, week=150)) == ("ok", "low"), "what is only late may still come"
    assert (state(week=60), state(week=90)) == ("low", "ok")
    assert (state(week=110, before="low"), state(week=130, before="low")) == ("low", "ok")


def test_who_was_heard_again_just_now_is_not_low_for_its_silence() -> None:
    assert state(day=1, week=100, before="silent") == state(day=1, week=100, age=DAY - 1) == "ok"


def test_failing_is_a_risen_share_of_bad_ends() -> None:
    told = judge(STEADY, seen(ends=Ends(24, 15)))
    assert (told.state, told.sentence) == ("failing", "62 % ended badly in 24 hours (15 of 24); usual: 8 %")
    assert state(ends=Ends(24, 6)) == "ok"
    assert state(ends=Ends(9, 7)) == "failing", "too few in a day are enough in a week"
    used = Habit(56, STEADY.rates, 1.0, 1.0, GapLaw(), [Ends(24, 15)] * 56)
    assert judge(used, seen(ends=Ends(24, 15))).state == "ok"
    assert judge(Habit(56, STEADY.rates, 1.0, 1.0), seen(ends=Ends(24, 24))).state == "ok", "no history, no verdict"


def test_a_feed_that_cannot_be_read_fails_its_source_known_or_not() -> None:
    feeds = Feeds(3, 1, 1, HOUR - 50, "404 not found")
    told = judge(STEADY, seen(feeds=feeds))
    assert (told.state, told.since) == ("failing", HOUR - 50)
    assert told.sentence == "1 of 3 feeds cannot be read: 404 not found"
    assert judge(None, seen(feeds=feeds)).state == "failing"


def test_silence_is_worse_than_failing_and_failing_than_low() -> None:
    bad = Ends(24, 20)
    assert state(silence=100, ends=bad, day=0, week=60) == "silent"
    assert state(ends=bad, day=0, week=60) == "failing"


@pytest.mark.parametrize(("feeds", "sentence"), [(1, "its feed is paused"), (2, "all its feeds are paused")])
def test_who_is_not_polled_on_purpose_is_not_judged(feeds: int, sentence: str) -> None:
    told = judge(STEADY, seen(silence=100, feeds=Feeds(feeds, feeds)))
    assert (told.state, told.sentence) == ("paused", sentence)


def test_who_is_not_known_long_enough_is_learned() -> None:
    young = judge(None, seen(silence=100, week=5)._replace(days=9))
    assert (young.state, young.sentence) == ("learning", "learning, 9 days; 5 came in 7")
    assert judge(None, seen(week=1)).sentence == "too few articles to expect any, 80 days; 1 came in 7"


@pytest.mark.parametrize(("number", "expected", "scatter"), [(0, 3.0, 2.0), (5, 12.0, 1.5), (30, 40.0, 4.0)])
def test_the_chance_of_few_is_that_of_the_negative_binomial(number: int, expected: float, scatter: float) -> None:
    # With whole sizes: how many failures come before so many successes.
    size = round(expected / (scatter - 1))
    chance = 1 / scatter
    plain = sum(comb(n + size - 1, n) * chance**size * (1 - chance) ** n for n in range(number + 1))
    assert chance_of_few(number, size * (scatter - 1), scatter) == pytest.approx(plain, rel=1e-6)


def test_the_chance_of_few_where_nothing_is_expected_is_one() -> None:
    assert chance_of_few(0, 0.0, 1.0) == chance_of_few(3, 0.0, 2.0) == 1.0


def test_a_verdict_without_a_beginning_has_none() -> None:
    assert Verdict("ok", 80).since is None
