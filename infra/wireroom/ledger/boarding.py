"""Boarding: of what is ready, what flies now, and with whom. Nothing here asks Postgres."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from wireroom.ledger.life import flies_alone


class Ready(NamedTuple):
    """A claimed job."""

    job_id: int
    ticket: int
    bytes: int
    losses: int
    host: str | None


@dataclass(frozen=True)
class Bounds:
    """What may be in flight: articles and raw bytes in the leg and in a flight, pages of one host in a flight.

    While the process leg is busy, a flight waits `patience` seconds to be full.
    """

    in_flight: int
    bytes_in_flight: int = 16_000_000
    articles: int = 32
    bytes: int = 2_000_000
    pages: int = 10
    patience: float = 0.0

    @property
    def full(self) -> tuple[int, int]:
        """Articles or bytes of a flight that is worth a message of its own on a busy line."""
        return min(self.articles, -(-self.in_flight // 4)), min(self.bytes, -(-self.bytes_in_flight // 4))


def choose(
    found: Iterable[Ready], busy: set[str], room: int, pages: int, asked: Counter[str | None],
    slow: Mapping[str | None, int],
) -> tuple[list[Ready], list[Ready]]:  # fmt: skip
    """In ticket order: what goes (at most `room`, and `pages` of one host, or of a `slow` one those that it takes), and
    what must wait for its host.

    A page that was lost before is the only one of its host, so that it can fly alone. `asked` counts the pages that go.
    """
    going: list[Ready] = []
    parked: list[Ready] = []
    for ready in found:
        if len(going) == room:
            break
        alone, most = flies_alone(ready.losses), slow.get(ready.host, pages)
        free = ready.host not in busy and asked[ready.host] < (1 if alone else most)
        asked[ready.host] += free * (most if alone else 1)
        (going if free else parked).append(ready)
    return going, parked


def form_flights(claimed: Iterable[Ready], bounds: Bounds) -> list[list[Ready]]:
    """Jobs in flights, within the bounds of a flight; who was lost before flies alone, pages of one host together."""
    flights: list[list[Ready]] = []
    room_articles = room_bytes = 0
    # Stable: without hosts the order of tickets remains.
    for host, group in groupby(sorted(claimed, key=lambda ready: ready.host or ""), key=lambda ready: ready.host):
        pages = list(group)
        if host is not None and len(pages) > room_articles:
            room_articles = 0
        for ready in pages:
            alone = flies_alone(ready.losses)
            if alone or room_articles < 1 or room_bytes < ready.bytes:
                flights.append([])
                room_articles, room_bytes = bounds.articles, bounds.bytes
            flights[-1].append(ready)
            room_articles, room_bytes = (0, 0) if alone else (room_articles - 1, room_bytes - ready.bytes)
    return flights
