"""The store worker: `python -m wireroom.store.worker`."""

from __future__ import annotations

from wireroom import logs, metrics, room
from wireroom.crash import Point, crash_at
from wireroom.logs import Event
from wireroom.room import Room
from wireroom.store.stage import store
from wireroom.topology import Enriched, unpack


def receive(desk: Room, flight: int, articles: str | None) -> None:
    """Store the articles of a flight, which ends it."""
    enriched = unpack(articles, Enriched)
    sources = {one.job_id: one.source for one in enriched}
    logs.info(Event.flight_started, articles=len(enriched))
    with desk.pool.connection() as connection, metrics.timed("store", len(enriched)):
        ends, failed = store(connection, enriched)
    crash_at(Point.STORE_COMMITTED)
    desk.fail(flight, failed, sources)
    for end in ends:
        logs.info(Event.article_stored, job=end.job_id, source=sources[end.job_id], outcome=end.outcome,
                  article=end.article_id, version=end.version)  # fmt: skip
    desk.broker.wake()


if __name__ == "__main__":
    room.run("store", receive)
