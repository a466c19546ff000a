"""Learning: each day the habit of each source anew, from what is counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from wireroom.database import Connection
from wireroom.volumes.counting import queries
from wireroom.volumes.habits import DAY, LEAST_DAYS, MOST_DAYS, Ends, Habit, learn
from wireroom.volumes.whole import Hour, Whole

STEP = 50
"""Sources whose habits are learned at once."""


class Row(NamedTuple):
    """An hour of a source: what came, what ended, and how much of that badly."""

    hour: int
    came: int
    ended: int
    bad: int


def learn_next(connection: Connection, hour: int) -> bool:
    """Learn the habits of some sources for which it is time; whether there may be more."""
    given = {"hour": hour, "least": LEAST_DAYS, "most": MOST_DAYS, "step": STEP}
    first_hours: dict[str, int] = dict(connection.execute(queries.unlearned, given).fetchall())
    if not first_hours:
        return False
    today = hour // DAY
    history = _history(connection, [*first_hours], range(today - MOST_DAYS, today))
    off = Whole(hours(connection, hour)).off
    with connection.transaction():
        for source, first in first_hours.items():
            days = range(max(first // DAY + 1, today - MOST_DAYS), today)
            habit = learn_rows(history.get(source, ()), days, off)
            as_json = msgspec.json.encode(habit).decode() if habit else None
            connection.execute(queries.keep_habit, {"source": source, "habit": as_json, "hour": hour})
    return len(first_hours) == STEP


def learn_rows(rows: Sequence[Row], days: range, off: set[int]) -> Habit | None:
    """The habit of a source of which this is counted; None where it is too little."""
    habit = learn({row.hour: row.came for row in rows}, days, off)
    ends: dict[int, Ends] = {}
    for row in rows:
        day = ends.get(row.hour // DAY, Ends())
        ends[row.hour // DAY] = Ends(day.all + row.ended, day.bad + row.bad)
    return msgspec.structs.replace(habit, ends=[*ends.values()]) if habit else None


def hours(connection: Connection, hour: int) -> list[Hour]:
    """What is known of the whole, of the hours before one."""
    return [Hour(*row) for row in connection.execute(queries.hours, {"hour": hour, "since": hour - MOST_DAYS * DAY})]


def _history(connection: Connection, sources: list[str], days: range) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    given = {"sources": sources, "since": days.start * DAY, "until": days.stop * DAY}
    for source, *row in connection.execute(queries.history, given):
        found.setdefault(source, []).append(Row(*row))
    return found
