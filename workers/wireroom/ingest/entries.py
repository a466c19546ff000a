"""From what a feed or sitemap shows to articles that are offered, or known already. Pure: no clock, no ledger."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Literal, NamedTuple

from wireroom import urls
from wireroom.contracts import ArticleJob
from wireroom.formats.listing import Entry
from wireroom.ledger.offer import KEEP_SECONDS, Offer, Refused, prepare
from wireroom.ledger.poll_terms import Shown, Tally, ToPoll

PRODUCER = "sources"
"""Who offers what polls find."""
OLD = timedelta(days=30)
"""What is older than this is no news: it goes behind them."""
CROWD, CROWD_OF_A_DAY = 3, 10
"""Where so many known entries, and most of them, have one new time at once, or one new date, it was made up."""
_COARSE = re.compile(r"(\d{4})(?:-(\d\d))?")
_HALF = 8


class Sorted(NamedTuple):
    """What a listing's entries come to."""

    shown: list[Shown]
    """New ones, and those that say something new."""
    still: list[bytes]
    """Those that say what they said."""
    tally: Tally
    """Of those that are known or refused."""
    unbelieved: int = 0
    """How many have a new time that is not believed."""


def hashes(entries: Iterable[Entry]) -> list[bytes | None]:
    """How each entry is known again: by its address; None where it has none."""
    return [_hash(entry.url) for entry in entries]


def sort(
    entries: Sequence[Entry], marks: Sequence[bytes | None], known: Mapping[bytes, bytes], source: ToPoll, now: datetime
) -> Sorted:
    """Tell apart what is new; `marks` are the entries' hashes, `known` has what they said before."""
    crowds = _crowds(entries, marks, known)
    shown: dict[bytes, Shown] = {}
    refused: list[str] = []
    still: dict[bytes, None] = {}
    repeated = unbelieved = 0
    for entry, mark in zip(entries, marks, strict=True):
        if mark in shown or mark in still:
            repeated += 1
            continue
        digest, before = digest_of(entry), known.get(mark) if mark else None
        crowded = before is not None and _stamp(entry) in crowds and before[:_HALF] == digest[:_HALF]
        if mark and before is not None and (before == digest or crowded):
            unbelieved += before != digest
            still[mark] = None
            continue
        offer = _offer(entry, source, now, fresh=before is None)
        if isinstance(offer, Refused) or mark is None:
            refused.append(offer.cause if isinstance(offer, Refused) else "an entry has no address")
        else:
            shown[mark] = Shown(mark, digest, offer, moment(entry.updated) or moment(entry.published))
    tally = Tally(known=len(still) + repeated, refused=len(refused), causes=tuple(dict.fromkeys(refused))[:3])
    return Sorted(list(shown.values()), list(still), tally, unbelieved)


def digest_of(entry: Entry) -> bytes:
    """16 bytes of what an entry says that changes with its article: half of its title, half of its time."""
    return _half(entry.title) + _half(_stamp(entry))


def moment(said: str | None) -> datetime | None:
    """A time as the formats give it; without an offset it is taken for UTC, and what is coarse for its beginning."""
    if not said:
        return None
    try:
        if coarse := _COARSE.fullmatch(said):
            return datetime(int(coarse[1]), int(coarse[2] or 1), 1, tzinfo=UTC)
        found = datetime.fromisoformat(said)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def times(entries: Iterable[Entry]) -> list[datetime]:
    """When each was published, or changed; without those that do not say it."""
    return [found for entry in entries if (found := moment(entry.published) or moment(entry.updated))]


def _crowds(entries: Sequence[Entry], marks: Sequence[bytes | None], known: Mapping[bytes, bytes]) -> set[str | None]:
    """Times that so many known entries have now at once that each says nothing of its article."""
    new: Counter[str | None] = Counter()
    met = 0
    for entry, mark in zip(entries, marks, strict=True):
        if mark is not None and (before := known.get(mark)):
            met += 1
            new[_stamp(entry)] += before[_HALF:] != _half(_stamp(entry))
    return {
        stamp
        for stamp, number in new.items()
        if number >= (CROWD if "T" in (stamp or "") else CROWD_OF_A_DAY) and number * 2 > met
    }


def _offer(entry: Entry, source: ToPoll, now: datetime, *, fresh: bool) -> Offer | Refused:
    if entry.url is None:
        return Refused("url", "missing", f"{entry.title or entry.id or 'an entry'!r:.80} has no address")
    job = ArticleJob(
        url=entry.url, producer=PRODUCER, source=source.source, lane=_lane(entry, source.lane, now),
        meta={"feed": _said(entry, source.url)},
    )  # fmt: skip
    offer = prepare(job, 0)
    return replace(offer, fresh_seconds=KEEP_SECONDS) if fresh and isinstance(offer, Offer) else offer


def _said(entry: Entry, feed: str) -> dict[str, object]:
    """What the feed says of the article, and which feed it is."""
    names = ("title", "authors", "published", "updated", "summary", "categories", "language", "id")
    return {"url": feed} | {name: value for name in names if (value := getattr(entry, name))}


def _lane(entry: Entry, lane: Literal["live", "backfill"], now: datetime) -> Literal["live", "backfill"]:
    said = moment(entry.updated) or moment(entry.published)
    return "backfill" if said and said < now - OLD else lane


def _hash(url: str | None) -> bytes | None:
    try:
        return urls.identity_hash(url) if url else None
    except urls.InvalidUrl:
        return None


def _stamp(entry: Entry) -> str | None:
    return entry.updated or entry.published


def _half(text: str | None) -> bytes:
    return blake2b((text or "").encode("utf-8", "surrogatepass"), digest_size=_HALF).digest()
