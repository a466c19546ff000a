"""Passing on: a flight passes each stage once, and whoever was superseded hears so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import zstandard

from wireroom.contracts import FetchedPage
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.topology import CONTRACT

queries = Queries("wireroom.ledger", "flights.sql")


class Captured(NamedTuple):
    """A job of a process flight and the page that was captured for it."""

    job_id: int
    run: int
    page: FetchedPage


class ToFetch(NamedTuple):
    """A job of a fetch flight."""

    job_id: int
    run: int
    url: str
    """Where it is: where its job says, or where a redirect led."""
    host: str
    source: str
    redirects: list[str] = []  # noqa: RUF012 - of a NamedTuple
    """The addresses that led there."""
    obeys: bool = True
    """Whether robots.txt is obeyed for it: it is for every source that nobody has said otherwise of."""


def start(connection: Connection, flight: int, stage: str, worker: str) -> bool:
    """Begin `stage` of the flight; False: it was superseded or has begun elsewhere, drop the message."""
    given = {"flight": flight, "stage": stage, "worker": worker}
    return connection.execute(queries.start, given).rowcount == 1


def touch(connection: Connection, flight: int, stage: str) -> bool:
    """Say that the flight makes progress; False: it was superseded."""
    return connection.execute(queries.touch, {"flight": flight, "stage": stage}).rowcount == 1


def hand_over(connection: Connection, flight: int, stage: str, next_stage: str, epoch: str) -> bool:
    """Queue the flight for its next stage, before the publish; False: it was superseded, publish nothing."""
    given = {"flight": flight, "stage": stage, "next": next_stage, "epoch": epoch}
    return connection.execute(queries.hand_over, given).rowcount == 1


def land(connection: Connection, flights: Iterable[int]) -> None:
    """End those of the flights in which nobody is left; in the transaction in which somebody left them."""
    if given := sorted(flights):
        connection.execute(queries.lock_flights, {"flights": given})
        connection.execute(queries.land, {"flights": given})


def wait_since(connection: Connection, stage: str, seconds: float) -> bool:
    """Whether a flight that this code can read has waited for `stage` for more than so many seconds."""
    given = {"stage": stage, "contract": CONTRACT, "seconds": seconds}
    return connection.execute(queries.wait_since, given).fetchone() is not None


def captured_pages(connection: Connection, flight: int) -> list[Captured]:
    """The pages of a process flight, by one query."""
    cursor = connection.cursor(binary=True)
    return [_captured(row) for row in cursor.execute(queries.pages_of, {"flight": flight})]


def pages_to_fetch(connection: Connection, flight: int) -> list[ToFetch]:
    """What a fetch flight is to fetch."""
    return [ToFetch(*row) for row in connection.execute(queries.requests_of, {"flight": flight})]


def _captured(row: tuple[Any, ...]) -> Captured:
    job_id, run, *page = row
    return Captured(job_id, run, page_of(*page))


def page_of(
    source: str, offered: str | None, url: str | None, requested: str | None, status: int | None, content_type: str,
    headers: dict[str, str], fetched_at: datetime, body: bytes,
) -> FetchedPage:  # fmt: skip
    """A capture, with what its job says, as parse gets it."""
    return FetchedPage(
        body=zstandard.ZstdDecompressor().decompress(body),
        content_type=content_type,
        url=url or offered,
        requested_url=requested,
        status=status,
        headers=headers,
        fetched_at=_iso(fetched_at),
        source=source,
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
