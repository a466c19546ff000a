"""A source is polled as often as it publishes, within its bounds, and never given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireroom.ledger.pace import (
    BELIEVED,
    FIRST,
    Bounds,
    Found,
    after_reading,
    after_silence,
    wait,
    wait_after_failure,
)  # fmt: skip

NOW = datetime(2026, 5, 2, 10, tzinfo=UTC)
BOUNDS = Bounds(60, 86_400)
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def every(seconds: float, number: int = 30, last: float = 0.0) -> list[datetime]:
    """Times of entries that came so often, the last one so many seconds ago."""
    return [NOW - timedelta(seconds=last + n * seconds) for n in range(number)]


def read(times: list[datetime], new: int = 1, **more: float) -> Found:
    return Found(NOW, times, new, since=more.get("since"), missed=bool(more.get("missed")))


@pytest.mark.parametrize(
    ("often", "least", "most"),
    [
        (2 * MINUTE, 60, 60), (30 * MINUTE, 6 * MINUTE, 8 * MINUTE), (2 * HOUR, 25 * MINUTE, 32 * MINUTE),
        (30 * DAY, DAY, DAY),
    ],
)  # fmt: skip
def test_the_times_of_its_entries_tell_how_often_a_source_is_polled(often: float, least: float, most: float) -> None:
    assert least <= after_reading(read(every(often)), None, BOUNDS) <= most


def test_a_silence_that_goes_on_slows_a_source_down() -> None:
    paces = [after_reading(read(every(HOUR, last=silent)), None, BOUNDS) for silent in (0, DAY, 365 * DAY)]
    assert paces == sorted(paces) and paces[0] < paces[-1] == DAY


def test_times_ahead_of_now_and_times_that_are_all_one_say_nothing() -> None:
    ahead = [NOW + timedelta(days=n) for n in range(1, 5)]
    assert after_reading(read([*ahead, NOW, NOW]), None, BOUNDS) == FIRST


def test_without_times_what_polls_find_tells_it() -> None:
    quick = after_reading(read([], new=10, since=FIRST), FIRST, BOUNDS)
    slow = after_reading(read([], new=0, since=FIRST), FIRST, BOUNDS)
    assert quick == FIRST / 2 and slow == FIRST * 1.5
    pace = FIRST
    for _ in range(20):
        pace = after_reading(read([], new=1, since=pace), pace, BOUNDS)
    assert pace == BOUNDS.fastest


def test_where_entries_may_have_been_missed_it_is_polled_twice_as_often() -> None:
    times = every(DAY)
    assert after_reading(read(times, new=30, missed=True), 1000, BOUNDS) == 500


def test_a_source_without_news_slows_down_but_not_over_night_to_a_day() -> None:
    pace, silent = 5 * MINUTE, 0.0
    while silent < 8 * HOUR:
        silent += pace
        pace = after_silence(pace, silent, BOUNDS)
    assert 45 * MINUTE < pace < 1.2 * HOUR


def test_what_a_source_asks_for_is_heeded_but_not_for_a_day() -> None:
    assert wait(300, BOUNDS, [None, None], 0.5) == 300
    assert wait(300, BOUNDS, [1800, 600], 0.5) == 1800
    assert wait(300, BOUNDS, [DAY, None], 0.5) == BELIEVED


def test_failures_slow_it_down_to_the_slowest_and_no_further() -> None:
    waits = [wait_after_failure(300, failures, BOUNDS, None, 0.5) for failures in range(1, 40)]
    assert waits[:3] == [300, 600, 1200] and waits == sorted(waits) and waits[-1] == DAY


def test_what_the_server_asks_for_after_a_failure_goes_before() -> None:
    assert wait_after_failure(300, 1, BOUNDS, 7200, 0.0) == 7200
    assert wait_after_failure(300, 1, Bounds(60, 600), 7200, 0.0) == 7200


def test_a_source_may_have_bounds_of_its_own() -> None:
    assert BOUNDS.of(None, None) == BOUNDS
    assert BOUNDS.of(600, 600) == Bounds(600, 600)
    assert BOUNDS.of(None, 30) == Bounds(30, 30)
    assert Bounds(60, 3600).of(7200, None) == Bounds(7200, 7200)


@given(
    pace=st.none() | st.floats(1, 1e6), failures=st.integers(1, 10_000), jitter=st.floats(0, 1),
    asked=st.none() | st.floats(0, 1e9), fastest=st.floats(1, DAY),
)  # fmt: skip
def test_no_wait_is_out_of_bounds(
    pace: float | None, failures: int, jitter: float, asked: float | None, fastest: float
) -> None:
    bounds = Bounds(fastest, DAY)
    assert fastest <= wait_after_failure(pace, failures, bounds, None, jitter) <= DAY
    assert fastest <= wait(pace or FIRST, bounds, [asked], jitter) <= DAY
