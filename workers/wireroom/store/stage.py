"""The store stage: each article once, each change a version that says why, each end in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import msgspec
import psycopg

from wireroom.contracts import EnrichedArticle, Moment, ParsedArticle, encode
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import ends
from wireroom.ledger.ends import End, Failed, Fenced
from wireroom.store.identity import Facts, Identity, identities, text_hash
from wireroom.topology import Enriched

queries = Queries("wireroom.store")

_RACES = 3
_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
Why = Literal["first", "publisher", "reparse"]


class Stored(NamedTuple):
    """What became of a flight at store: the ends it wrote (twins that were first are missing), and the culprits."""

    ends: list[End]
    failed: list[Failed]


@dataclass(frozen=True)
class State:
    """An article as far as versions go: its newest number, and its current version."""

    newest: int
    current: int
    text_hash: bytes
    record_hash: bytes
    capture_digest: bytes
    captured_at: datetime


@dataclass(frozen=True)
class Record:
    """A row to be: an article with what the ledger knows of it."""

    facts: Facts
    article: EnrichedArticle
    stages: dict[str, float]
    identities: list[Identity]
    text_hash: bytes
    record_hash: bytes


def store(connection: Connection, articles: Sequence[Enriched]) -> Stored:
    """Write articles, versions and outcomes of the jobs that nobody has finished yet.

    If the batch fails on data, each article is tried by itself, and only the culprits fail.
    """
    try:
        return Stored(_store_patiently(connection, articles), [])
    except (psycopg.DataError, psycopg.IntegrityError, psycopg.ProgrammingError, ValueError) as error:
        if len(articles) == 1:
            return Stored([], [Failed(articles[0].job_id, error)])
    parts = [store(connection, [article]) for article in articles]
    return Stored([end for part in parts for end in part.ends], [one for part in parts for one in part.failed])


def _store_patiently(connection: Connection, articles: Sequence[Enriched]) -> list[End]:
    for _ in range(_RACES):
        with suppress(_IdentityTakenError):
            return _store(connection, articles)
    return _store(connection, articles)


def _store(connection: Connection, articles: Sequence[Enriched]) -> list[End]:
    with connection.transaction():
        mine = ends.lock_runs(connection, [(one.job_id, one.run) for one in articles])
        records = _records(connection, [one for one in articles if one.job_id in mine], mine)
        found = _write(connection, records)
        ends.end(connection, found)
        return found


def _records(connection: Connection, articles: Sequence[Enriched], mine: dict[int, Fenced]) -> list[Record]:
    """In capture order, so that of two captures of one article the newer becomes current."""
    if not articles:
        return []
    fenced = [mine[one.job_id] for one in articles]
    given = {
        "jobs": [one.job_id for one in fenced],
        "days": [one.capture_day for one in fenced],
        "captures": [one.capture_id for one in fenced],
    }
    facts = {row[0]: Facts(*row) for row in connection.execute(queries.facts, given)}
    records = [_record(facts[one.job_id], one) for one in articles]
    return sorted(records, key=lambda record: (record.facts.captured_at, record.facts.job_id))


def _record(facts: Facts, one: Enriched) -> Record:
    parsed = one.article.parsed
    return Record(
        facts=facts,
        article=one.article,
        stages=one.stages,
        identities=identities(facts, parsed),
        text_hash=text_hash(parsed),
        record_hash=blake2b(encode(msgspec.structs.replace(parsed, parser="")), digest_size=16).digest(),
    )


def _write(connection: Connection, records: Sequence[Record]) -> list[End]:
    if not records:
        return []
    owners, new = _identify(connection, records)
    states = _states(connection, sorted(set(owners.values()) - new))
    found: list[End] = []
    articles: list[dict[str, Any]] = []
    versions: list[dict[str, Any]] = []
    current: dict[int, int] = {}
    for record in records:
        id_ = owners[record.facts.job_id]
        state = states.get(id_)
        why = decide(record, state)
        number = state.newest + 1 if state and why else state.current if state else 1
        if why is None:
            found.append(_end(record, "unchanged", id_, number))
            continue
        if state is None:
            articles.append({"article_id": id_, "source": record.facts.source, "url": record.facts.url})
        versions.append(_version(record, id_, number, why))
        found.append(_end(record, "updated" if state else "stored", id_, number))
        states[id_] = after = advance(state, record, number)
        if after.current != 1:
            current[id_] = after.current
    with connection.pipeline():
        cursor = connection.cursor()
        cursor.executemany(queries.insert_article, articles)
        cursor.executemany(queries.insert_version, versions)
        cursor.executemany(queries.make_current, [{"article_id": id_, "number": n} for id_, n in current.items()])
    return found


def _identify(connection: Connection, records: Sequence[Record]) -> tuple[dict[int, int], set[int]]:
    """Job -> the article it is of, and which of those articles are new. The first identity that hits wins; one that
    points at another article is recorded as a conflict, never merged."""
    known = _identified(connection, records)
    row = connection.execute(queries.article_ids, {"number": len(records)}).fetchone()
    assert row is not None
    owners: dict[int, int] = {}
    claims: dict[Identity, int] = {}
    for record, fresh in zip(records, row[0], strict=True):
        owner = next((known[one] for one in record.identities if one in known), fresh)
        owners[record.facts.job_id] = owner
        for identity in record.identities:
            if identity not in known:
                known[identity] = claims[identity] = owner
    if claims:
        kinds, hashes = zip(*claims, strict=True)
        given = {"kinds": list(kinds), "hashes": list(hashes), "articles": list(claims.values())}
        if connection.execute(queries.claim_identities, given).rowcount < len(claims):
            raise _IdentityTakenError
    _record_conflicts(connection, records, known, owners)
    return owners, set(owners.values()) & set(row[0])


class _IdentityTakenError(ValueError):
    """Another transaction claimed one of the identities in this moment; next time it will be known."""


def _identified(connection: Connection, records: Sequence[Record]) -> dict[Identity, int]:
    wanted = sorted({identity for record in records for identity in record.identities})
    given = {"kinds": [kind for kind, _ in wanted], "hashes": [hash_ for _, hash_ in wanted]}
    return {(kind, hash_): article for kind, hash_, article in connection.execute(queries.identified, given)}


def _record_conflicts(
    connection: Connection, records: Sequence[Record], known: dict[Identity, int], owners: dict[int, int]
) -> None:
    conflicts = [
        {"kind": kind, "hash": hash_, "article_id": owners[record.facts.job_id], "job_id": record.facts.job_id}
        for record in records
        for kind, hash_ in record.identities
        if known[kind, hash_] != owners[record.facts.job_id]
    ]
    if conflicts:
        connection.cursor().executemany(queries.insert_conflict, conflicts)


def _states(connection: Connection, articles: Sequence[int]) -> dict[int, State]:
    if not articles:
        return {}
    return {
        row[0]: State(*row[1:]) for row in connection.execute(queries.current_versions, {"articles": list(articles)})
    }


def decide(record: Record, state: State | None) -> Why | None:
    """Why the record makes a version of the article, or None if it says what the current one says."""
    if state is None:
        return "first"
    if record.facts.capture_digest == state.capture_digest:
        return None if record.record_hash == state.record_hash else "reparse"
    return None if record.text_hash == state.text_hash else "publisher"


def advance(state: State | None, record: Record, number: int) -> State:
    """The article after that version; an older capture that comes late does not become current."""
    if state is not None and record.facts.captured_at < state.captured_at:
        return replace(state, newest=number)
    facts = record.facts
    return State(number, number, record.text_hash, record.record_hash, facts.capture_digest, facts.captured_at)


def _end(record: Record, outcome: ends.Outcome, article_id: int, version: int) -> End:
    return End(record.facts.job_id, outcome, article_id=article_id, version=version, stages=record.stages)


def _version(record: Record, article_id: int, number: int, why: Why) -> dict[str, Any]:
    facts, parsed, enrichments = record.facts, record.article.parsed, record.article.enrichments
    if enrichments.published is None and facts.published:
        enrichments = msgspec.structs.replace(enrichments, published=Moment(iso=facts.published, origin="producer"))
    language = enrichments.language.code if enrichments.language else None
    return {
        "article_id": article_id, "number": number, "job_id": facts.job_id, "why": why,
        "capture_day": facts.capture_day, "capture_id": facts.capture_id, "capture_digest": facts.capture_digest,
        "captured_at": facts.captured_at, "text_hash": record.text_hash, "record_hash": record.record_hash,
        "title": _title(parsed), "published_at": point(enrichments.published), "language": language,
        "parsed": _json(parsed), "enrichments": _json(enrichments),
    }  # fmt: skip


def _title(parsed: ParsedArticle) -> str:
    return parsed.title.replace("\0", "\N{REPLACEMENT CHARACTER}")


def point(moment: Moment | None) -> datetime | None:
    """The point in time, where the moment is one: with time and zone."""
    try:
        found = datetime.fromisoformat(moment.iso) if moment else None
    except ValueError:
        return None
    return found if found and found.tzinfo else None


def _json(value: Any) -> str:
    """As JSON that Postgres can keep: it has no NUL."""
    return _NUL.sub(rb"\1\\ufffd", encode(value)).decode()
