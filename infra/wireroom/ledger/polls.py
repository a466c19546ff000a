"""Polls: each ends in the ledger once, with what became of every entry; a twin of it finds the flight gone."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from wireroom import urls
from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import hosts, pace, sources
from wireroom.ledger.accept import Accepted, Tickets
from wireroom.ledger.batches import accept_each
from wireroom.ledger.ends import Failure, clean
from wireroom.ledger.offer import Refused
from wireroom.ledger.poll_terms import UNASKED, Child, End, Ended, Peace, Shown, Tally, ToPoll
from wireroom.topology import POLL

queries = Queries("wireroom.ledger", "polls.sql")

UNSETTLED = bytes(16)
"""What is kept of an entry that could not be offered yet: the next poll finds that it says something else."""
MERGED_BY = "poll"
"""Who has paused a source that moved to the address of another one."""


def to_poll(connection: Connection, flight: int) -> ToPoll | None:
    """What the flight is to poll; None: it is nobody's any more."""
    row = connection.execute(queries.to_poll, {"flight": flight}).fetchone()
    return ToPoll(*row) if row else None


def known(connection: Connection, source: int, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
    """Which of these entries the source has shown before -> what they said then."""
    given = {"source": source, "hashes": list(hashes)}
    return dict(connection.cursor(binary=True).execute(queries.known, given).fetchall()) if given["hashes"] else {}


def take(connection: Connection, flight: int, source: int, shown: Sequence[Shown], tickets: Tickets) -> Tally | None:
    """Accept some of many entries, before the poll ends; None: the flight is not mine any more."""
    with connection.transaction():
        if not _lock(connection, flight, source):
            return None
        return _take(connection, source, shown, tickets)


def finish(
    connection: Connection, flight: int, source: ToPoll, end: End, before: Tally, shown: Sequence[Shown],
    tickets: Tickets, *, children: Sequence[Child] = (), unchanged: Sequence[bytes] = (),
    still: Sequence[bytes] = (), peace: Peace = UNASKED,
) -> Ended | None:  # fmt: skip
    """End a poll: the last entries (`before` has what became of the others), what it leads to, and its record.

    None: the flight is not mine any more. `unchanged` are the children that are as they were, `still` the entries that
    are shown as before.
    """
    with connection.transaction():
        if not _lock(connection, flight, source.id):
            return None
        connection.execute(queries.end_flight, {"flight": flight})
        # Before the offers, here as everywhere.
        _leave_in_peace(connection, source.host, peace)
        end = _move(connection, source, end)
        found = _adopt(connection, source, end, children, unchanged)
        tally = before + _take(connection, source.id, shown, tickets)
        if still:
            connection.execute(queries.still_shown, {"source": source.id, "hashes": list(still)})
        end = replace(end, cause=_cause(end, tally))
        _write(connection, source, end, tally)
        crash_at(Point.POLL_WRITTEN)
        return Ended(tally, found, end.cause)


def lead(connection: Connection, flight: int, source: ToPoll, to: str, peace: Peace, *, for_good: bool) -> bool:
    """The poll goes on at another host, once that may be asked; False: the flight is not mine any more."""
    with connection.transaction():
        if not _lock(connection, flight, source.id):
            return False
        connection.execute(queries.end_flight, {"flight": flight})
        _leave_in_peace(connection, source.host, peace)
        given = {"source": source.id, "to": to, "host": urls.host(to), "for_good": for_good}
        connection.execute(queries.lead, given)
        return True


def hand_back(
    connection: Connection, flight: int, stage: str, worker: str, blamed: Iterable[int] | None, cause: str,
    delay: float = 0.0,
) -> list[Failure]:  # fmt: skip
    """Let a poll that will not end be due again: at once, or where it is blamed (None) as a failed one.

    In a transaction of the caller's, on the terms of `ends.hand_back`.
    """
    row = lock_flight(connection, flight, stage)
    ended = connection.execute(queries.end_flight, {"flight": flight}).fetchone()
    if row is None:
        return []
    id_, url, host, failures, before = row
    _leave_in_peace(connection, host, Peace(delay))
    if blamed is not None:
        connection.execute(queries.hand_back, {"flight": flight})
        return []
    seconds = float(ended[0]) if ended else 0.0
    # The first time it is the worker's fault as likely as its own.
    wait = pace.wait_after_failure(before, failures, pace.LOST, None, random.random()) if failures else 0.0  # noqa: S311
    end = End("failed", seconds, url, wait, cause=cause)
    connection.execute(queries.insert_poll, _row(id_, end, Tally()))
    connection.execute(queries.end_failed, {"source": id_, "host": urls.host(url), "wait": wait})
    return []


def lock_flight(connection: Connection, flight: int, stage: str) -> tuple[int, str, str, int, float | None] | None:
    """The source that is in the flight, locked: its id, address, host, failures and pace."""
    assert stage == POLL
    return connection.execute(queries.lock_flight, {"flight": flight}).fetchone()


def _lock(connection: Connection, flight: int, source: int) -> bool:
    return connection.execute(queries.lock, {"flight": flight, "source": source}).fetchone() is not None


def _leave_in_peace(connection: Connection, host: str, peace: Peace) -> None:
    if peace.delay is not None:
        hosts.asked(connection, [host], peace.delay, answered=peace.answered)
    if peace.busy is not None:
        hosts.cool(connection, {host: peace.busy}, peace.seconds)


def _take(connection: Connection, source: int, shown: Sequence[Shown], tickets: Tickets) -> Tally:
    if not shown:
        return Tally()
    answers = accept_each(connection, [one.offer for one in shown], tickets)
    kept = [(one, answer) for one, answer in zip(shown, answers, strict=True) if isinstance(answer, Accepted)]
    old = _older(connection, kept)
    digests = [UNSETTLED if one.hash in old else one.digest for one, _ in kept]
    given = {"hashes": [one.hash for one, _ in kept], "digests": digests}
    connection.execute(queries.keep_entries, given | {"source": source})
    accepted = sum(isinstance(answer, Accepted) and answer.new for answer in answers)
    causes = tuple(answer.cause for answer in answers if isinstance(answer, Refused))
    return Tally(0, accepted, len(kept) - accepted, len(causes), causes[:3], len(old))


def _older(connection: Connection, kept: Sequence[tuple[Shown, Accepted]]) -> set[bytes]:
    """Those that are sightings of a job from before their article changed: it has to be fetched once more."""
    jobs = [answer.job_id for _, answer in kept if not answer.new]
    accepted: dict[int, datetime] = (
        dict(connection.execute(queries.accepted_at, {"jobs": jobs}).fetchall()) if jobs else {}
    )
    sightings = [(one, accepted[answer.job_id]) for one, answer in kept if answer.job_id in accepted]
    return {one.hash for one, since in sightings if one.is_later_than(since)}


def _adopt(
    connection: Connection, source: ToPoll, end: End, children: Sequence[Child], unchanged: Sequence[bytes]
) -> int:
    """Poll what the source leads to; of what is polled already, what is new now, and what is not only later."""
    found = 0
    if children:
        answers = sources.add(connection, [one.wanted for one in children], f"source {source.id}", source.id)
        found = sum(isinstance(answer, sources.Added) and answer.new for answer in answers)
        hashes = {"hashes": [one.hash for one in children]}
        connection.execute(queries.changed_children, hashes | {"source": source.id})
        digests = {"digests": [one.digest for one in children], "source": source.id}
        connection.execute(queries.keep_entries, hashes | digests)
    if unchanged:
        # A little longer, so that the index comes first.
        given = {"hashes": list(unchanged), "wait": 1.2 * end.wait, "source": source.id}
        connection.execute(queries.unchanged_children, given)
    return found


def _move(connection: Connection, source: ToPoll, end: End) -> End:
    if end.moved_to is None:
        return end
    given = {"source": source.id, "url": end.moved_to, "hash": sources.identity(end.moved_to)}
    if twin := connection.execute(queries.twin, given).fetchone():
        why = f"it moved to {end.moved_to}, which is source {twin[0]} already"
        connection.execute(queries.merge, given | {"who": MERGED_BY, "why": why})
        return replace(end, cause="; ".join(part for part in (why, end.cause) if part))
    connection.execute(queries.move, given | {"host": urls.host(end.moved_to)})
    return end


def _write(connection: Connection, source: ToPoll, end: End, tally: Tally) -> None:
    connection.execute(queries.insert_poll, _row(source.id, end, tally))
    given = {"source": source.id, "host": urls.host(end.moved_to or source.url), "wait": end.wait}
    if end.status == "failed":
        connection.execute(queries.end_failed, given)
        return
    given |= {"pace": end.pace, "kind": end.kind, "title": clean(end.title) if end.title else None}
    given |= {"lane": end.lane}
    validators = {"etag": end.etag, "last_modified": end.last_modified, "digest": end.digest}
    if tally.unsettled:
        # It has to be read again, though nothing may be new.
        validators = dict.fromkeys(validators)
    connection.execute(queries.end_read, given | validators | {"changed": end.changed})


def _cause(end: End, tally: Tally) -> str | None:
    refused = f"{tally.refused:,} refused: {'; '.join(dict.fromkeys(tally.causes))}" if tally.refused else None
    return "; ".join(part for part in (end.cause, refused) if part) or None


def _row(source: int, end: End, tally: Tally) -> dict[str, object]:
    return {
        "source": source, "seconds": end.seconds, "status": end.status, "http_status": end.http_status, "url": end.url,
        "moved_to": end.moved_to, "bytes": end.size, "seen": tally.seen, "known": tally.known,
        "accepted": tally.accepted, "sighted": tally.sighted, "refused": tally.refused,
        "cause": clean(end.cause) if end.cause else None, "wait": end.wait,
    }  # fmt: skip
