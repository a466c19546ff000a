"""Every metric of Wireroom, declared once; `docs/metrics.md` has the same ones in a table.

Each is in the registry of who exposes it. No label may have many values: no job, source or host is ever one.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal

import prometheus_client
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

from wireroom.topology import POLL, STAGES

prometheus_client.disable_created_metrics()

GATEWAY, DISPATCHER, LEDGER, WORKER, PROCESS = (CollectorRegistry() for _ in range(5))
"""By gateways; by dispatchers of themselves, and of the whole ledger; by workers; by every process.

The metrics of workers must have labels: what has none is kept in memory as soon as it is declared, and that memory the
processes of a pool do not share.
"""
MEDIA_TYPE = prometheus_client.exposition.CONTENT_TYPE_PLAIN_0_0_4

Via = Literal["http", "list"]
_VIAS: tuple[Via, ...] = ("http", "list")
_AWAY = ("no_token", "bad_token", "missing_scope", "too_fast")
_LEGS, _LANES = ("fetch", "process"), ("live", "backfill")
_ENTRIES = ("known", "accepted", "sighted", "refused")
_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

ACCEPTED = Counter(
    "wireroom_accepted_total", "Articles accepted as new jobs.", ["via", "lane"], registry=GATEWAY
)  # fmt: skip
DUPLICATES = Counter(
    "wireroom_duplicates_total", "Offers that were known already, answered with their job.", ["via"], registry=GATEWAY
)
REFUSED = Counter("wireroom_refused_total", "Offers that were not accepted.", ["via", "reason"], registry=GATEWAY)
TURNED_AWAY = Counter(
    "wireroom_turned_away_total", "Requests that no token let in, or not yet.", ["reason"], registry=GATEWAY
)

FINISHED = Counter("wireroom_finished_total", "Jobs that reached their outcome.", ["outcome"], registry=DISPATCHER)
QUARANTINED = Counter(
    "wireroom_quarantined_total", "Jobs that failed too often and went to quarantine.", registry=DISPATCHER
)
FLIGHTS_LAUNCHED = Counter(
    "wireroom_flights_launched_total", "Flights put on the line.", ["leg"], registry=DISPATCHER
)  # fmt: skip
ARTICLES_LAUNCHED = Counter(
    "wireroom_articles_launched_total", "Articles put on the line, each time they were.", ["leg"], registry=DISPATCHER
)
LOST_FLIGHTS = Counter(
    "wireroom_lost_flights_total", "Flights given up, whose articles fly again.", ["rule"], registry=DISPATCHER
)

LINE_ARTICLES = Gauge(
    "wireroom_line_articles", "Unfinished articles: ready, waiting or in flight.", ["leg", "lane", "state"],
    registry=LEDGER,
)  # fmt: skip
OLDEST_UNFINISHED = Gauge(
    "wireroom_oldest_unfinished_seconds", "Age of the oldest unfinished article; 0 if there is none.", ["lane"],
    registry=LEDGER,
)  # fmt: skip
LIVE_FLIGHTS = Gauge("wireroom_live_flights", "Flights on the line.", ["stage", "state"], registry=LEDGER)
QUARANTINE = Gauge("wireroom_quarantine_articles", "Articles in quarantine, which wait for a person.", registry=LEDGER)
REFUSALS = Gauge(
    "wireroom_refusals",
    "Refusals of the intake list that are kept for a person to read.",
    registry=LEDGER,
)
PAUSES = Gauge("wireroom_pauses", "Pauses of the line, a leg, a lane, a source or a host.", registry=LEDGER)
BREAKS = Gauge(
    "wireroom_source_breaks", "Fields that parse does not find in a source's articles as it used to.", registry=LEDGER
)
POLLED_SOURCES = Gauge(
    "wireroom_polled_sources", "Sources: polled, new, failing, or paused.", ["state"], registry=LEDGER
)  # fmt: skip
POLLS_LATE = Gauge(
    "wireroom_polls_late_seconds", "How long the poll is late that has waited longest; 0 if none is.", registry=LEDGER
)
SOURCES = Gauge(
    "wireroom_sources", "Sources by how much comes from them, beside what is expected.", ["state"], registry=LEDGER
)
UNHEARD = Gauge(
    "wireroom_unheard_sources", "Of how many sources something was expected, hour by hour, since anybody was heard.",
    registry=LEDGER,
)  # fmt: skip
GAP = Gauge(
    "wireroom_reconciliation_gap", "Findings of the last reconciliation: 0 if all is accounted for.", registry=LEDGER
)
RECONCILIATION_AGE = Gauge(
    "wireroom_reconciliation_age_seconds", "Time since the last reconciliation.", registry=LEDGER
)  # fmt: skip

STAGE_SECONDS = Histogram(
    "wireroom_stage_seconds", "Work of a stage on one article, whatever came of it.", ["stage"], registry=WORKER,
    buckets=_SECONDS,
)  # fmt: skip
RETRIES = Counter(
    "wireroom_retries_total", "Failed tries of an article that will be repeated.", ["stage", "kind"], registry=WORKER
)
FETCHES = Counter(
    "wireroom_fetches_total", "Requests to publishers, by the class of the answer.", ["status"], registry=WORKER
)
POLLS = Counter("wireroom_polls_total", "Polls of sources, by how they ended.", ["status"], registry=WORKER)
ENTRIES = Counter(
    "wireroom_entries_total", "Entries that polls saw, by what became of them.", ["end"], registry=WORKER
)  # fmt: skip
WORKER.register(LOST_FLIGHTS)

READY = Gauge("wireroom_ready", "1 while the process is ready for work, else 0.", ["role"], registry=PROCESS)


def page(collectors: Iterable[Collector]) -> bytes:
    """What a scrape gets."""
    return b"".join(generate_latest(collector) for collector in collectors)


def begin_gateway() -> None:
    """Let the counters of a gateway begin at 0: a rate does not see the first step of what was not there before."""
    for reason in _AWAY:
        TURNED_AWAY.labels(reason)
    for via in _VIAS:
        DUPLICATES.labels(via)
        for lane in _LANES:
            ACCEPTED.labels(via, lane)


def begin_dispatcher() -> None:
    """As `begin_gateway`, of a dispatcher."""
    for outcome in ("stored", "updated", "unchanged", "rejected"):
        FINISHED.labels(outcome)
    for leg in _LEGS:
        FLIGHTS_LAUNCHED.labels(leg)
        ARTICLES_LAUNCHED.labels(leg)
    FLIGHTS_LAUNCHED.labels(POLL)
    for rule in ("epoch", "waiting", "stalled"):
        LOST_FLIGHTS.labels(rule)


def begin_worker(stage: str) -> None:
    """As `begin_gateway`, of a worker."""
    STAGE_SECONDS.labels(stage)
    for kind in ("transient", "surprise"):
        RETRIES.labels(stage, kind)
    LOST_FLIGHTS.labels("died")
    for status in ("2xx", "3xx", "4xx", "5xx", "error") if stage == STAGES[0] else ():
        FETCHES.labels(status)
    for poll in ("read", "unchanged", "failed") if stage == STAGES[0] else ():
        POLLS.labels(poll)
    for end in _ENTRIES if stage == STAGES[0] else ():
        ENTRIES.labels(end)


@contextmanager
def timed(stage: str, articles: int = 1) -> Iterator[None]:
    """The block is the work of a stage on so many articles."""
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds = (time.perf_counter() - started) / max(1, articles)
        for _ in range(articles):
            STAGE_SECONDS.labels(stage).observe(seconds)


def count_ends(ended: Mapping[str, int]) -> None:
    """Jobs that have ended, by how: an outcome, or `quarantined`."""
    for kind, number in ended.items():
        (QUARANTINED if kind == "quarantined" else FINISHED.labels(kind)).inc(number)


def count_poll(status: str, entries: Mapping[str, int]) -> None:
    """A poll has ended, and so much became of the entries it saw: known, accepted, sighted or refused."""
    POLLS.labels(status).inc()
    for end in _ENTRIES:
        ENTRIES.labels(end).inc(entries.get(end, 0))


def count_fetch(status: int | None) -> None:
    """A publisher was asked, and answered with `status`, or (None) not at all."""
    FETCHES.labels(f"{status // 100}xx" if status else "error").inc()


def declared() -> list[Any]:
    """Every metric there is, in the order of this file."""
    return [value for value in globals().values() if isinstance(value, Counter | Gauge | Histogram)]
