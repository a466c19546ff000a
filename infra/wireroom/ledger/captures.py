"""What becomes of the pages of a fetch flight: each in one transaction, fenced against a twin that was faster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from wireroom import urls
from wireroom.contracts import FetchedPage
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import ends, hosts
from wireroom.ledger.accept import compress, digest
from wireroom.ledger.flights import land
from wireroom.ledger.life import MOVES

queries = Queries("wireroom.ledger", "captures.sql")


def capture(connection: Connection, flight: int, job_id: int, page: FetchedPage, delay: float) -> bool:
    """Keep a fetched page and make the job ready for the process leg; False: a twin was first.

    `delay` is how many seconds the page's host is left in peace now.
    """
    with connection.transaction():
        row = connection.execute(queries.lock_page, {"job": job_id, "flight": flight}).fetchone()
        if row is None:
            return False
        kept = connection.execute(queries.insert_capture, _capture_row(job_id, page)).fetchone()
        assert kept is not None
        connection.execute(queries.captured, {"job": job_id, "day": kept[0], "id": kept[1], "bytes": len(page.body)})
        crash_at(Point.CAPTURE_WRITTEN)
        land(connection, [flight])
        hosts.asked(connection, row, delay, answered=True)
        return True


def move(connection: Connection, flight: int, job_id: int, url: str, redirects: Sequence[str], delay: float) -> bool:
    """The page is at `url`, on another host, which the job waits for now; False: a twin was first.

    `redirects` are the addresses that led there, in their order. `delay` is as in `capture`, of the host left.
    """
    with connection.transaction():
        row = connection.execute(queries.lock_page, {"job": job_id, "flight": flight}).fetchone()
        if row is None:
            return False
        given = {"job": job_id, "url": url, "host": urls.host(url), "redirects": list(redirects)}
        connection.execute(queries.moved, given)
        crash_at(Point.MOVE_WRITTEN)
        land(connection, [flight])
        hosts.asked(connection, row, delay, answered=True)
        return True


def set_down(connection: Connection, flight: int, job_ids: Sequence[int], delay: float) -> list[int]:
    """Take pages out of their flight that were not asked for, because their host is left in peace: they are ready, and
    nothing is held against them. Returns those that were still in it."""
    with connection.transaction():
        locked = ends.lock_flight(connection, flight, "ingest")
        mine = {job_id: job for job_id, job in locked.items() if job_id in set(job_ids)}
        if mine:
            connection.execute(ends.queries.hand_back, {"jobs": sorted(mine), "loss": MOVES["handed_back"].losses})
            land(connection, [flight])
            hosts.asked(connection, {job.host for job in mine.values() if job.host}, delay)
        return sorted(mine)


def _capture_row(job_id: int, page: FetchedPage) -> dict[str, Any]:
    return {
        "job": job_id,
        "url": page.url,
        "requested_url": page.requested_url,
        "redirects": page.redirects or None,
        "status": page.status,
        "content_type": ends.clean(page.content_type),
        "headers": msgspec.json.encode({name: ends.clean(value) for name, value in page.headers.items()}).decode(),
        "fetched_at": page.fetched_at,
        "digest": digest(page.body),
        "bytes": len(page.body),
        "body": compress(page.body),
    }
