"""The Celery chain at work: prefork with a process a core; its producer keeps pages in batches and starts their chains.

python -m benchmarks.chain KIND
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from celery import chain

from benchmarks.ground import Ground
from benchmarks.hand import Hand, serve
from benchmarks.material import Kind, articles
from benchmarks.system import CORES, System, hands, supervised
from benchmarks.tasks import BACKEND, db, enrich, parse, queries, store
from wireroom.contracts import ArticleJob
from wireroom.database import connect
from wireroom.ledger.accept import CHUNK, compress
from wireroom.supervisor import Process, Supervisor


@contextmanager
def running(ground: Ground, kind: Kind, env: dict[str, str], *, results: bool = True) -> Iterator[System]:
    """A worker with a process a core, and a process that submits."""
    given = env | ground.fresh("chain")
    given |= {BACKEND: given["WIREROOM_REDIS_URL"]} if results else {}
    argv = (sys.executable, "-m", "celery", "-A", "benchmarks.tasks", "worker", "-l", "INFO", "-c", str(CORES))
    supervisor = Supervisor([Process("worker", argv, given)], ground.directory / "chain")
    producer = Hand("benchmarks.chain", [kind], given, ground.directory / "producer.log")
    with connect(given["WIREROOM_DATABASE_URL"], "bench") as connection:
        connection.execute(queries.tables)

        def ended(number: int) -> bool:
            return connection.execute(queries.ended).fetchone() == (number,)

        with supervised(supervisor), hands([producer]):
            yield System(given, lambda: supervisor.pids() | {"producer": producer.pid}, [producer], ended)


def submit(jobs: list[ArticleJob]) -> None:
    """Keep the pages, in one transaction, then start a chain for each."""
    cursor = db().cursor()
    with db().transaction():
        cursor.executemany(queries.insert_page, [_row(job) for job in jobs], returning=True)
        ids = [result.fetchone()[0] for result in cursor.results()]  # type: ignore[index]
    for page_id in ids:
        chain(parse.s(page_id), enrich.s(), store.s()).delay()


def _row(job: ArticleJob) -> dict[str, Any]:
    text = job.text if job.text is not None else job.html
    body = text.encode() if text is not None else job.body or b""
    content_type = job.content_type or ("text/html" if job.html else "text/plain")
    return {"url": job.url, "content_type": content_type, "body": compress(body)}


def main() -> None:
    """Be the producer."""
    kind = cast(Kind, sys.argv[1])
    articles(kind, 0, 1)

    def work(start: int, stop: int) -> None:
        for first in range(start, stop, CHUNK):
            submit(articles(kind, first, min(first + CHUNK, stop)))

    serve(work)


if __name__ == "__main__":
    main()
