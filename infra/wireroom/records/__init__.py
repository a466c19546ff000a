"""The stored records, as they are read: by the API, the command line and the demonstration."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from wireroom.contracts import Enrichments, ParsedArticle
from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.records")

SHOWN = 50
"""Most sightings of an article that are shown with it."""


class Version(NamedTuple):
    """One version of an article: which job made it, and why."""

    number: int
    job_id: int
    why: Literal["first", "publisher", "reparse"]
    captured_at: datetime
    stored_at: datetime


class StoredArticle(NamedTuple):
    """A version of an article with all that is known of it."""

    article_id: int
    source: str
    url: str | None
    current: int
    version: Version
    parsed: ParsedArticle
    enrichments: Enrichments
    external_id: str | None
    meta: dict[str, object]


class Sighting(NamedTuple):
    """Somebody offered the article: at which address, and what they said of it."""

    at: datetime
    job_id: int
    producer: str
    source: str
    url: str | None
    meta: dict[str, object]


class Seen(NamedTuple):
    """How often an article was offered, and the newest of these."""

    times: int
    newest: list[Sighting]


def article(connection: Connection, article_id: int, number: int | None = None) -> StoredArticle | None:
    """The article's current version, or that with `number`; None if there is none."""
    row = connection.execute(queries.article, {"article": article_id, "number": number}).fetchone()
    if row is None:
        return None
    id_, source, url, current, external_id, meta, parsed, enrichments, *version = row
    return StoredArticle(
        id_, source, url, current, Version(*version),
        msgspec.json.decode(parsed, type=ParsedArticle), msgspec.json.decode(enrichments, type=Enrichments),
        external_id, meta,
    )  # fmt: skip


def versions(connection: Connection, article_id: int) -> list[Version]:
    """Every version of the article, the first one first."""
    return [Version(*row) for row in connection.execute(queries.versions, {"article": article_id})]


def seen(connection: Connection, article_id: int, most: int = SHOWN) -> Seen:
    """Where the article was seen: every offer that ended as it, and who else offered the same meanwhile."""
    rows = connection.execute(queries.seen, {"article": article_id, "most": most}).fetchall()
    return Seen(rows[0][-1] if rows else 0, [Sighting(*row[:-1]) for row in rows])
