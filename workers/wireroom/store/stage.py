"""The store stage: each article once, each change a version that says why, each end in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, NamedTuple

import msgspec
import psycopg

from wireroom.contracts import OF_THE_PARSER, Enrichments, Moment, ParsedArticle, encode
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import ends
from wireroom.ledger.ends import End, Failed, Fenced
from wireroom.store.identity import Facts, marks, shown, text_hash
from wireroom.store.owners import IdentityTakenError, Owners, find_owners
from wireroom.store.versions import Record, Version, Why, current, decide
from wireroom.topology import Enriched

queries = Queries("wireroom.store")

_BAD_DATA = (
    psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError, ValueError, ArithmeticError, LookupError,
)  # fmt: skip
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


class Stored(NamedTuple):
    """What became of a flight at store: the ends it wrote (twins that were first are missing), and the culprits."""

    ends: list[End]
    failed: list[Failed]


class Change(NamedTuple):
    """A version to be written."""

    record: Record
    article_id: int
    number: int
    why: Why


def store(connection: Connection, articles: Sequence[Enriched]) -> Stored:
    """Write articles, versions and outcomes of the jobs that nobody has finished yet.

    If the batch fails on data, each article is tried by itself, and only the culprits fail.
    """
    try:
        return Stored(_store_patiently(connection, articles), [])
    except _BAD_DATA as error:
        if len(articles) == 1:
            return Stored([], [Failed(articles[0].job_id, error)])
    parts = [store(connection, [article]) for article in _in_capture_order(connection, articles)]
    return Stored([end for part in parts for end in part.ends], [one for part in parts for one in part.failed])


def _in_capture_order(connection: Connection, articles: Sequence[Enriched]) -> list[Enriched]:
    """The articles whose jobs are unfinished; a transaction each keeps the order of locks, so no savepoints."""
    given = {one.job_id: one for one in articles}
    return [given[job_id] for (job_id,) in connection.execute(queries.capture_order, {"jobs": list(given)})]


def _store_patiently(connection: Connection, articles: Sequence[Enriched]) -> list[End]:
    # It ends: each round that loses a race knows one identity more, and none is ever taken back.
    while True:
        with suppress(IdentityTakenError):
            return _store(connection, articles)


def _store(connection: Connection, articles: Sequence[Enriched]) -> list[End]:
    with connection.transaction():
        mine = ends.lock_runs(connection, [(one.job_id, one.run) for one in articles])
        crash_at(Point.STORE_LOCKED)
        records = _records(connection, [one for one in articles if one.job_id in mine], mine)
        found = _write(connection, records) if records else []
        crash_at(Point.STORE_RECORDED)
        ends.end(connection, found)
        return found


def _records(connection: Connection, articles: Sequence[Enriched], mine: dict[int, Fenced]) -> list[Record]:
    """In capture order, so that of two captures of one article the newer becomes current."""
    fenced = [mine[one.job_id] for one in articles]
    given = {
        "jobs": [one.job_id for one in fenced],
        "days": [one.capture_day for one in fenced],
        "captures": [one.capture_id for one in fenced],
    }
    facts = {row[0]: Facts(*row) for row in connection.execute(queries.facts, given)}
    return sorted((_record(facts.get(one.job_id), one) for one in articles), key=lambda record: record.age)


def _record(facts: Facts | None, one: Enriched) -> Record:
    if facts is None:
        raise LookupError("the page that the article was parsed from is no longer kept")
    parsed = one.article.parsed
    return Record(
        facts=facts,
        article=one.article,
        stages=one.stages,
        marks=marks(facts, parsed),
        text_hash=text_hash(parsed),
        record_hash=blake2b(encode(msgspec.structs.replace(parsed, **OF_THE_PARSER)), digest_size=16).digest(),
    )


def _write(connection: Connection, records: Sequence[Record]) -> list[End]:
    owners = find_owners(connection, records)
    versions = _versions(connection, sorted(set(owners.of.values()) - owners.new))
    found: list[End] = []
    changes: list[Change] = []
    for record in records:
        id_ = owners.of[record.facts.job_id]
        known = versions.setdefault(id_, [])
        decided = decide(record, known)
        if isinstance(decided, Version):
            found.append(_end(record, "unchanged", id_, decided.number))
            continue
        number = max((version.number for version in known), default=0) + 1
        known.append(record.version(number))
        changes.append(Change(record, id_, number, decided))
        found.append(_end(record, "stored" if decided == "first" else "updated", id_, number))
    newest = {change.article_id: current(versions[change.article_id]) for change in changes}
    _insert(connection, owners, changes, newest)
    return found


def _versions(connection: Connection, articles: Sequence[int]) -> dict[int, list[Version]]:
    """The versions of the articles, which stay locked."""
    found: dict[int, list[Version]] = {}
    if articles:
        # Two statements: one that waits for a lock goes on with what it saw before it waited.
        connection.execute(queries.lock_articles, {"articles": list(articles)})
        for id_, *version in connection.execute(queries.versions, {"articles": list(articles)}):
            found.setdefault(id_, []).append(Version(*version))
    return found


def _insert(connection: Connection, owners: Owners, changes: Sequence[Change], newest: dict[int, int]) -> None:
    with connection.pipeline():
        cursor = connection.cursor()
        cursor.executemany(queries.insert_article, [_article(change) for change in changes if change.why == "first"])
        cursor.executemany(queries.insert_version, [_version(change) for change in changes])
        cursor.executemany(queries.make_current, [{"article_id": id_, "number": n} for id_, n in newest.items()])
        # Last: a conflict refers to an article, which must be there and locked.
        conflicts = [
            {"kind": kind, "hash": hash_, "article_id": article, "job_id": job}
            for (kind, hash_), article, job in owners.conflicts
        ]
        cursor.executemany(queries.insert_conflict, conflicts)


def _end(record: Record, outcome: ends.Outcome, article_id: int, version: int) -> End:
    return End(record.facts.job_id, outcome, article_id=article_id, version=version, stages=record.stages)


def _article(change: Change) -> dict[str, Any]:
    facts = change.record.facts
    return {"article_id": change.article_id, "source": facts.source, "url": shown(facts.url)}


def _version(change: Change) -> dict[str, Any]:
    record, facts = change.record, change.record.facts
    parsed, enrichments = record.article.parsed, dated(record.article.enrichments, record.article.parsed, facts)
    return {
        "article_id": change.article_id, "number": change.number, "job_id": facts.job_id, "why": change.why,
        "capture_day": facts.capture_day, "capture_id": facts.capture_id, "capture_digest": facts.capture_digest,
        "captured_at": facts.captured_at, "text_hash": record.text_hash, "record_hash": record.record_hash,
        "title": _title(parsed), "published_at": point(enrichments.published),
        "language": enrichments.language.code if enrichments.language else None,
        "parsed": _json(parsed), "enrichments": _json(enrichments),
    }  # fmt: skip


def _title(parsed: ParsedArticle) -> str:
    return parsed.title.replace("\0", "\N{REPLACEMENT CHARACTER}")


def dated(enrichments: Enrichments, parsed: ParsedArticle, facts: Facts) -> Enrichments:
    """With the producer's own time, where it gave one; else the page's, also where no enricher kept it."""
    given = Moment(iso=facts.published, origin="producer") if facts.published else None
    return msgspec.structs.replace(enrichments, published=given or enrichments.published or parsed.published)


def point(moment: Moment | None) -> datetime | None:
    """The point in time, where the moment is one: with time and zone."""
    try:
        found = datetime.fromisoformat(moment.iso) if moment else None
        return found.astimezone(UTC) if found and found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _json(value: Any) -> str:
    """As JSON that Postgres can keep: it has no NUL."""
    return _NUL.sub(rb"\1\\ufffd", encode(value)).decode()
