"""How long until the next poll of a source: by how often it publishes, by what it asks for, and by how it fails.

Nothing here asks a clock or Postgres. Seconds everywhere; `jitter` is 0 to 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

PART = 4.0
"""Polls for each new entry, as it comes on average."""
NEWEST = 20
"""Entries whose times tell how often a source publishes."""
FIRST = 900.0
"""Where nothing is known of it yet."""
QUICKENED, SLOWED = 0.5, 1.5
"""What a poll that found something, or nothing, makes of the pace where no times tell more."""
SILENT = 8.0
"""A silent source is polled so many times in the time of its silence, at least."""
BELIEVED = 3600.0
"""The longest ttl or max-age that is believed: many are set to a day by those who never thought of news."""
FIRST_FAILURE = 300.0
"""The least wait after a failure."""
MOST_DOUBLED = 16


@dataclass(frozen=True)
class Bounds:
    """The least and the most seconds between two polls."""

    fastest: float
    slowest: float

    def of(self, fastest: float | None, slowest: float | None) -> Bounds:
        """These, where a source has no others of its own."""
        least = self.fastest if fastest is None else fastest
        most = self.slowest if slowest is None else slowest
        return Bounds(min(least, most) if fastest is None else least, max(least, most) if slowest is None else most)

    def hold(self, seconds: float) -> float:
        """The nearest seconds within."""
        return min(max(seconds, self.fastest), self.slowest)


LOST = Bounds(FIRST, 86_400.0)
"""Of a source whose poll was lost: whoever finds it so knows no settings."""


@dataclass(frozen=True)
class Found:
    """What a poll found that could be read. `times` are those of the entries; `since` the seconds since the last read
    before, None where there was none; `missed` says that none of many entries was known."""

    now: datetime
    times: Sequence[datetime]
    new: int
    since: float | None = None
    missed: bool = False


def after_reading(found: Found, pace: float | None, bounds: Bounds) -> float:
    """The pace of a source whose entries were read."""
    seconds = _by_times(found.times, found.now)
    if seconds is None:
        seconds = _by_finds(found, pace)
    if found.missed:
        seconds = min(seconds, (pace or FIRST) * QUICKENED)
    return bounds.hold(seconds)


def after_silence(pace: float | None, silent: float | None, bounds: Bounds) -> float:
    """The pace of a source that has nothing new, and had none for `silent` seconds, if that is known."""
    pace = FIRST if pace is None else pace
    return bounds.hold(max(pace, min(pace * SLOWED, (silent or 0.0) / SILENT)))


def wait(pace: float, bounds: Bounds, asked: Sequence[float | None], jitter: float) -> float:
    """Seconds until the next poll; `asked` are the ttl and max-age that the source gives, where it does."""
    least = max((min(one, BELIEVED) for one in asked if one), default=0.0)
    return bounds.hold(bounds.hold(max(pace, least)) * (0.9 + 0.2 * jitter))


def wait_after_failure(
    pace: float | None, failures: int, bounds: Bounds, retry_after: float | None, jitter: float
) -> float:
    """Seconds until the next poll after so many failures in a row: doubled with each, up to the slowest, never for
    good. What the server asks for goes before."""
    doubled = max(pace or FIRST, FIRST_FAILURE) * float(2 ** min(failures - 1, MOST_DOUBLED))
    return max(bounds.hold(bounds.hold(doubled) * (0.9 + 0.2 * jitter)), (retry_after or 0.0) * (1 + 0.1 * jitter))


def _by_times(times: Sequence[datetime], now: datetime) -> float | None:
    """A part of the mean time between the newest entries, the silence since the last of them included."""
    # What is dated ahead says nothing of when it came.
    past = sorted((one for one in times if one <= now + timedelta(minutes=10)), reverse=True)[:NEWEST]
    if len(past) < 2 or past[0] == past[-1]:
        return None
    return max((now - past[-1]).total_seconds(), 0.0) / len(past) / PART


def _by_finds(found: Found, pace: float | None) -> float:
    if pace is None or found.since is None:
        return FIRST if pace is None else pace
    if not found.new:
        return pace * SLOWED
    # Half way, on the scale of doublings, to what this find alone would say.
    told = found.since / found.new / PART
    return max(math.sqrt(pace * told), pace * QUICKENED)
