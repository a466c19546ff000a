"""The usual Celery chain as its first steps show it: a task an article and stage, captures by reference.

JSON, Redis as broker and as result backend, acknowledged early, prefetch 4. It keeps no ledger: a page, and its story
by an upsert. Without `CHAIN_BACKEND` it keeps no results either.
"""

from __future__ import annotations

import os
from functools import cache
from hashlib import blake2b
from typing import Any

import msgspec
import psycopg
import zstandard
from celery import Celery, chain

from benchmarks.enrichers import enrichers
from wireroom.contracts import EnrichedArticle, FetchedPage, ParsedArticle, encode
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.enrich import stage as enriching
from wireroom.errors import Unusable
from wireroom.parse import stage as parsing
from wireroom.settings import settings
from wireroom.store.stage import point

queries = Queries("benchmarks", "chain.sql")
BACKEND = "CHAIN_BACKEND"
HOPS = 4

app = Celery("chain", broker=settings().redis_url, backend=os.environ.get(BACKEND))


@cache
def db() -> Connection:
    """The connection of this process."""
    return psycopg.connect(settings().database_url, autocommit=True)


@app.task
def parse(page_id: int) -> dict[str, Any]:
    """The article on a page; the reason where there is none."""
    row = db().cursor(binary=True).execute(queries.page, {"id": page_id}).fetchone()
    assert row is not None
    url, content_type, body = row
    page = FetchedPage(body=zstandard.ZstdDecompressor().decompress(body), content_type=content_type, url=url)
    try:
        return {"id": page_id, "url": url, "article": msgspec.to_builtins(parsing.parse(page))}
    except Unusable as error:
        return {"id": page_id, "refused": error.reason}


@app.task
def enrich(given: dict[str, Any]) -> dict[str, Any]:
    """The article with what the enrichers found."""
    if "article" not in given:
        return given
    article = msgspec.convert(given["article"], ParsedArticle)
    return given | {"article": msgspec.to_builtins(enriching.enrich(article, enrichers()))}


@app.task
def store(given: dict[str, Any]) -> int:
    """Its story, in a transaction of its own; the page's id."""
    page_id: int = given["id"]
    if "article" not in given:
        db().execute(queries.refuse, {"id": page_id, "reason": given["refused"]})
        return page_id
    article = msgspec.convert(given["article"], EnrichedArticle)
    found = article.enrichments
    db().execute(
        queries.store,
        {
            "id": page_id, "identity": _identity(given["url"] or article.parsed.text), "title": article.parsed.title,
            "published_at": point(found.published), "language": found.language.code if found.language else None,
            "parsed": encode(article.parsed).decode(), "enrichments": encode(found).decode(),
        },
    )  # fmt: skip
    return page_id


@app.task
def hop(number: int) -> int:
    """Do nothing."""
    return number + 1


def no_op() -> None:
    """Send a chain that does nothing through its hops, and wait for its result."""
    assert chain(hop.s(0), *(hop.s() for _ in range(HOPS - 1))).delay().get(timeout=60) == HOPS


def _identity(text: str) -> bytes:
    return blake2b(text.encode(errors="replace"), digest_size=16).digest()
