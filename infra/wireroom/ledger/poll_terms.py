"""What a poll is told in: what it is to do, what it saw, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from wireroom.errors import Busy
from wireroom.ledger.offer import Offer
from wireroom.ledger.sources import Wanted


class ToPoll(NamedTuple):
    """The source of a flight, as it was when the flight was launched. Times are seconds ago."""

    id: int
    url: str
    ask: str
    """What is asked for: its address, or where its poll was led to."""
    led: bool
    host: str
    source: str
    kind: str | None
    lane: Literal["live", "backfill"]
    robots: bool
    fastest: float | None
    slowest: float | None
    hops: int
    for_good: bool
    failures: int
    pace: float | None
    etag: str | None
    last_modified: str | None
    digest: bytes | None
    changed: float | None
    read: float | None


class Shown(NamedTuple):
    """An entry that is new, or says something new: how it is known again, what it says, and its article as an offer."""

    hash: bytes
    digest: bytes
    offer: Offer
    changed: datetime | None = None
    """When the article was changed last, as the entry says; None: it does not."""

    def is_later_than(self, accepted: datetime) -> bool:
        """Whether a page that was fetched after `accepted` may not have what the entry says."""
        if self.changed is None:
            return not self.offer.fresh_seconds
        return min(self.changed, datetime.now(UTC)) > accepted


@dataclass(frozen=True)
class Tally:
    """What became of the entries that a poll saw."""

    known: int = 0
    accepted: int = 0
    sighted: int = 0
    refused: int = 0
    causes: tuple[str, ...] = ()
    """Why some were refused: a few."""
    unsettled: int = 0
    """How many of the sightings must be offered once more, though the list should be as it is."""

    @property
    def seen(self) -> int:
        """All of them."""
        return self.known + self.accepted + self.sighted + self.refused

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.known + other.known, self.accepted + other.accepted, self.sighted + other.sighted,
            self.refused + other.refused, (self.causes + other.causes)[:3], self.unsettled + other.unsettled,
        )  # fmt: skip


class Child(NamedTuple):
    """What a sitemap index or a page leads to: how it is known again, what is said of it, and how to poll it."""

    hash: bytes
    digest: bytes
    wanted: Wanted


@dataclass(frozen=True)
class End:
    """How a poll ended, and what follows: `wait` is how many seconds until the next one."""

    status: Literal["read", "unchanged", "failed"]
    seconds: float
    url: str
    wait: float
    pace: float | None = None
    http_status: int | None = None
    size: int = 0
    """Bytes of what was read."""
    cause: str | None = None
    kind: str | None = None
    title: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    digest: bytes | None = None
    lane: Literal["live", "backfill"] | None = None
    """In which it is from now on; None: as before."""
    changed: bool = False
    """Whether there was anything new."""
    moved_to: str | None = None
    """The address from which it is polled from now on."""


class Peace(NamedTuple):
    """How the host of a poll is left: for `delay` seconds (None: it was not asked); or it is `busy`, and is left for as
    long as it asks, or for `seconds` that double with each time in a row."""

    delay: float | None = None
    answered: bool = False
    busy: Busy | None = None
    seconds: float = 0.0


class Ended(NamedTuple):
    """What a poll's end came to."""

    tally: Tally
    found: int
    """Sources that are new by it."""
    cause: str | None


UNASKED = Peace()
"""Of a host that was not asked."""
