"""The table in Markdown, and what it was measured on."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import NamedTuple

import psycopg
import redis

from benchmarks.commit import commit
from benchmarks.losses.tally import STAGES
from benchmarks.losses.tasks import VISIBILITY_SECONDS
from benchmarks.losses.trial import Account
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey

_HEAD = (
    "fault", "system", "accepted", "stored", "explained", "lost", "still going",
    "done again: parse / enrich / store", "stored twice", "seconds", "needs a hand",
)  # fmt: skip


class Row(NamedTuple):
    """One trial."""

    fault: str
    system: str
    account: Account


def table(rows: Sequence[Row]) -> str:
    """All trials, those of one fault together."""
    lines = [_line(_HEAD), _line("---" if column < 2 else "--:" for column in range(len(_HEAD)))]
    last = ""
    for row in rows:
        lines.append(_line([row.fault if row.fault != last else "", row.system, *cells(row.account)]))
        last = row.fault
    return "\n".join(lines)


def cells(found: Account) -> list[str]:
    """An account as the table shows it."""
    again = " / ".join(f"{found.repeated[stage]:,}" for stage in STAGES)
    numbers = (found.accepted, found.stored, found.explained, found.lost, found.going)
    hand = "yes" if found.needs_a_hand else "no"
    return [*map(str, numbers), again, str(found.twice), f"{found.seconds:.0f}", hand]


def measured_on(postgres: EmbeddedPostgres, valkey: EmbeddedValkey, articles: int, seed: int) -> str:
    """Machine, versions, commit, and what was brought."""
    with psycopg.connect(postgres.url) as db, redis.Redis.from_url(valkey.url) as broker:
        server = db.execute("SHOW server_version").fetchone()
        told = broker.info("server")
    packages = ", ".join(f"{name} {version(name)}" for name in ("celery", "kombu", "billiard", "redis"))
    return (
        f"{articles} articles for each fault and system, seed {seed}; visibility timeout {VISIBILITY_SECONDS} s\n"
        f"{os.cpu_count()} cores, {platform.machine()} {platform.system()}, Python {platform.python_version()}\n"
        f"{packages}; Valkey {told.get('valkey_version', told['redis_version'])};"
        f" Postgres {server[0] if server else '?'}, durable; commit {commit()}"
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
