"""Verdicts: whether what comes from a source, and what becomes of it, is as it used to be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import exp, lgamma, log, sqrt
from statistics import median
from typing import Literal, NamedTuple

import msgspec

from wireroom.drift.chance import chance_of_share
from wireroom.drift.measures import Tally
from wireroom.volumes.habits import DAY, LEAST_DAYS, Ends, Habit

State = Literal["silent", "failing", "low", "paused", "learning", "ok"]
UNWELL: tuple[State, ...] = ("silent", "failing", "low")
STATES: tuple[State, ...] = (*UNWELL, "paused", "learning", "ok")
"""The worst first."""

CHANCE = 1e-6
"""What is likelier than this, by the source's own habit, is not told: it is asked anew every hour."""
LOW_CHANCE = 1e-4
"""Likewise of windows, which have most hours in common with those before."""
STAYS = 1e-2
"""A source that was failing is so until that is likelier than this."""
LEAST_LACK = 0.5
"""A source is low where less than this part of what was expected came."""
ENOUGH = 0.75
"""It is so until this part comes."""
_LATE = 0.01
"""What comes after a gap with this chance is only late: it does not count as missing."""
LEAST_RISE = 0.2
"""A source is failing where by so much more of its articles end badly."""
LEAST_ENDS = 10
_FREAKS = 0.1
"""The worst days, at least one, are not the usual: what begins one day is not learned the next."""
_SIGMAS = 2.33
"""One in a hundred is below, and one above."""


class Window(NamedTuple):
    """The last hours: what came, what was expected of them, and how articles ended."""

    hours: int
    came: int
    expected: float
    ends: Ends


class Feeds(NamedTuple):
    """The feeds of a source; `since` and `cause` are those of the one that fails longest."""

    known: int = 0
    paused: int = 0
    failing: int = 0
    since: int | None = None
    cause: str | None = None


