"""Replays: which articles are wanted, what each was made from, and the jobs that make them anew.

An article is replayed from the page of its current version, so that all that differs is the parser's doing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, LiteralString, NamedTuple

import msgspec
from psycopg import Cursor
from psycopg.rows import TupleRow

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import repair
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.flights import page_of

queries = Queries("wireroom.records", "replays.sql")

NAMED = 3
"""Most articles that a count names."""


class Wanted(NamedTuple):
    """Articles that fit everything given; all of them where nothing is."""

    article_ids: list[int] | None = None
    source: str | None = None
    parser: str | None = None
    """That made the current version, as `html/1`, with whatever rules; or as `html/1+news.example`, with that one."""
    since: datetime | None = None
    """Earliest capture of the current version."""
    until: datetime | None = None
    """The capture was before."""


class Count(NamedTuple):
    """How many articles, of how many of them the page has expired, and the first ones of these."""

    articles: int
    expired: int
    first_expired: list[int]


class Current(NamedTuple):
    """An article's current version, by the job that made it."""

    article_id: int
    job_id: int


class Made(NamedTuple):
    """What a version holds of parse, and the page that it was made from; None where that has expired."""

    record: ParsedArticle
    page: FetchedPage | None


class Step(NamedTuple):
    """What a transaction did: article -> its new job, and those passed over, each with a sentence why."""

    replayed: dict[int, int]
    passed: dict[int, str]


def count(connection: Connection, wanted: Wanted) -> Count:
    """How many are wanted now."""
    row = _execute(connection, queries.count, wanted._asdict() | {"named": NAMED}).fetchone()
    assert row is not None
    return Count(*row)


def sample(connection: Connection, wanted: Wanted, most: int) -> list[Current]:
    """At most so many of what is wanted and has its page, spread evenly; the same ones each time."""
    return [Current(*row) for row in _execute(connection, queries.sample, wanted._asdict() | {"most": most})]


def steps(connection: Connection, wanted: Wanted) -> Iterator[list[Current]]:
    """All that is wanted, at most `CHUNK` a step, by article."""
    given = wanted._asdict() | {"after": 0, "most": CHUNK}
    while rows := _execute(connection, queries.next_ones, given).fetchall():
        yield [Current(*row) for row in rows]
        given["after"] = rows[-1][0]


def unknown(connection: Connection, article_ids: Sequence[int]) -> set[int]:
    """Those that are no articles."""
    rows = connection.execute(queries.known, {"articles": list(article_ids)})
    return set(article_ids) - {id_ for (id_,) in rows}


def made_from(connection: Connection, one: Current) -> Made:
    """What the version was made from, and what of it."""
    row = connection.cursor(binary=True).execute(queries.made_from, {"job": one.job_id}).fetchone()
    assert row is not None
    parsed, captured, *page = row
    return Made(msgspec.json.decode(parsed, type=ParsedArticle), page_of(*page) if captured else None)


def replay(connection: Connection, chosen: Sequence[Current], producer: str) -> Step:
    """Accept a new job for each, in one transaction; what is no longer current or not at rest is passed over.

    Two may do it at once: each article is replayed once.
    """
    article = {one.job_id: one.article_id for one in chosen}
    with connection.transaction():
        connection.execute(queries.lock_replays)
        rows = connection.execute(queries.places, {"jobs": list(article)}).fetchall()
        why = {job: _why_not(article[job], is_current, place) for job, is_current, place in rows}
        made = repair.replay(connection, [job for job, reason in why.items() if reason is None], producer)
        crash_at(Point.REPLAY_WRITTEN)
    crash_at(Point.REPLAY_COMMITTED)
    passed = {article[job]: reason or expired(article[job]) for job, reason in why.items() if job not in made}
    return Step({article[old]: new for old, new in made.items()}, passed)


def _why_not(article: int, is_current: bool, place: str | None) -> str | None:
    if not is_current:
        return f"article {article} has a newer version by now"
    if place == "line":
        return f"article {article} is being replayed at this moment"
    return f"article {article} has a replay in quarantine: see `wireroom quarantine`" if place else None


def expired(article: int) -> str:
    """Why it cannot be replayed."""
    return f"the page of article {article} has expired: captures are kept WIREROOM_CAPTURE_DAYS"


def _execute(connection: Connection, statement: LiteralString, given: dict[str, Any]) -> Cursor[TupleRow]:
    """Choose from what is wanted.

    Planned for what is given: a plan for any filter would not use the index of the one that there is.
    """
    return connection.execute(f"WITH wanted AS ({queries.wanted}) {statement}", given, prepare=False)
