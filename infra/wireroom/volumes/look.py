"""Looking: how every source is, what was expected of it, and where to look first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from wireroom.database import Connection
from wireroom.volumes.bench import QUIET
from wireroom.volumes.counting import queries
from wireroom.volumes.verdicts import STATES, UNWELL, State, Verdict


class SourceHealth(NamedTuple):
    """A source as it was judged last; `came` and the rest are of the last `hours`, of a silent one of its silence."""

    source: str
    state: State
    since: datetime
    days: int
    last_at: datetime | None
    hours: int
    came: int
    expected: float
    least: int
    most: int
    ended: int
    ended_badly: int
    sentence: str
    look_at: str | None


class Health(NamedTuple):
    """The worst first; `counted` is the end of the last hour that is judged, None before the first.

    `states` counts all sources. `quiet_since` is when anybody was heard last, where that is no chance.
    """

    sources: list[SourceHealth]
    more: bool
    states: dict[str, int]
    counted: datetime | None
    quiet_since: datetime | None


def health(connection: Connection, *, everyone: bool = False, source: str | None = None, limit: int = 1000) -> Health:
    """How the sources are that are unwell, or all, or one; at most `limit` of them."""
    states = [*(STATES if everyone or source else UNWELL)]
    given = {"states": states, "source": source, "most": limit + 1, "order": [*STATES]}
    with connection.transaction():
        rows = connection.execute(queries.health, given).fetchall()
        counts: dict[str, int] = dict(connection.execute(queries.states).fetchall())
        counted, quiet, expected = connection.execute(queries.quiet).fetchone() or (None, None, 0.0)
    return Health(
        [_one(row) for row in rows[:limit]], len(rows) > limit, {state: counts.get(state, 0) for state in STATES},
        counted, quiet if expected >= QUIET else None,
    )  # fmt: skip


class _Clues(NamedTuple):
    """What may be the matter with a source."""

    pause: str | None
    feeds: int
    paused_feeds: int
    paused_by: str | None
    failed_feed: str | None
    failure: str | None
    overdue: datetime | None
    newest_poll: datetime | None
    broken: str | None
    reason: str | None
    producer: str | None


def _one(row: Sequence[Any]) -> SourceHealth:
    name, since, last_at, verdict, *clues = row
    told = msgspec.json.decode(verdict, type=Verdict)
    look_at = _look_at(told.state, _Clues(*clues)) if told.state in (*UNWELL, "paused") else None
    return SourceHealth(
        name, told.state, since, told.days, last_at, told.hours, told.came, told.expected, told.least, told.most,
        told.ends.all, told.ends.bad, told.sentence, look_at,
    )  # fmt: skip


def _look_at(state: State, clues: _Clues) -> str | None:
    """The most likely place, as a sentence."""
    if clues.pause:
        return f"paused: {clues.pause}"
    if clues.feeds and clues.feeds == clues.paused_feeds:
        return f"its feeds are not polled: paused by {clues.paused_by}"
    if state == "failing" and clues.reason:
        broken = f"; {clues.broken}" if clues.broken else ""
        return f"mostly {clues.reason}: `wireroom jobs --source` with its name shows them{broken}"
    if clues.failure:
        return f"the last poll of {clues.failed_feed} failed: {clues.failure}"
    if clues.overdue:
        return f"a poll was due at {clues.overdue:%Y-%m-%d %H:%M}Z: does an ingest worker run, is its host held up?"
    if clues.feeds:
        return f"its feed was read at {clues.newest_poll:%Y-%m-%d %H:%M}Z and has nothing new: has it moved?"
    return f"no feed of ours: its producer {clues.producer} sends less" if clues.producer else None
