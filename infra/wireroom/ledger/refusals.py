"""Refusals: what was pushed onto the intake list and could not be accepted; kept, for nobody hears an answer there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.ends import clean
from wireroom.ledger.offer import MAX_NAME, Refused

queries = Queries("wireroom.ledger", "refusals.sql")

HEAD = 500
"""Most characters kept of what was pushed, and of why it was refused."""


class Item(NamedTuple):
    """What a refusal keeps of something pushed: its size, its beginning, and whose it was where that could be read."""

    bytes: int
    head: str
    producer: str | None = None
    key: str | None = None


class Refusal(NamedTuple):
    """A refusal as it is kept; `head` is the beginning of what was pushed, as text."""

    refused_at: datetime
    reason: str
    field: str | None
    cause: str
    producer: str | None
    key: str | None
    bytes: int
    head: str


def keep(connection: Connection, refused: Iterable[tuple[Item, Refused]]) -> None:
    """Write refusals, whatever characters are in them."""
    rows = [
        {
            "reason": why.reason, "field": _text(why.field, MAX_NAME), "cause": _text(why.cause),
            "producer": _text(item.producer, MAX_NAME), "key": _text(item.key, MAX_NAME),
            "bytes": item.bytes, "head": _text(item.head) or "",
        }
        for item, why in refused
    ]  # fmt: skip
    connection.cursor().executemany(queries.insert_refusal, rows)


def newest(connection: Connection, limit: int) -> list[Refusal]:
    """The newest first."""
    return [Refusal(*row) for row in connection.execute(queries.newest, {"limit": limit})]


def _text(text: str | None, most: int = HEAD) -> str | None:
    """`text` as Postgres can keep it; None where there is none."""
    return clean(text[:most]) if text else None
