"""The front desk: what one gateway process works with. Its methods block, and may be called by many threads at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace
from psycopg_pool import PoolTimeout

from wireroom import records, tokens
from wireroom.broker import Broker
from wireroom.contracts import ArticleJob
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY, Connection, open_pool
from wireroom.gateway.problems import Problem, away, refusal
from wireroom.gateway.tally import tally
from wireroom.gateway.views import article_view, difference_view, job_view
from wireroom.ledger import events, look, quarantine, repair, submissions
from wireroom.ledger.accept import Accepted, Answer, Tickets
from wireroom.ledger.batches import accept_each
from wireroom.ledger.events import Page
from wireroom.ledger.inputs import NoInput, RawInput, raw_input
from wireroom.ledger.offer import Offer, Refused, prepare
from wireroom.ledger.quarantine import Group, Moved, Quarantined, Wanted
from wireroom.ledger.reading import read_job
from wireroom.ledger.repair import Judged
from wireroom.ledger.submissions import Cancelled, Progress
from wireroom.outages import database_outage
from wireroom.records.differences import NoDifference, difference
from wireroom.settings import Settings
from wireroom.tokens import Ring
from wireroom.volumes.look import Health, health

CONNECTIONS = 8
POOL_SECONDS = 5.0


class FrontDesk:
    """Takes offers into the ledger and looks things up; raises `Problem`, with 503 while Postgres is away."""

    def __init__(self, given: Settings) -> None:
        self.content_bytes = given.content_bytes
        self.request_bytes = given.request_bytes
        self.tickets = Tickets()
        self.broker = Broker(given.redis_url)
        self.pool = open_pool(given.database_url, "gateway", CONNECTIONS)
        self.outage = database_outage()
        """Of Postgres, as this process meets it."""
        self._lent: set[Connection] = set()

    def close(self) -> None:
        """Give connections back."""
        self.pool.close()
        self.broker.close()

    def take(
        self, offers: Sequence[bytes | Problem], submission: str | None, only: str | None = None
    ) -> list[Accepted | Problem]:
        """Accept offers, each as JSON, in one transaction: after the return they are durable.

        Where `only` is a producer, no other may offer them. An answer for each; a problem stays as it is. Raises
        `Problem`, and then nothing was accepted.
        """
        read = [self._read(offer, only) for offer in offers]
        good = [one for one in read if isinstance(one, Offer)]
        answers = iter(self._accept(good, submission) if good or submission else [])
        given = [_answer(next(answers)) if isinstance(one, Offer) else one for one in read]
        tally("http", read, given)
        return given

    def _accept(self, offers: Sequence[Offer], submission: str | None) -> list[Answer]:
        with self.connection() as connection:
            answers = accept_each(connection, offers, self.tickets, submission)
        crash_at(Point.ACCEPT_COMMITTED)
        self.broker.wake()
        return answers

    def _read(self, offer: bytes | Problem, only: str | None) -> Offer | Problem:
        if isinstance(offer, Problem):
            return offer
        job = read_job(offer)
        if isinstance(job, ArticleJob) and only is not None:
            if job.producer not in (None, only):
                return _foreign(only)
            job = replace(job, producer=only)
        prepared = job if isinstance(job, Refused) else prepare(job, self.content_bytes)
        return refusal(prepared) if isinstance(prepared, Refused) else prepared

    def job(self, job_id: int) -> dict[str, Any] | None:
        """The job's state and timeline; None if it is not known."""
        with self.snapshot() as connection:
            for state in look.jobs(connection, ids=[job_id]):
                return job_view(state, look.timeline(connection, state))
        return None

    def submission(self, name: str) -> Progress | None:
        """How far a submission is; None if it is not known."""
        with self.snapshot() as connection:
            return submissions.how_far(connection, name)

    def head(self) -> int:
        """The position of the last end."""
        with self.connection() as connection:
            return events.head(connection)

    def outcomes(self, after: int, limit: int, producer: str | None) -> Page | None:
        """What ended after a position; None for one that is not yet known."""
        with self.snapshot() as connection:
            return events.page(connection, after, limit, producer)

    def cancel(self, job_id: int, who: str) -> Judged:
        """End a job by the word of `who`."""
        with self.connection() as connection:
            return repair.cancel(connection, [job_id], who)[job_id]

    def cancel_submission(self, name: str, who: str) -> Cancelled | None:
        """End those jobs of a submission that nobody else offered; None if it is not known."""
        with self.connection() as connection:
            return submissions.cancel(connection, name, who)

    def ring(self) -> Ring:
        """The tokens that are good now."""
        with self.connection() as connection:
            return tokens.ring(connection)

    def article(self, article_id: int, number: int | None) -> dict[str, Any] | None:
        """The record, of version `number` or the current one; None if there is none."""
        with self.snapshot() as connection:
            stored = records.article(connection, article_id, number)
            if stored is None:
                return None
            return article_view(stored, records.versions(connection, article_id), records.seen(connection, article_id))

    def difference(self, article_id: int, before: int | None, after: int | None) -> dict[str, Any]:
        """What a version of the article says otherwise than another."""
        with self.snapshot() as connection:
            try:
                return difference_view(difference(connection, article_id, before, after))
            except NoDifference as error:
                raise Problem(404, str(error)) from error

    def input(self, job_id: int) -> RawInput | NoInput:
        """What the job was given or has fetched, byte for byte."""
        with self.snapshot() as connection:
            return raw_input(connection, job_id)

    def quarantine_causes(self, wanted: Wanted, limit: int) -> list[Group]:
        """What is in quarantine, by cause."""
        with self.snapshot() as connection:
            return quarantine.causes(connection, wanted, limit)

    def quarantined(self, wanted: Wanted, limit: int, before: int | None) -> list[Quarantined]:
        """What is in quarantine, job by job."""
        with self.snapshot() as connection:
            return quarantine.jobs(connection, wanted, limit, before)

    def redrive(self, wanted: Wanted, who: str, most: int, *, refetch: bool, after: int) -> Moved:
        """Send back to the line what is wanted, up to about `most` jobs of it."""
        with self.connection() as connection:
            steps = quarantine.redrive(connection, wanted, who, refetch=refetch, after=after)
            moved = quarantine.move(connection, wanted, steps, most)
        self.broker.wake()
        return moved

    def reject(self, wanted: Wanted, who: str, why: str, most: int, *, after: int) -> Moved:
        """End for good what is wanted, up to about `most` jobs of it."""
        with self.connection() as connection:
            steps = quarantine.reject(connection, wanted, who, why, after=after)
            return quarantine.move(connection, wanted, steps, most)

    def source_health(self, everyone: bool, source: str | None, limit: int) -> Health:
        """How the sources are, or one of them."""
        with self.snapshot() as connection:
            return health(connection, everyone=everyone, source=source, limit=limit)

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose statements all see the same moment, and change nothing."""
        with self.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection of the pool; raises `Problem` with 503 where Postgres does not answer."""
        try:
            with self.pool.connection(POOL_SECONDS) as connection, self._lending(connection):
                yield connection
            self.outage.over()
        except AWAY as error:
            if isinstance(error, PoolTimeout) and self._lent:
                # Others work with theirs: Postgres is there.
                raise away("the gateway has too much to do: repeat the request", reason="busy") from error
            self.outage.met(error)
            # What broke one connection has often broken all; the next requests should not have to find that out.
            self.pool.check()
            raise away("the ledger does not answer now: repeat the request", reason="database_away") from error

    @contextmanager
    def _lending(self, connection: Connection) -> Iterator[None]:
        self._lent.add(connection)
        try:
            yield
        finally:
            self._lent.discard(connection)


def _answer(answer: Answer) -> Accepted | Problem:
    return refusal(answer) if isinstance(answer, Refused) else answer


def _foreign(only: str) -> Problem:
    detail = f"producer is another's: this token may offer as {only} only; leave it out, or use a token of its own"
    return Problem(403, detail, field="producer", reason="other_producer")
