"""The careful Celery chain: a task an article and stage, a queue and a worker a stage, set up for reliability on Redis.

Every setting is one that Celery's or kombu's documentation has for it. Pages are kept in Postgres before their chain is
sent; each task may run twice without harm; what fails for good is written down with its cause.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import msgspec
import psycopg
from celery import Celery, chain, signals
from psycopg_pool import ConnectionPool

from benchmarks.enrichers import enrichers
from benchmarks.losses.tally import STAGES, tally
from wireroom.contracts import EnrichedArticle, FetchedPage, ParsedArticle, encode
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.enrich import stage as enriching
from wireroom.errors import Unusable
from wireroom.parse import stage as parsing
from wireroom.settings import settings

queries = Queries("benchmarks.losses", "chain.sql")
BEFORE_5_7 = "LOSSES_BEFORE_5_7"
"""Where it is set, a task whose process died goes back to its queue without end, as before Celery 5.7."""
VISIBILITY_SECONDS = 20
"""As long as Wireroom's lease. Celery's default is an hour, for which a run cannot wait."""

app = Celery("losses", broker=settings().redis_url)
app.conf.update(
    task_routes={stage: {"queue": stage} for stage in STAGES},
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    # At most max_retries times, then a failure; the setting above is what is done where this cannot be sent.
    task_retry_on_worker_lost=BEFORE_5_7 not in os.environ,
    task_time_limit=15,
    task_publish_retry=True,
    # About a minute; Celery's own policy gives up after three retries within a second.
    task_publish_retry_policy={"max_retries": 30, "interval_start": 0.2, "interval_step": 0.2, "interval_max": 2.0},
    worker_prefetch_multiplier=1,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    broker_channel_error_retry=True,
    visibility_timeout=VISIBILITY_SECONDS,
    broker_transport_options={
        "visibility_timeout": VISIBILITY_SECONDS,
        # How often it is looked for messages to restore: every 5 s instead of every 100 s.
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 30,
        "socket_connect_timeout": 5,
        "socket_keepalive": True,
        "retry_on_timeout": True,
    },
)
RETRIES: dict[str, Any] = {
    "autoretry_for": (Exception,), "dont_autoretry_for": (Unusable,), "max_retries": 12,
    # Shorter than the visibility timeout: a longer countdown would be run again and again.
    "retry_backoff": 1, "retry_backoff_max": 10, "retry_jitter": True, "default_retry_delay": 1,
}  # fmt: skip


@cache
def pool() -> ConnectionPool[Connection]:
    """Of this process; a connection that is broken is not given out."""
    check = ConnectionPool[Connection].check_connection
    url, options = settings().database_url, {"autocommit": True}
    return ConnectionPool(url, min_size=1, max_size=1, kwargs=options, timeout=10.0, check=check, open=True)


@app.task(name="parse", **RETRIES)
def parse(url: str) -> dict[str, Any]:
    """The article on a page."""
    with pool().connection() as connection:
        row = connection.execute(queries.page, {"url": url}).fetchone()
    assert row is not None
    tally("parse", row[0])
    article = parsing.parse(FetchedPage(body=row[0].encode(), content_type="text/plain", url=url))
    return {"url": url, "article": msgspec.to_builtins(article)}


@app.task(name="enrich", **RETRIES)
def enrich(given: dict[str, Any]) -> dict[str, Any]:
    """The article with what the enrichers found."""
    article = msgspec.convert(given["article"], ParsedArticle)
    tally("enrich", article.text)
    return given | {"article": msgspec.to_builtins(enriching.enrich(article, enrichers()))}


@app.task(name="store", **RETRIES)
def store(given: dict[str, Any]) -> None:
    """Its story; the same one again changes nothing."""
    article = msgspec.convert(given["article"], EnrichedArticle)
    row = {"url": given["url"], "title": article.parsed.title, "article": encode(article).decode()}
    with pool().connection() as connection:
        tally("store", article.parsed.text)
        connection.execute(queries.store, row)


def send(url: str) -> str:
    """Send the chain of a page that is kept; its id."""
    return str(chain(parse.s(url), enrich.s(), store.s()).apply_async().id)


@signals.task_failure.connect
@signals.task_internal_error.connect
def explain(*, sender: Any, exception: BaseException, args: list[Any], **_: Any) -> None:
    """Write down what failed for good. By a connection of its own: a worker's parent must not pass one on by a fork."""
    url = args[0] if isinstance(args[0], str) else args[0]["url"]
    cause = f"{type(exception).__name__}: {exception}"
    with psycopg.connect(settings().database_url, autocommit=True) as connection:
        connection.execute(queries.explain, {"url": url, "stage": sender.name, "cause": cause})
