"""Accepting: one transaction after which the article is accounted for, whatever happens."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from threading import Lock
from typing import Any

import zstandard

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.life import FARTHEST
from wireroom.ledger.offer import Offer, Refused

queries = Queries("wireroom.ledger", "accept.sql")

CHUNK = 500
"""Offers to accept in one transaction."""
_RACES = 5
_SOURCES = 20_000
_COMPRESSION = 3
_LANES = (("fetch", "live"), ("fetch", "backfill"), ("process", "live"), ("process", "backfill"))


@dataclass(frozen=True)
class Accepted:
    """The offer is job `job_id`; a `duplicate` was on offer already and is a sighting of that job."""

    job_id: int
    duplicate: bool = False
    new: bool = field(default=False, compare=False)
    """Whether this call made the job; a repeated key is answered the same as the first time, but made none."""


Answer = Accepted | Refused


class Tickets:
    """Gives tickets by turns of source, so that none crowds out another. Each accepting process counts for itself, with
    all its threads."""

    def __init__(self) -> None:
        self._last: OrderedDict[tuple[str, str, str], int] = OrderedDict()
        self._lock = Lock()

    def next(self, leg: str, lane: str, source: str, current: int) -> int:
        """One more than the source's last ticket, or than the current one if that is higher."""
        key = (leg, lane, source)
        with self._lock:
            ticket = max(current, self._last.pop(key, 0)) + 1
            self._last[key] = ticket
            if len(self._last) > _SOURCES:
                self._last.popitem(last=False)
        return ticket


class _KeyTaken(Exception):  # noqa: N818 - not an error: the transaction is tried again
    """Somebody accepted the same key in this moment."""


def accept(
    connection: Connection, offers: Sequence[Offer], tickets: Tickets, submission: str | None = None
) -> list[Answer]:
    """Accept `offers` (at most `CHUNK`) in one transaction; an answer for each, in their order.

    After the return they are durable. Repeating it with the same keys changes nothing and answers the same jobs.
    Under the name of a `submission` one can ask later how far they all are.
    """
    for _ in range(_RACES):
        try:
            with connection.transaction():
                answers = _Acceptance(connection, offers, tickets).run(submission)
                crash_at(Point.ACCEPT_WRITTEN)
                return answers
        except _KeyTaken:
            continue
    return [Refused("key", "busy", "the same keys are being accepted by another request: repeat this one")] * len(
        offers
    )


