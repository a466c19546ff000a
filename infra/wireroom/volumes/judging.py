"""Judging: once for each hour it is told of every source whether it is as it used to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.volumes.bench import Bench, Recent, Source
from wireroom.volumes.counting import queries
from wireroom.volumes.habits import WEEK, Habit
from wireroom.volumes.learning import hours
from wireroom.volumes.verdicts import UNWELL, Feeds, State, Verdict
from wireroom.volumes.whole import Stretch

FAILURES, PATIENCE = 3, 86400.0
"""A feed fails that could not be read so many times in a row, and for so many seconds."""


class Change(NamedTuple):
    """A source is unwell, or well again."""

    source: str
    before: State
    now: Verdict
    since: int


class Judged(NamedTuple):
    """What is otherwise; `quiet` where nothing comes from anybody any more, `heard` where that is over."""

    changes: list[Change]
    quiet: Stretch | None = None
    heard: bool = False


def judge_hour(connection: Connection, hour: int) -> Judged:
    """Judge every source at the beginning of `hour`; nothing where that was done, or it is not counted."""
    sources = [*map(_source, connection.execute(queries.sources))]
    bench = _bench(connection, hour, sources)
    found = [(one, *bench.verdict(one)) for one in sources]
    with connection.transaction():
        locked, *_ = connection.execute(queries.try_judge).fetchone() or (False,)
        if not locked or connection.execute(queries.is_open, {"hour": hour - 1}).fetchone() != (True,):
            return Judged([])
        _keep(connection, bench, found)
        crash_at(Point.JUDGED_WRITTEN)
    crash_at(Point.JUDGED_COMMITTED)
    changes = [Change(one.name, one.state, now, since) for one, now, since in found if _is_news(one.state, now.state)]
    quiet = None if bench.was_quiet else bench.quiet
    return Judged(changes, quiet, bench.was_quiet and bench.quiet is None)


def is_judged(connection: Connection, hour: int) -> bool:
    """Whether all is done for this hour, by whomever."""
    return connection.execute(queries.is_judged, {"hour": hour - 1}).fetchone() == (True,)


def _is_news(before: State, now: State) -> bool:
    return before != now and (before in UNWELL or now in UNWELL)


def _bench(connection: Connection, hour: int, sources: Sequence[Source]) -> Bench:
    newest = connection.execute(queries.newest, {"since": hour - WEEK, "until": hour})
    recent = {source: _recent(*columns) for source, *columns in newest}
    failing = connection.execute(queries.feeds, {"failures": FAILURES, "patience": PATIENCE})
    feeds = {source: Feeds(*row) for source, *row in failing}
    return Bench(hour, sources, recent, feeds, hours(connection, hour))


def _keep(connection: Connection, bench: Bench, found: Sequence[tuple[Source, Verdict, int]]) -> None:
    connection.execute(queries.judge_hours, {
        "hours": [one.hour for one in bench.hours], "expected": [one.expected for one in bench.hours],
        "tides": [one.tide for one in bench.hours],
    })  # fmt: skip
    new = [(one.name, verdict, since) for one, verdict, since in found if (verdict, since) != (one.verdict, one.since)]
    connection.execute(queries.keep_verdicts, {
        "sources": [name for name, _, _ in new], "states": [verdict.state for _, verdict, _ in new],
        "since": [since for _, _, since in new],
        "verdicts": [msgspec.json.encode(verdict).decode() for _, verdict, _ in new],
    })  # fmt: skip


def _source(row: Sequence[Any]) -> Source:
    name, first, last, habit, state, since, verdict = row
    return Source(
        name, first, last, msgspec.json.decode(habit, type=Habit) if habit else None, state, since,
        msgspec.json.decode(verdict, type=Verdict) if verdict else None,
    )  # fmt: skip


def _recent(at: Sequence[int], *columns: Sequence[int]) -> Recent:
    return Recent(*(dict(zip(at, column, strict=True)) for column in columns))
