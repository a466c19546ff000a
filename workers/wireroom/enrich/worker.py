"""The enrich worker: `python -m wireroom.enrich.worker`."""

from __future__ import annotations

from functools import cache, partial

from wireroom import room
from wireroom.enrich import stage
from wireroom.room import Item, Room
from wireroom.settings import settings
from wireroom.topology import Enriched, Parsed, pack, unpack


@cache
def enrichers() -> tuple[stage.Enricher, ...]:
    """Those that the settings ask for."""
    return stage.load_enrichers(settings().enrichers)


def receive(desk: Room, flight: int, articles: str | None) -> None:
    """Enrich the articles of a flight."""
    items = [Item(one.job_id, one.run, one.article, one.stages, one.source) for one in unpack(articles, Parsed)]
    if done := desk.work(flight, items, partial(stage.enrich, enrichers=enrichers())):
        enriched = [
            Enriched(job_id=i.job_id, run=i.run, source=i.source, article=i.value, stages=i.stages) for i in done
        ]
        desk.pass_on(flight, pack(enriched))


if __name__ == "__main__":
    room.run("enrich", receive, warm=lambda: stage.warm(enrichers()), bounded=True)