class _Acceptance:
    """One transaction of accept."""

    def __init__(self, connection: Connection, offers: Sequence[Offer], tickets: Tickets) -> None:
        self._connection = connection
        self._offers = offers
        self._tickets = tickets
        self._answers: dict[int, Answer] = {}

    def run(self, submission: str | None) -> list[Answer]:
        if submission is not None:
            self._connection.execute(queries.open_submission, {"submission": submission})
        self._answer_known_keys()
        twins = self._twins_by_key()
        fresh = [index for index in range(len(self._offers)) if index not in self._answers and index not in twins]
        if fresh:
            self._offer(fresh)
            self._write_receipts(fresh)
        for index, first in twins.items():
            self._answers[index] = self._repeat(index, self._answers[first], self._offers[first].digest)
        if submission is not None:
            jobs = [answer.job_id for answer in self._answers.values() if isinstance(answer, Accepted)]
            self._connection.execute(queries.insert_submitted, {"submission": submission, "jobs": jobs})
        return [self._answers[index] for index in range(len(self._offers))]

    def _answer_known_keys(self) -> None:
        given = sorted({offer.receipt for offer in self._offers if offer.receipt})
        if not given:
            return
        producers, keys = zip(*given, strict=True)
        found = self._connection.execute(queries.receipts, {"producers": list(producers), "keys": list(keys)})
        known = {(producer, key): (Accepted(job_id), digest) for producer, key, job_id, digest in found}
        for index, offer in enumerate(self._offers):
            if offer.receipt in known:
                self._answers[index] = self._repeat(index, *known[offer.receipt])

    def _twins_by_key(self) -> dict[int, int]:
        """Offers that repeat the key of an earlier one in the same request -> that one."""
        first: dict[tuple[str, str], int] = {}
        twins: dict[int, int] = {}
        for index, offer in enumerate(self._offers):
            if offer.receipt and index not in self._answers and first.setdefault(offer.receipt, index) != index:
                twins[index] = first[offer.receipt]
        return twins

    def _repeat(self, index: int, answer: Answer, digest: bytes) -> Answer:
        if digest == self._offers[index].digest:
            return replace(answer, new=False) if isinstance(answer, Accepted) else answer
        cause = "this key was used for another article: a key stands for one article for 30 days"
        return Refused("key", "key_reused", cause)

    def _offer(self, fresh: Sequence[int]) -> None:
        row = self._connection.execute(queries.numbers, {"jobs": len(fresh)}).fetchone()
        assert row is not None
        job_ids, capture_ids, today, *tickets = row
        ids = dict(zip(fresh, zip(job_ids, capture_ids, strict=True), strict=True))
        first: dict[bytes, int] = {}
        for index in fresh:
            first.setdefault(self._offers[index].hash, index)
        won = self._win(first, {hash_: ids[index][0] for hash_, index in first.items()})
        new = [index for hash_, index in first.items() if hash_ in won]
        jobs = {hash_: ids[first[hash_]][0] for hash_ in won}
        jobs |= self._offered([hash_ for hash_ in first if hash_ not in won])
        for index in fresh:
            self._answers[index] = Accepted(jobs[self._offers[index].hash], index not in new, index in new)
        current = dict(zip(_LANES, tickets, strict=True))
        with self._connection.pipeline():
            self._write(queries.insert_job, (self._job(index) for index in new))
            inline = [index for index in new if self._offers[index].leg == "process"]
            self._write(queries.insert_inline_capture, (self._capture(index, ids[index], today) for index in inline))
            self._write(queries.insert_line, (self._line(index, ids[index], today, current) for index in new))
            self._write(queries.insert_sighting, (self._sighting(index) for index in fresh if index not in new))

    def _win(self, first: dict[bytes, int], candidates: dict[bytes, int]) -> set[bytes]:
        given = {"hashes": list(candidates), "jobs": list(candidates.values()), "farthest": FARTHEST}
        given |= {"fresh": [self._offers[first[hash_]].fresh_seconds for hash_ in candidates]}
        rows = self._connection.execute(queries.win_offers, given)
        return {hash_ for (hash_,) in rows}

    def _offered(self, hashes: list[bytes]) -> dict[bytes, int]:
        return dict(self._connection.execute(queries.offered, {"hashes": hashes}).fetchall()) if hashes else {}

    def _write(self, statement: Any, rows: Iterable[dict[str, Any]]) -> None:
        self._connection.cursor().executemany(statement, list(rows))

    def _job(self, index: int) -> dict[str, Any]:
        offer, answer = self._offers[index], self._answers[index]
        assert isinstance(answer, Accepted)
        job = offer.job
        return {
            "job_id": answer.job_id, "producer": offer.producer, "key": job.key, "source": offer.source,
            "lane": job.lane, "url": job.url, "external_id": job.external_id, "published": job.published,
            "meta": offer.meta,
        }  # fmt: skip

    def _capture(self, index: int, ids: tuple[int, int], today: object) -> dict[str, Any]:
        offer = self._offers[index]
        return {
            "day": today, "capture_id": ids[1], "job_id": ids[0], "url": offer.job.url,
            "content_type": offer.content_type, "digest": digest(offer.body), "bytes": len(offer.body),
            "body": compress(offer.body),
        }  # fmt: skip

    def _line(
        self, index: int, ids: tuple[int, int], today: object, current: dict[tuple[str, str], int]
    ) -> dict[str, Any]:
        offer = self._offers[index]
        leg, lane, inline = offer.leg, offer.job.lane, offer.leg == "process"
        return {
            "job_id": ids[0], "leg": leg, "lane": lane, "host": offer.host, "bytes": len(offer.body),
            "offer": offer.hash, "capture_day": today if inline else None, "capture_id": ids[1] if inline else None,
            "ticket": self._tickets.next(leg, lane, offer.source, current[leg, lane]),
        }  # fmt: skip

    def _sighting(self, index: int) -> dict[str, Any]:
        offer, answer = self._offers[index], self._answers[index]
        assert isinstance(answer, Accepted)
        return {
            "job_id": answer.job_id, "producer": offer.producer, "key": offer.job.key,
            "source": offer.source, "url": offer.job.url, "meta": offer.meta,
        }  # fmt: skip

    def _write_receipts(self, fresh: Sequence[int]) -> None:
        keyed = [index for index in fresh if self._offers[index].job.key]
        if not keyed:
            return
        rows = self._connection.execute(
            queries.insert_receipts,
            {
                "producers": [self._offers[index].producer for index in keyed],
                "keys": [self._offers[index].job.key for index in keyed],
                "jobs": [answer.job_id for index in keyed if isinstance(answer := self._answers[index], Accepted)],
                "digests": [self._offers[index].digest for index in keyed],
            },
        )
        if len(rows.fetchall()) < len(keyed):
            raise _KeyTaken


def digest(body: bytes) -> bytes:
    """16 bytes that tell whether two captures are the same."""
    return blake2b(body, digest_size=16).digest()


def compress(body: bytes) -> bytes:
    """A capture's body as it is kept."""
    return zstandard.ZstdCompressor(level=_COMPRESSION).compress(body)
