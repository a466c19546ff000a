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


class Held(NamedTuple):
    """Which article has an identity, and whether it only claims it."""

    article_id: int
    claimed: bool


class IdentityTakenError(Exception):
    """Another transaction took one of the identities in this moment; next time it will be known."""


def find_owners(connection: Connection, records: Sequence[Record]) -> Owners:
    """Give each record its article, and the article the record's identities; raises `IdentityTakenError`.

    A replay is of the article that it makes anew, else the first identity that hits wins; one that points at another
    article is a conflict, never merged. What is only claimed, by the record or by the article, is a hit where the
    titles agree; whose own it is takes it from whoever claims it.
    """
    register = _Register(*_identified(connection, records))
    row = connection.execute(queries.article_ids, {"number": len(records)}).fetchone()
    assert row is not None
    owners = {record.facts.job_id: register.enter(record, fresh) for record, fresh in zip(records, row[0], strict=True)}
    _claim(connection, register.new)
    _settle(connection, register.settled)
    return Owners(owners, set(owners.values()) & set(row[0]), _conflicts(records, register.held, owners))


class _Register:
    """Who has which identity, as the records of a flight come in."""

    def __init__(self, held: dict[Identity, Held], titles: dict[int, str]) -> None:
        self.held = held
        self._titles = titles
        self.new: dict[Identity, Held] = {}
        self.settled: dict[Identity, tuple[int, int]] = {}
        """Identities that were claimed -> by which article, and whose they are."""

    def enter(self, record: Record, fresh: int) -> int:
        """The article that the record is of; `fresh` if it is a new one."""
        owner = record.facts.replayed_article or self._owner(record) or fresh
        self._titles[owner] = record.article.parsed.title
        for identity in record.marks.identities:
            self._take(identity, Held(owner, identity in record.marks.claims))
        return owner

    def _owner(self, record: Record) -> int | None:
        for identity in record.marks.identities:
            held = self.held.get(identity)
            if held is None:
                continue
            likely = held.claimed or identity in record.marks.claims
            if not likely or same_title(self._titles[held.article_id], record.article.parsed.title):
                return held.article_id
        return None

    def _take(self, identity: Identity, mine: Held) -> None:
        held = self.held.get(identity)
        if held and (mine.claimed or not held.claimed):
            return
        self.held[identity] = mine
        if held is None or identity in self.new:
            self.new[identity] = mine
        else:
            self.settled[identity] = (held.article_id, mine.article_id)


def _identified(connection: Connection, records: Sequence[Record]) -> tuple[dict[Identity, Held], dict[int, str]]:
    """Who has which of the records' identities, and the current titles of those articles."""
    kinds, hashes = zip(*{identity for record in records for identity in record.marks.identities}, strict=True)
    rows = connection.execute(queries.identified, {"kinds": list(kinds), "hashes": list(hashes)}).fetchall()
    held = {(kind, hash_): Held(id_, claimed) for kind, hash_, id_, claimed, _ in rows}
    return held, {id_: title for _, _, id_, _, title in rows}


def _claim(connection: Connection, new: dict[Identity, Held]) -> None:
    if not new:
        return
    kinds, hashes = zip(*new, strict=True)
    articles, claimed = zip(*new.values(), strict=True)
    given = {"kinds": list(kinds), "hashes": list(hashes), "articles": list(articles), "claimed": list(claimed)}
    if connection.execute(queries.claim_identities, given).rowcount < len(new):
        raise IdentityTakenError


def _settle(connection: Connection, settled: dict[Identity, tuple[int, int]]) -> None:
    if not settled:
        return
    kinds, hashes = zip(*settled, strict=True)
    holders, articles = zip(*settled.values(), strict=True)
    given = {"kinds": list(kinds), "hashes": list(hashes), "holders": list(holders), "articles": list(articles)}
    if connection.execute(queries.settle_identities, given).rowcount < len(settled):
        raise IdentityTakenError


def _conflicts(records: Sequence[Record], held: dict[Identity, Held], owners: dict[int, int]) -> list[Conflict]:
    """One for each other article that a record's identities point at: by the strongest of those."""
    found: list[Conflict] = []
    for record in records:
        owner = owners[record.facts.job_id]
        pairs = [(held[identity].article_id, identity) for identity in reversed(record.marks.identities)]
        others = {other: identity for other, identity in pairs if other != owner}
        found += [Conflict(identity, owner, record.facts.job_id) for identity in others.values()]
    return found
