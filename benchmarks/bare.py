"""The bare loop: capture, decode, parse, enrich and the same SQL, in one plain process; no queue, no flight, no log.

    python -m benchmarks.bare KIND

It accepts by the same function as Wireroom's doors, reads of the pages what parse reads, and ends jobs by the functions
of the store stage: what Wireroom costs above it is plumbing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

import zstandard

from benchmarks.ground import Ground
from benchmarks.hand import Hand, serve
from benchmarks.material import Kind, articles
from benchmarks.system import CORES, System, all_ended, hands, stages_worked
from wireroom.contracts import ArticleJob, FetchedPage
from wireroom.database import Connection, connect
from wireroom.database.queries import Queries
from wireroom.enrich.enricher import Enricher
from wireroom.enrich.stage import enrich, load_enrichers, warm
from wireroom.errors import Unusable
from wireroom.ledger import ends
from wireroom.ledger.accept import CHUNK, Accepted, Tickets, accept
from wireroom.ledger.ends import End
from wireroom.ledger.offer import Offer, prepare
from wireroom.parse.stage import parse
from wireroom.settings import settings
from wireroom.store.stage import store
from wireroom.topology import Enriched

queries = Queries("benchmarks", "bare.sql")

BATCH = 32
"""Articles read, and stored in one transaction: as many as a full flight."""


class Loop(NamedTuple):
    """What one process works with."""

    connection: Connection
    enrichers: Sequence[Enricher]
    tickets: Tickets

    def work(self, jobs: Sequence[ArticleJob]) -> None:
        """Each article from its offer to its record."""
        for chunk in _parts(jobs, CHUNK):
            for batch in _parts(submit(self.connection, chunk, self.tickets), BATCH):
                self._batch(batch)

    def _batch(self, jobs: Sequence[int]) -> None:
        done: list[Enriched] = []
        rows = self.connection.cursor(binary=True).execute(queries.pages, {"jobs": list(jobs)})
        for job_id, source, *page in rows.fetchall():
            fetched, started = _page(source, page), time.thread_time()
            try:
                article = enrich(parse(fetched), self.enrichers)
            except Unusable as error:
                rejected = End(job_id, "rejected", error.reason, str(error))
                ends.reject(self.connection, "parse", [(job_id, 1)], [rejected])
            else:
                stages = {"work": time.thread_time() - started}
                done.append(Enriched(job_id=job_id, run=1, source=source, article=article, stages=stages))
        assert not store(self.connection, done).failed


def submit(connection: Connection, jobs: Sequence[ArticleJob], tickets: Tickets) -> list[int]:
    """Accept at most `CHUNK` articles as a producer's batch; the ids of their jobs."""
    offers = [offer for job in jobs if isinstance(offer := prepare(job, settings().content_bytes), Offer)]
    answers = accept(connection, offers, tickets)
    return [answer.job_id for answer in answers if isinstance(answer, Accepted)]


def _page(source: str, row: Sequence[Any]) -> FetchedPage:
    offered, url, requested, status, content_type, headers, fetched_at, body = row
    return FetchedPage(
        body=zstandard.ZstdDecompressor().decompress(body), content_type=content_type, url=url or offered,
        requested_url=requested, status=status, headers=headers, fetched_at=fetched_at.isoformat(timespec="seconds"),
        source=source,
    )  # fmt: skip


def _parts(whole: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (whole[start : start + size] for start in range(0, len(whole), size))


@contextmanager
def running(ground: Ground, kind: Kind, env: dict[str, str]) -> Iterator[System]:
    """A loop on each core."""
    given = env | ground.fresh("bare")
    loops = [Hand("benchmarks.bare", [kind], given, ground.directory / "bare.log") for _ in range(CORES)]
    with hands(loops), connect(given["WIREROOM_DATABASE_URL"], "bench") as db:
        yield System(
            given,
            lambda: {f"loop {n + 1}": loop.pid for n, loop in enumerate(loops)},
            loops,
            all_ended(db),
            stages_worked(db),
        )


def main() -> None:
    """Be one loop."""
    kind = cast(Kind, sys.argv[1])
    enrichers = load_enrichers(settings().enrichers)
    warm(enrichers)
    articles(kind, 0, 1)
    with connect(settings().database_url, "bare") as connection:
        loop = Loop(connection, enrichers, Tickets())
        serve(lambda start, stop: loop.work(articles(kind, start, stop)))


if __name__ == "__main__":
    main()
