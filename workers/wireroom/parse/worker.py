"""The parse worker: `python -m wireroom.parse.worker`."""

from __future__ import annotations

from functools import cache, partial

from wireroom import room
from wireroom.ledger import flights
from wireroom.parse.rules import Rules, read_rules
from wireroom.parse.stage import parse
from wireroom.room import Item, Room
from wireroom.settings import settings
from wireroom.topology import Parsed, pack


@cache
def rules() -> Rules:
    """Those that the settings name."""
    return read_rules(settings().rules)


def receive(desk: Room, flight: int, _: str | None) -> None:
    """Parse the pages of a flight, which the ledger has."""
    with desk.pool.connection() as connection:
        captured = flights.captured_pages(connection, flight)
    items = [Item(one.job_id, one.run, one.page, {}, one.page.source) for one in captured]
    if done := desk.work(flight, items, partial(parse, rules=rules())):
        articles = [Parsed(job_id=i.job_id, run=i.run, source=i.source, article=i.value, stages=i.stages) for i in done]
        desk.pass_on(flight, pack(articles))


if __name__ == "__main__":
    room.run("parse", receive, warm=rules, bounded=True)
