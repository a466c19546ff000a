"""A ledger to work on: a `Desk` accepts, launches and moves jobs as the line does."""

from __future__ import annotations

from itertools import count
from typing import Any

import psycopg

from wireroom.contracts import ArticleJob, FetchedPage
from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.ledger import ends, flights
from wireroom.ledger.accept import CHUNK, Accepted, Answer, Tickets, accept
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.launch import Flight, Launcher
from wireroom.ledger.life import FIRST_STAGE, LEG_OF, Leg, RetryPolicy
from wireroom.ledger.offer import Offer, prepare
from wireroom.ledger.reconcile import reconcile

EPOCH = "first"


def offer(**fields: Any) -> Offer:
    """An acceptable offer; inline text unless a url is given."""
    if not fields.keys() & {"url", "text", "html", "body"}:
        fields["text"] = f"Article {next(_texts)}"
    fields.setdefault("producer", "test")
    prepared = prepare(ArticleJob(**fields), 1_000_000)
    if not isinstance(prepared, Offer):
        raise WireroomError(prepared.cause)
    return prepared


_texts = count(1)


class Desk:
    """Moves jobs through the ledger of one database, over one connection."""

    def __init__(self, db: Connection, url: str) -> None:
        self.db = db
        self.url = url
        self.tickets = Tickets()
        self.launchers = {leg: Launcher(leg, Bounds(in_flight=1000)) for leg in FIRST_STAGE}

    def accept(self, *offers: Offer, submission: str | None = None) -> list[Answer]:
        return accept(self.db, offers, self.tickets, submission)

    def job(self, **fields: Any) -> int:
        """Accept one offer; its job id."""
        (answer,) = self.accept(offer(**fields))
        assert isinstance(answer, Accepted)
        return answer.job_id

    def jobs(self, number: int, **fields: Any) -> list[int]:
        made: list[int] = []
        while len(made) < number:
            answers = self.accept(*(offer(**fields) for _ in range(min(CHUNK, number - len(made)))))
            made += [answer.job_id for answer in answers if isinstance(answer, Accepted)]
        return made

    def launch(self, leg: Leg = "process") -> list[Flight]:
        return self.launchers[leg].launch(self.db, EPOCH).flights

    def flight(self, leg: Leg = "process", stage: str | None = None) -> int:
        """Launch what is ready as one flight and start it at `stage`."""
        (flight,) = self.launch(leg)
        assert flights.start(self.db, flight.id, flight.stage, "worker")
        at = flight.stage
        for next_stage in ("enrich", "store") if stage in ("enrich", "store") else ():
            if at != stage:
                assert flights.hand_over(self.db, flight.id, at, next_stage, EPOCH)
                assert flights.start(self.db, flight.id, next_stage, "worker")
                at = next_stage
        return flight.id

    def finish(self, *runs: tuple[int, int], connection: Connection | None = None) -> list[int]:
        """End runs as store does, by one transaction; returns the jobs that it ended."""
        return ends.reject(
            connection or self.db, "store", runs, [ends.End(job, "rejected", "test", "a test") for job, _ in runs]
        )

    def fail(self, flight: int, job: int, error: Exception, stage: str = "parse") -> list[ends.Failure]:
        return ends.fail(self.db, flight, stage, "worker", [ends.Failed(job, error)], RetryPolicy())

    def quarantined(self, error: Exception, stage: str | None = None, **fields: Any) -> int:
        """A job that failed once, by default at the first stage of its leg, and for good."""
        job = self.job(**fields)
        at = stage or ("ingest" if "url" in fields else "parse")
        flight, policy = self.flight(LEG_OF[at], at), RetryPolicy(transient=0, surprise=0)
        ends.fail(self.db, flight, at, "worker", [ends.Failed(job, error)], policy)
        return job

    def hurry(self) -> None:
        """Let all waiting be over."""
        self.db.execute("UPDATE line SET due_at = now() - interval '1 second' WHERE waits_for = 'time'")
        self.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")

    def refuse(self, table: str, error: type[psycopg.Error]) -> None:
        """From now on Postgres meets every insert into the table with this error."""
        self.db.execute(
            f"CREATE FUNCTION refuse_{table}() RETURNS trigger LANGUAGE plpgsql AS"
            f" 'BEGIN RAISE EXCEPTION USING ERRCODE = ''{error.sqlstate}''; END';"
            f" CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_{table}()".encode()
        )

    def accept_again(self, table: str) -> None:
        """Postgres takes rows of the table as before."""
        self.db.execute(f"DROP FUNCTION refuse_{table} CASCADE".encode())

    def value(self, statement: str, *parameters: Any) -> Any:
        """The first column of the first row; None if there is none."""
        row = self.db.execute(statement.encode(), parameters).fetchone()
        return row[0] if row else None

    def check(self) -> None:
        """Reconcile finds nothing. Records are the store's: outcomes here are made up without."""
        assert [str(finding) for finding in reconcile(self.db, everything=True).findings] == []


def page(body: bytes = b"<p>A page.", **fields: Any) -> FetchedPage:
    fields.setdefault("fetched_at", "2025-05-02T10:00:00+00:00")
    return FetchedPage(body=body, content_type="text/html", status=200, url="https://news.example/a", **fields)
