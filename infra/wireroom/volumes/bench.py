"""The bench: all sources of one hour beside each other, so that each is judged with an eye to the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log
from typing import NamedTuple

from wireroom.volumes.habits import DAY, WEEK, Ends, Habit
from wireroom.volumes.verdicts import CHANCE, Feeds, Seen, State, Verdict, Window, judge
from wireroom.volumes.whole import Hour, Stretch, Whole, tide

QUIET = -log(CHANCE)
"""Where so many sources were expected and nobody was heard, that is told of the whole."""


class Source(NamedTuple):
    """A source, and what was said of it before."""

    name: str
    first: int
    last: int | None
    habit: Habit | None
    state: State
    since: int | None
    verdict: Verdict | None


class Recent(NamedTuple):
    """Hour -> what came, ended, and ended badly, in the last week."""

    came: Mapping[int, int] = {}
    ended: Mapping[int, int] = {}
    bad: Mapping[int, int] = {}


class Bench:
    """What is known at the beginning of `hour`; the hours in their order, those without `expected` not judged yet."""

    def __init__(
        self, hour: int, sources: Sequence[Source], recent: Mapping[str, Recent], feeds: Mapping[str, Feeds],
        hours: Sequence[Hour],
    ) -> None:  # fmt: skip
        self._hour = hour
        self._recent = recent
        self._feeds = feeds
        lively = [one for one in sources if one.habit and one.state not in ("silent", "paused")]
        flow = self._tide(lively, Whole(hours))
        self.hours = [self._judged(one, lively, flow) for one in hours if one.expected is None]
        """Those that are judged now."""
        judged = {one.hour: one for one in self.hours}
        self._whole = Whole([judged.get(one.hour, one) for one in hours])
        self.was_quiet = _is_quiet(Whole([one for one in hours if one.expected is not None]).quiet)

    @property
    def quiet(self) -> Stretch | None:
        """Since when nobody has been heard, where that is no chance."""
        return self._whole.quiet if _is_quiet(self._whole.quiet) else None

    def verdict(self, one: Source) -> tuple[Verdict, int]:
        """What is to be said of a source, and since when it is so."""
        found = judge(one.habit, self._seen(one))
        kept = one.since if found.state == one.state and one.since is not None else self._hour
        return found, found.since if found.since is not None else kept

    def _judged(self, one: Hour, lively: Sequence[Source], flow: float) -> Hour:
        missed = lively if one.watched and not one.sources else ()
        expected = sum((source.habit.chance(one.hour) for source in missed if source.habit), 0.0)
        return one._replace(expected=expected, tide=flow if one.hour >= self._hour - DAY else 1.0)

    def _tide(self, lively: Sequence[Source], whole: Whole) -> float:
        span, days = range(self._hour - DAY, self._hour), []
        for one in lively:
            assert one.habit
            came = sum(self._of(one).came.get(hour, 0) for hour in span)
            days.append((came, sum(one.habit.rate(hour) for hour in span if hour not in whole.off)))
        return tide(days)

    def _seen(self, one: Source) -> Seen:
        off, silence = (self._whole.off_for(one.habit) if one.habit else set()), 0.0
        if one.habit and one.last is not None:
            silence = self._whole.awaited(one.habit, range(one.last + 1, self._hour), off)
        windows = [self._window(one, hours, off) for hours in (DAY, WEEK)]
        days, age = (self._hour - one.first) // DAY, self._hour - (one.since or 0)
        return Seen(days, one.last, silence, windows, one.state, age, self._feeds.get(one.name, Feeds()))

    def _window(self, one: Source, hours: int, off: set[int]) -> Window:
        span = range(self._hour - hours, self._hour)
        came, ended, bad = (sum(of.get(hour, 0) for hour in span) for of in self._of(one))
        expected = self._whole.awaited(one.habit, span, off) if one.habit else 0.0
        return Window(hours, came, expected, Ends(ended, bad))

    def _of(self, one: Source) -> Recent:
        return self._recent.get(one.name, Recent())


def _is_quiet(stretch: Stretch) -> bool:
    return stretch.expected >= QUIET
