"""Many offers at once: a bad one spoils no other, and a batch of the intake list is written once, whoever does it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import psycopg

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import refusals
from wireroom.ledger.accept import Answer, Tickets, accept
from wireroom.ledger.offer import Offer, Refused
from wireroom.ledger.refusals import Item

queries = Queries("wireroom.ledger", "batches.sql")

_OF_DATA = (
    psycopg.DataError,
    psycopg.errors.CheckViolation,
    psycopg.errors.NotNullViolation,
    psycopg.errors.ProgramLimitExceeded,
)
"""What an item is to blame for. A missing table or right is not among them: then the batch waits for a person."""


def accept_each(
    connection: Connection, offers: Sequence[Offer], tickets: Tickets, submission: str | None = None
) -> list[Answer]:
    """As `accept`; if they fail on data, each is tried by itself, and only the culprits are refused."""
    try:
        return accept(connection, offers, tickets, submission)
    except _OF_DATA as error:
        if len(offers) == 1:
            return [Refused("", "unstorable", f"Postgres cannot keep it: {_sentence(error)}")]
    return [answer for offer in offers for answer in accept_each(connection, [offer], tickets, submission)]


class Busy(Exception):  # noqa: N818 - not an error: the batch is to be tried again
    """Others were accepting the same keys all the time."""


def accept_batch(
    connection: Connection, batch: UUID, items: Sequence[tuple[Item, Offer | Refused]], tickets: Tickets
) -> list[Answer] | None:
    """Write a batch of at most `accept.CHUNK` items in one transaction; what was refused is kept. An answer for each.

    None if the batch is in the ledger already. Raises `Busy`; then, as with any error, nothing is written.
    """
    with connection.transaction():
        if not connection.execute(queries.note_batch, {"batch": batch}).rowcount:
            return None
        offers = [offer for _, offer in items if isinstance(offer, Offer)]
        answers = iter(accept_each(connection, offers, tickets))
        ends = [next(answers) if isinstance(read, Offer) else read for _, read in items]
        refused = [(item, end) for (item, _), end in zip(items, ends, strict=True) if isinstance(end, Refused)]
        if any(why.reason == "busy" for _, why in refused):
            raise Busy
        refusals.keep(connection, refused)
        crash_at(Point.LIST_WRITTEN)
        return ends


def _sentence(error: psycopg.Error) -> str:
    return error.diag.message_primary or str(error)