class Seen(NamedTuple):
    """What is known of a source at the end of an hour."""

    days: int
    """Since it is known."""
    last: int | None
    """The last hour in which anything came."""
    silence: float
    """Articles expected since then."""
    windows: Sequence[Window]
    """The shortest first."""
    before: State
    """What was said of it before."""
    age: int
    """For how many hours."""
    feeds: Feeds = Feeds()


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state, and the numbers that it is told by: of the last `hours`, unless it is silent."""

    state: State
    days: int
    hours: int = DAY
    came: int = 0
    expected: float = 0.0
    least: int = 0
    most: int = 0
    """Of what is expected, by chance, in 98 of 100 cases."""
    ends: Ends = Ends()
    usual: float = 0.0
    """The part that used to end badly."""
    failing: int = 0
    feeds: int = 0
    cause: str | None = None
    since: int | None = None
    """The hour in which it began, where that is known."""

    @property
    def sentence(self) -> str:
        """What a person is told."""
        return _SENTENCES[self.state](self)


def judge(habit: Habit | None, seen: Seen) -> Verdict:
    """What is to be said of a source now."""
    feeds = seen.feeds
    if feeds.known and feeds.paused == feeds.known:
        return Verdict("paused", seen.days, feeds=feeds.known)
    if habit is None:
        newest = seen.windows[-1]
        return _unread(seen) or Verdict("learning", seen.days, newest.hours, newest.came)
    silent, failing = _silent(habit, seen), _failing(habit, seen) or _unread(seen)
    return silent or failing or _low(habit, seen) or _volume("ok", seen.windows[0], habit.scatter, seen)


def _silent(habit: Habit, seen: Seen) -> Verdict | None:
    """Of one that is low, so much less is expected; unless nothing comes at all."""
    week = seen.windows[-1]
    level = week.came / week.expected if seen.before == "low" and week.came else 1.0
    if seen.last is None or habit.gaps.chance(seen.silence * level) >= CHANCE:
        return None
    return Verdict("silent", seen.days, expected=seen.silence, since=seen.last + 1)


def _failing(habit: Habit, seen: Seen) -> Verdict | None:
    days = sorted((Tally(of=day.all, sum=day.bad) for day in habit.ends if day.all), key=lambda day: day.mean)
    past = days[: len(days) - max(1, int(_FREAKS * len(days)))]
    for window in seen.windows if len(past) > 1 else ():
        ends = window.ends
        share = median(tally.mean for tally in past)
        if ends.all < LEAST_ENDS or ends.bad / ends.all - share < LEAST_RISE:
            continue
        limit = STAYS if seen.before == "failing" else CHANCE
        if chance_of_share(past, Tally(of=ends.all, sum=ends.bad)) < limit:
            return Verdict("failing", seen.days, window.hours, ends=ends, usual=share)
    return None


def _unread(seen: Seen) -> Verdict | None:
    feeds = seen.feeds
    if not feeds.failing:
        return None
    return Verdict(
        "failing", seen.days, failing=feeds.failing, feeds=feeds.known, cause=feeds.cause, since=feeds.since
    )  # fmt: skip


def _low(habit: Habit, seen: Seen) -> Verdict | None:
    """Of one that has only just been heard again it is not told: a day would be low for its silence alone."""
    is_low = seen.before == "low"
    part = ENOUGH if is_low else LEAST_LACK
    for window in seen.windows if is_low or (seen.before == "ok" and seen.age >= DAY) else ():
        came = window.came + int(habit.gaps.length(_LATE))
        if came >= part * window.expected:
            continue
        scatter = habit.scatter if window.hours == DAY else habit.weekly
        if is_low or chance_of_few(came, window.expected, scatter) < LOW_CHANCE:
            return _volume("low", window, scatter, seen)
    return None


def _volume(state: State, window: Window, scatter: float, seen: Seen) -> Verdict:
    width = _SIGMAS * sqrt(scatter * window.expected)
    least, most = max(0, int(window.expected - width)), int(window.expected + width) + 1
    return Verdict(state, seen.days, window.hours, window.came, window.expected, least, most)


def chance_of_few(number: int, expected: float, scatter: float) -> float:
    """The chance of at most so many articles where they vary `scatter` times as much as by lot: negative binomial."""
    if expected <= 0:
        return 1.0
    more = max(scatter, 1.001) - 1
    size = expected / more
    total, here = 0.0, _log_chance(number, size, more)
    for n in range(number, -1, -1):
        part = exp(here)
        total += part
        if part < total * 1e-9:
            break
        # From one number to the one below.
        here += log(max(n, 1)) - log(n - 1 + size) - log(more / (1 + more)) if n else 0.0
    return min(1.0, total)


def _log_chance(number: int, size: float, more: float) -> float:
    whole = lgamma(number + size) - lgamma(size) - lgamma(number + 1)
    return whole - size * log(1 + more) + number * log(more / (1 + more))


def moment(hour: int) -> datetime:
    """The beginning of an hour."""
    return datetime.fromtimestamp(hour * 3600, UTC)


def _told_silence(one: Verdict) -> str:
    assert one.since is not None
    return f"nothing came since {moment(one.since):%Y-%m-%d %H:%M}Z; expected: {one.expected:,.1f}"


def _told_failing(one: Verdict) -> str:
    if one.failing:
        return f"{one.failing} of {one.feeds} feeds cannot be read: {one.cause}"
    share = f"{100 * one.ends.bad / one.ends.all:.0f} % ended badly"
    return f"{share} in {one.hours} hours ({one.ends.bad:,} of {one.ends.all:,}); usual: {100 * one.usual:.0f} %"


def _told_volume(one: Verdict) -> str:
    return f"{one.came:,} came in {one.hours} hours; expected: {one.expected:,.1f} (from {one.least:,} to {one.most:,})"


def _told_learning(one: Verdict) -> str:
    what = "learning" if one.days < LEAST_DAYS else "too few articles to expect any"
    return f"{what}, {one.days} days; {one.came:,} came in {one.hours // DAY}"


_SENTENCES: dict[State, Callable[[Verdict], str]] = {
    "silent": _told_silence,
    "failing": _told_failing,
    "low": _told_volume,
    "paused": lambda one: "all its feeds are paused" if one.feeds > 1 else "its feed is paused",
    "learning": _told_learning,
    "ok": _told_volume,
}
