"""What a sitemap index or a page leads to, as sources of their own. Pure: no clock, no ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import NamedTuple

from wireroom import urls
from wireroom.formats.listing import Found, Listing
from wireroom.ingest.entries import OLD, moment
from wireroom.ledger import sources
from wireroom.ledger.poll_terms import Child, ToPoll
from wireroom.ledger.sources import Wanted

ARCHIVE = 50
"""An index that names more sitemaps than this without saying when they changed is one of an archive."""
_COARSE = timedelta(days=2)
"""So long a date without a time may stand for several changes."""


class Led(NamedTuple):
    """Sources that are new, or changed; those that are as they were; and what could not be taken."""

    children: list[Child]
    unchanged: list[bytes]
    refused: int


def candidates(listing: Listing, others: Iterable[str] = ()) -> list[Found]:
    """What the document leads to, and `others`: each address once."""
    found = [*listing.sitemaps, *(Found(url=url) for url in (*listing.feeds, *others))]
    first: dict[str, Found] = {}
    for one in found:
        first.setdefault(one.url, one)
    return list(first.values())


def marks(found: Sequence[Found]) -> list[bytes | None]:
    """How each is known again; None where it can be no source."""
    return [_mark(one.url) for one in found]


def lead(
    found: Sequence[Found], marks: Sequence[bytes | None], known: Mapping[bytes, bytes], source: ToPoll, now: datetime
) -> Led:
    """Tell apart what is new; `known` has what was said of each before."""
    undated = sum(one.updated is None for one in found)
    children: list[Child] = []
    unchanged: list[bytes] = []
    for one, mark in zip(found, marks, strict=True):
        if mark is None:
            continue
        digest = blake2b((one.updated or "").encode(), digest_size=16).digest()
        if known.get(mark) != digest:
            children.append(Child(mark, digest, _wanted(one, source, now, archive=undated > ARCHIVE)))
        elif one.updated and not _may_have_changed(one.updated, now):
            unchanged.append(mark)
    return Led(children, unchanged, sum(mark is None for mark in marks))


def _wanted(found: Found, source: ToPoll, now: datetime, *, archive: bool) -> Wanted:
    said = moment(found.updated)
    old = said < now - OLD if said else archive
    return Wanted(
        url=found.url, source=source.source, lane="backfill" if old else source.lane, robots=source.robots,
        fastest=source.fastest, slowest=source.slowest,
    )  # fmt: skip


def _may_have_changed(updated: str, now: datetime) -> bool:
    """Whether it may have changed since, because a date is all that is said."""
    said = moment(updated)
    return "T" not in updated and said is not None and said > now - _COARSE


def _mark(url: str) -> bytes | None:
    try:
        return sources.identity(url)
    except urls.InvalidUrl:
        return None
