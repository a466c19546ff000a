"""The store worker: `python -m wireroom.store.worker`."""

from __future__ import annotations

import time

from wireroom import logs, room
from wireroom.logs import Event
from wireroom.room import Room
from wireroom.store.stage import store
from wireroom.topology import Enriched, unpack


def receive(desk: Room, flight: int, articles: str | None) -> None:
    """Store the articles of a flight, which ends it."""
    enriched = unpack(articles, Enriched)
    started = time.perf_counter()
    with desk.pool.connection() as connection:
        ends, failed = store(connection, enriched)
    seconds = round((time.perf_counter() - started) / max(1, len(enriched)), 6)
    desk.fail(flight, failed)
    for end in ends:
        logs.info(Event.article_stored, job=end.job_id, outcome=end.outcome, article=end.article_id,
                  version=end.version, seconds=seconds)  # fmt: skip
    desk.broker.wake()


if __name__ == "__main__":
    room.run("store", receive)
