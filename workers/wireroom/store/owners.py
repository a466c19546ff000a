"""Which article each record is of; whoever claims an identity first has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.store.identity import Identity, same_title
from wireroom.store.versions import Record

queries = Queries("wireroom.store")


class Conflict(NamedTuple):
    """An identity of one article, met on another."""

    identity: Identity
    article_id: int
    job_id: int


class Owners(NamedTuple):
    """Job -> the article it is of, which of those articles are new, and what spoke for others."""

    of: dict[int, int]
    new: set[int]
    conflicts: list[Conflict]


class IdentityTakenError(Exception):
    """Another transaction claimed one of the identities in this moment; next time it will be known."""


def find_owners(connection: Connection, records: Sequence[Record]) -> Owners:
    """Give each record its article, and the article the record's identities; raises `IdentityTakenError`.

    A replay is of the article that it makes anew, else the first identity that hits wins; one that points at another
    article is a conflict, never merged.
    """
    known, titles = _identified(connection, records)
    row = connection.execute(queries.article_ids, {"number": len(records)}).fetchone()
    assert row is not None
    owners: dict[int, int] = {}
    claims: dict[Identity, int] = {}
    for record, fresh in zip(records, row[0], strict=True):
        owner = record.facts.replayed_article or _owner(record, known, titles) or fresh
        owners[record.facts.job_id] = owner
        titles[owner] = record.article.parsed.title
        for identity in record.marks.identities:
            if identity not in known:
                known[identity] = claims[identity] = owner
    _claim(connection, claims)
    return Owners(owners, set(owners.values()) & set(row[0]), _conflicts(records, known, owners))


def _owner(record: Record, known: dict[Identity, int], titles: dict[int, str]) -> int | None:
    for identity in record.marks.identities:
        owner = known.get(identity)
        if owner and (identity not in record.marks.claims or same_title(titles[owner], record.article.parsed.title)):
            return owner
    return None


def _identified(connection: Connection, records: Sequence[Record]) -> tuple[dict[Identity, int], dict[int, str]]:
    """Identity -> article, for those that have one, and the current titles of those articles."""
    kinds, hashes = zip(*{identity for record in records for identity in record.marks.identities}, strict=True)
    rows = connection.execute(queries.identified, {"kinds": list(kinds), "hashes": list(hashes)}).fetchall()
    return {(kind, hash_): id_ for kind, hash_, id_, _ in rows}, {id_: title for _, _, id_, title in rows}


def _claim(connection: Connection, claims: dict[Identity, int]) -> None:
    if not claims:
        return
    kinds, hashes = zip(*claims, strict=True)
    given = {"kinds": list(kinds), "hashes": list(hashes), "articles": list(claims.values())}
    if connection.execute(queries.claim_identities, given).rowcount < len(claims):
        raise IdentityTakenError


def _conflicts(records: Sequence[Record], known: dict[Identity, int], owners: dict[int, int]) -> list[Conflict]:
    """One for each other article that a record's identities point at: by the strongest of those."""
    found: list[Conflict] = []
    for record in records:
        owner = owners[record.facts.job_id]
        others = {known[one]: one for one in reversed(record.marks.identities) if known[one] != owner}
        found += [Conflict(identity, owner, record.facts.job_id) for identity in others.values()]
    return found
