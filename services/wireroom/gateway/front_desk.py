"""The front desk: what one gateway process works with. Its methods block, and may be called by many threads at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

from wireroom import logs, records
from wireroom.broker import Broker
from wireroom.contracts import ArticleJob
from wireroom.database import AWAY, Connection, open_pool
from wireroom.gateway.problems import Problem, away
from wireroom.gateway.views import article_view, job_view
from wireroom.ledger import look
from wireroom.ledger.accept import Accepted, Tickets, accept
from wireroom.ledger.offer import Refused, prepare
from wireroom.logs import Event
from wireroom.settings import Settings

CONNECTIONS = 8
POOL_SECONDS = 5.0


class SharedTickets(Tickets):
    """Tickets for all threads of a process."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def next(self, leg: str, lane: str, source: str, current: int) -> int:
        """As `Tickets.next`; one thread at a time."""
        with self._lock:
            return super().next(leg, lane, source, current)


class FrontDesk:
    """Takes offers into the ledger and looks things up; raises `Problem`, with 503 while Postgres is away."""

    def __init__(self, given: Settings) -> None:
        self.content_bytes = given.content_bytes
        self._tickets = SharedTickets()
        self._broker = Broker(given.redis_url)
        self.pool = open_pool(given.database_url, "gateway", CONNECTIONS)

    def close(self) -> None:
        """Give connections back."""
        self.pool.close()
        self._broker.close()

    def take(self, job: ArticleJob) -> Accepted:
        """Accept the offer: after the return it is durable."""
        offer = prepare(job, self.content_bytes)
        if isinstance(offer, Refused):
            raise _refusal(offer)
        with self._connection() as connection:
            (answer,) = accept(connection, [offer], self._tickets)
        if isinstance(answer, Refused):
            raise _refusal(answer)
        self._broker.wake()
        return answer

    def job(self, job_id: int) -> dict[str, Any] | None:
        """The job's state and timeline; None if it is not known."""
        with self.snapshot() as connection:
            for state in look.jobs(connection, ids=[job_id]):
                return job_view(state, look.timeline(connection, state))
        return None

    def article(self, article_id: int, number: int | None) -> dict[str, Any] | None:
        """The record, of version `number` or the current one; None if there is none."""
        with self.snapshot() as connection:
            stored = records.article(connection, article_id, number)
            return article_view(stored, records.versions(connection, article_id)) if stored else None

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection whose statements all see the same moment, and change nothing."""
        with self._connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield connection

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        try:
            with self.pool.connection(POOL_SECONDS) as connection:
                yield connection
        except AWAY as error:
            logs.warning(Event.database_away, cause=str(error))
            # What broke one connection has often broken all; the next requests should not have to find that out.
            self.pool.check()
            raise away("the ledger does not answer now: repeat the request", reason="database_away") from error


def _refusal(refused: Refused) -> Problem:
    if refused.reason == "busy":
        return away(refused.cause, field=refused.field, reason=refused.reason)
    status = 409 if refused.reason == "key_reused" else 422
    return Problem(status, refused.cause, field=refused.field, reason=refused.reason)
