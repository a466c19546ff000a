"""The morgue of a newsroom: articles that an older parser than ours has read, and the pages that were kept of them."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import replace

from newsroom.storing import Newsdesk
from wireroom.contracts import EnrichedArticle, Enrichments, encode
from wireroom.database import Connection
from wireroom.ledger import flights
from wireroom.ledger.accept import compress
from wireroom.ledger.retention import expire_captures
from wireroom.parse.stage import parse
from wireroom.records import article
from wireroom.store.stage import store
from wireroom.topology import Enriched

OLDER = "text/0"
SLOW = b"<html><head><title>A pier is open</title></head><body><p>" + b"<span>x y. </span>" * 500_000
"""A page that takes half a second to parse, where others take milliseconds."""
FIRST_COPY = 1_000_001
MADE_BY = (
    "SELECT job_id FROM versions JOIN articles ON articles.id = article_id AND current = number WHERE articles.id = %s"
)
COPY = f"""
WITH ids AS (SELECT generate_series({FIRST_COPY}, {FIRST_COPY} - 1 + %(number)s) AS n),
made AS (SELECT * FROM versions WHERE article_id = %(article)s),
page AS (SELECT captures.* FROM captures JOIN made ON made.capture_id = captures.id),
accepted AS (INSERT INTO jobs (id, producer, source, lane) SELECT n, 'test', 'copies', 'live' FROM ids),
captured AS (
    INSERT INTO captures (id, job_id, content_type, digest, bytes, body)
    SELECT n, n, content_type, digest, bytes, body FROM ids, page
), named AS (
    INSERT INTO articles (id, source) SELECT n, 'copies' FROM ids
), stored AS (
    INSERT INTO versions (article_id, number, job_id, why, capture_day, capture_id, capture_digest, captured_at,
        text_hash, record_hash, title, parsed, enrichments)
    SELECT n, 1, n, 'first', capture_day, n, capture_digest, captured_at, text_hash, record_hash, title, parsed,
        enrichments FROM ids, made
)
INSERT INTO outcomes (job_id, outcome, article_id, version, run, capture_day, capture_id)
SELECT n, 'stored', n, 1, 1, capture_day, n FROM ids, made
""".encode()


def age(db: Connection, article_id: int, **fields: Any) -> None:
    """From now on the current version is what an older parser has made of its page: it read these fields."""
    found = article(db, article_id)
    assert found is not None
    db.execute(
        "UPDATE versions SET parsed = %s, record_hash = '\\x00' WHERE article_id = %s AND number = %s",
        [encode(replace(found.parsed, **{"parser": OLDER} | fields)).decode(), article_id, found.version.number],
    )


class Morgue(Newsdesk):
    """Parses and stores as the line does."""

    def keep(self, text: str, url: str | None = None, **fields: Any) -> int:
        """Store an article and its page, which came inline; the article's id."""
        job = self.captured(url, body=text, **fields)
        (captured,) = flights.captured_pages(self.db, self.flight(stage="store"))
        made = EnrichedArticle(parsed=parse(captured.page), enrichments=Enrichments())
        (end,) = store(self.db, [Enriched(job_id=job, run=1, article=made, stages={})]).ends
        assert end.article_id is not None
        return end.article_id

    def misread(self, text: str, title: str, **fields: Any) -> int:
        """One of which the older parser has read another title."""
        id_ = self.keep(text, **fields)
        age(self.db, id_, title=title)
        return id_

    def copies(self, article_id: int, number: int) -> None:
        """So many more articles of the same page, each of a job and a capture of its own."""
        self.db.execute(COPY, {"article": article_id, "number": number})

    def expire(self, article_id: int) -> None:
        """The page of the current version was of a day that is no longer kept."""
        given = [article_id]
        for table, column in (("versions", "capture_day"), ("captures", "day")):
            self.db.execute(f"UPDATE {table} SET {column} = '2025-01-01' WHERE job_id = ({MADE_BY})".encode(), given)
        expire_captures(self.db, date(2025, 2, 1))

    def repage(self, article_id: int, body: bytes) -> None:
        """The page of the current version was this one."""
        statement = f"UPDATE captures SET body = %s, content_type = '' WHERE job_id = ({MADE_BY})"
        self.db.execute(statement.encode(), [compress(body), article_id])
