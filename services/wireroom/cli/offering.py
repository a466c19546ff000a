"""From what was given to offers that the ledger takes, each with a key that makes repeating safe."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Literal

import msgspec

from wireroom.cli.given import Given, Unreadable
from wireroom.cli.output import plain
from wireroom.contracts import ArticleJob
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.offer import Offer, Refused, check_name, prepare

CHUNK_BYTES = 32_000_000
"""Most content in one transaction, unless one article has more."""


@dataclass(frozen=True)
class Offered:
    """An offer, where it stood, and what a person calls it."""

    where: str
    what: str
    offer: Offer

    def refused(self, refused: Refused) -> Unreadable:
        """The ledger's refusal, with the place."""
        return Unreadable(self.where, refused.cause, refused.field)


@dataclass(frozen=True)
class Label:
    """What a command says of every article; None leaves it to the article. Nobody else's producer is `anybody`."""

    anybody: str
    producer: str | None = None
    source: str | None = None
    lane: Literal["live", "backfill"] | None = None
    key_prefix: str = ""

    def offer(self, given: Given, content_bytes: int) -> Offered | Unreadable:
        """The article with this label and a key, or why it cannot be offered."""
        prepared = prepare(self._job(given.job, given.name), content_bytes)
        if isinstance(prepared, Offer):
            prepared = _keyed(prepared, self.key_prefix, given.name)
        if isinstance(prepared, Refused):
            return Unreadable(given.where, prepared.cause, prepared.field)
        return Offered(given.where, plain(given.job.url or given.where), prepared)

    def _job(self, job: ArticleJob, file: str) -> ArticleJob:
        named = {"file": plain(file)} if file and not job.url else {}
        return msgspec.structs.replace(
            job,
            producer=self.producer or job.producer or self.anybody,
            source=self.source or job.source,
            lane=self.lane or job.lane,
            meta=named | job.meta,
        )


def chunks(offers: Iterable[Offered]) -> Iterator[list[Offered]]:
    """The offers in their order, in chunks that one transaction can take."""
    chunk: list[Offered] = []
    size = 0
    for one in offers:
        if chunk and (len(chunk) == CHUNK or size + len(one.offer.body) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(one)
        size += len(one.offer.body)
    if chunk:
        yield chunk


def _keyed(offer: Offer, prefix: str, name: str) -> Offer | Refused:
    """The offer with its own key, or one made of its content and the name of its file."""
    made = blake2b(offer.digest + os.fsencode(name), digest_size=16).hexdigest()
    key = offer.job.key or prefix + made
    return check_name("key", key) or replace(offer, job=msgspec.structs.replace(offer.job, key=key))
