"""Sources: what is polled, as people add, look at and change it. Nothing here asks the net."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal, NamedTuple

import msgspec

from wireroom import urls
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.ends import clean
from wireroom.ledger.life import LONGEST_WAIT
from wireroom.ledger.offer import Refused, check_name

queries = Queries("wireroom.ledger", "sources.sql")

CHUNK = 1000
"""Most sources added in one transaction."""
LEAST_SECONDS = 1.0
KINDS = ("rss", "atom", "rdf", "json_feed", "sitemap", "news_sitemap", "sitemap_index", "page")
STATES = ("new", "polled", "failing", "paused")
SHOWN_POLLS = 20
LONGEST_TITLE = 500


class Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A source as somebody wants it polled."""

    url: str
    source: str | None = None
    """The publisher's name under which its articles are accepted; the URL's host if absent."""
    title: str | None = None
    lane: Literal["live", "backfill"] = "live"
    robots: bool = True
    fastest: float | None = None
    """Least seconds between two polls; None: that of the settings. So is slowest, the most."""
    slowest: float | None = None


class Change(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be otherwise of a source; what is not given stays."""

    source: str | msgspec.UnsetType = msgspec.UNSET
    lane: Literal["live", "backfill"] | msgspec.UnsetType = msgspec.UNSET
    robots: bool | msgspec.UnsetType = msgspec.UNSET
    fastest: float | msgspec.UnsetType | None = msgspec.UNSET
    slowest: float | msgspec.UnsetType | None = msgspec.UNSET


@dataclass(frozen=True)
class Added:
    """The address is source `id`; `new` where this call made it."""

    id: int
    new: bool


class Source(NamedTuple):
    """A source, and how its last poll ended."""

    id: int
    url: str
    source: str
    kind: str | None
    title: str | None
    host: str
    lane: str
    robots: bool
    fastest: float | None
    slowest: float | None
    found_by: int | None
    added_at: datetime
    added_by: str
    paused_at: datetime | None
    paused_by: str | None
    paused_why: str | None
    due_at: datetime
    polling: bool
    failures: int
    pace: float | None
    changed_at: datetime | None
    polled_at: datetime | None
    status: str | None
    cause: str | None

    @property
    def state(self) -> str:
        """One of `STATES`."""
        if self.paused_at:
            return "paused"
        return "failing" if self.failures else "polled" if self.kind else "new"


class PollEnd(NamedTuple):
    """How a poll ended, and what became of every entry that it saw."""

    at: datetime
    seconds: float
    status: str
    http_status: int | None
    url: str
    moved_to: str | None
    bytes: int
    seen: int
    known: int
    accepted: int
    sighted: int
    refused: int
    cause: str | None
    next_at: datetime


class Asked(NamedTuple):
    """Which sources are asked for: those that fit all that is given."""

    ids: Sequence[int] | None = None
    source: str | None = None
    kind: str | None = None
    state: str | None = None
    found_by: int | None = None


def check(wanted: Wanted) -> Refused | None:
    """What is wrong with it, if anything."""
    try:
        urls.check(wanted.url)
    except urls.InvalidUrl as error:
        return Refused("url", "bad_url", str(error))
    return check_name("source", wanted.source) or _check_pace(wanted.fastest, wanted.slowest)


def check_change(change: Change) -> Refused | None:
    """What is wrong with it, if anything."""
    source = change.source if isinstance(change.source, str) else None
    return check_name("source", source) or _check_pace(_seconds(change.fastest), _seconds(change.slowest))


def identity(url: str) -> bytes:
    """16 bytes that tell whether two sources have one address: http and https are one, and nothing else."""
    return blake2b(urls.normal(url).partition("://")[2].encode(), digest_size=16).digest()


def add(
    connection: Connection, wanted: Sequence[Wanted], who: str, found_by: int | None = None
) -> list[Added | Refused]:
    """Let these be polled (at most `CHUNK`), all in one transaction; what is there already answers with it, unchanged.

    They are due at once. An answer for each, in their order.
    """
    refused = {index: why for index, one in enumerate(wanted) if (why := check(one))}
    rows = {index: _row(one, found_by) for index, one in enumerate(wanted) if index not in refused}
    first = {row["hex"]: row for row in reversed(rows.values())}
    with connection.transaction():
        given = {"wanted": msgspec.json.encode(list(first.values())).decode(), "who": who}
        new = {hash_ for (hash_,) in connection.execute(queries.add, given)} if first else set()
        hashes = [bytes.fromhex(hex_) for hex_ in first]
        ids: dict[bytes, int] = dict(connection.execute(queries.known, {"hashes": hashes}).fetchall())
    answers: list[Added | Refused] = []
    for index in range(len(wanted)):
        if index in refused:
            answers.append(refused[index])
            continue
        hash_ = bytes.fromhex(rows[index]["hex"])
        answers.append(Added(ids[hash_], hash_ in new))
        new.discard(hash_)
    return answers


def find(connection: Connection, asked: Asked, limit: int, after: int = 0) -> list[Source]:
    """The sources that are asked for, in order of ids `after` one."""
    ids = list(asked.ids) if asked.ids is not None else None
    given = asked._asdict() | {"ids": ids, "limit": limit, "after": after}
    return [Source(*row) for row in connection.execute(queries.sources, given, prepare=False)]


def subscriptions(connection: Connection) -> list[tuple[str, str | None, str]]:
    """Address, title and publisher of what others may want to poll, too: what an index names they find themselves."""
    return [(url, title, source) for url, title, source in connection.execute(queries.subscriptions)]


def wanted(connection: Connection) -> list[Wanted]:
    """All sources as one could ask for them again, but for what an index names."""
    names = Wanted.__struct_fields__[:7]
    return [Wanted(**dict(zip(names, row, strict=True))) for row in connection.execute(queries.wanted)]


def poll_counts(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    """How often each of these was polled; none where it never was."""
    return dict(connection.execute(queries.poll_counts, {"ids": list(ids)}).fetchall())


def last_polls(connection: Connection, source: int, limit: int = SHOWN_POLLS) -> list[PollEnd]:
    """The newest first."""
    return [PollEnd(*row) for row in connection.execute(queries.polls, {"source": source, "limit": limit})]


def pause(connection: Connection, ids: Iterable[int], who: str, why: str | None = None) -> list[int]:
    """Poll these no more until they are resumed; those that were not paused before. A poll under way ends."""
    return _touched(connection, queries.pause, ids, who=who, why=clean(why) if why else None)


def resume(connection: Connection, ids: Iterable[int]) -> list[int]:
    """Poll these again, at once; those that were paused."""
    return _touched(connection, queries.resume, ids)


def poll_now(connection: Connection, ids: Iterable[int]) -> list[int]:
    """Let these be due; but for those that are paused, or being polled."""
    return _touched(connection, queries.poll_now, ids)


def change(connection: Connection, ids: Iterable[int], change: Change) -> list[int]:
    """Change what is given; those that there are."""
    given = {name: _given(getattr(change, name)) for name in change.__struct_fields__}
    sets = {f"sets_{name}": getattr(change, name) is not msgspec.UNSET for name in ("fastest", "slowest")}
    return _touched(connection, queries.change, ids, **given, **sets)


def remove(connection: Connection, ids: Iterable[int]) -> list[int]:
    """Forget these and what they have shown; their articles and the record of their polls stay."""
    given = {"ids": sorted(ids)}
    with connection.transaction():
        connection.execute(queries.lock, given)
        connection.execute(queries.end_flights, given)
        connection.execute(queries.remove_entries, given)
        return _ids(connection.execute(queries.remove, given))


def _touched(connection: Connection, statement: Any, ids: Iterable[int], **given: Any) -> list[int]:
    known = {"ids": sorted(ids)}
    with connection.transaction():
        connection.execute(queries.lock, known)
        return _ids(connection.execute(statement, known | given))


def _ids(rows: Iterable[tuple[Any, ...]]) -> list[int]:
    return sorted(id_ for (id_,) in rows)


def _row(wanted: Wanted, found_by: int | None) -> dict[str, Any]:
    url = urls.normal(wanted.url)
    return {
        "url": url, "hex": identity(url).hex(), "host": urls.host(url), "source": wanted.source or urls.source_of(url),
        "title": clean(wanted.title[:LONGEST_TITLE]) if wanted.title else None, "lane": wanted.lane,
        "robots": wanted.robots, "fastest": wanted.fastest, "slowest": wanted.slowest, "found_by": found_by,
    }  # fmt: skip


def _check_pace(fastest: float | None, slowest: float | None) -> Refused | None:
    for field, seconds in (("fastest", fastest), ("slowest", slowest)):
        if seconds is not None and not LEAST_SECONDS <= seconds <= LONGEST_WAIT:
            return Refused(field, "bad_value", f"{field} must be seconds from {LEAST_SECONDS:g} to {LONGEST_WAIT:g}")
    if fastest is not None and slowest is not None and fastest > slowest:
        return Refused("fastest", "bad_value", "fastest must not be more seconds than slowest")
    return None


def _seconds(value: float | msgspec.UnsetType | None) -> float | None:
    return None if isinstance(value, msgspec.UnsetType) else value


def _given(value: Any) -> Any:
    return None if value is msgspec.UNSET else value
