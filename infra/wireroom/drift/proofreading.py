"""Proofreading: the articles that ended are counted into the windows of their sources, each once, whoever dies."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.drift.breaks import HISTORY, find_breaks
from wireroom.drift.measures import FIELDS, REFUSED, Article, Measure, Tally
from wireroom.drift.windows import Break, Seen, Window

queries = Queries("wireroom.drift")

STEP = 1000
"""Most ends looked at in one transaction."""


class Found(NamedTuple):
    """A break that the window before did not have."""

    source: str
    found: Break


class Step(NamedTuple):
    """What was found in the windows that are full now, and whether more can be counted at once."""

    found: list[Found]
    more: bool


def proofread(connection: Connection) -> Step:
    """Count the next ends, and look at the windows that they fill; nothing while another proofreader is at it."""
    with connection.transaction():
        row = connection.execute(queries.try_proofread).fetchone()
        if row is None or not row[0]:
            return Step([], False)
        after, until = connection.execute(queries.reach, {"most": STEP}).fetchone() or (0, 0)
        if until <= after:
            return Step([], False)
        found = _Pages(connection).count(_ended(connection, after, until))
        connection.execute(queries.move_cursor, {"until": until})
        crash_at(Point.PROOFREAD_WRITTEN)
    crash_at(Point.PROOFREAD_COMMITTED)
    return Step(found, until - after == STEP)


def _ended(connection: Connection, after: int, until: int) -> list[Article]:
    given = {"after": after, "until": until, "refused": list(REFUSED), "fields": list(FIELDS)}
    return [Article(*row) for row in connection.execute(queries.ended, given)]


class _Pages:
    """The windows that a step fills, in its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._db = connection
        self._newest: dict[str, Window] = {}
        self._history: dict[str, list[Window]] = {}

    def count(self, articles: Sequence[Article]) -> list[Found]:
        """Count the articles, and keep the windows; what was found in those that are full."""
        sources = sorted({article.source for article in articles})
        rows = self._db.execute(queries.newest, {"sources": sources})
        self._newest = {window.source: window for window in map(_window, rows)}
        full = [window for window in map(self._count, articles) if window.seen is None]
        found = [one for window in full for one in self._look(window)]
        self._keep(full, [window for window in self._newest.values() if window.seen])
        return found

    def _keep(self, full: Sequence[Window], begun: Sequence[Window]) -> None:
        over = [{"source": window.source, "number": window.number - HISTORY} for window in full]
        with self._db.pipeline():
            cursor = self._db.cursor()
            cursor.executemany(queries.keep, [_row(window) for window in (*full, *begun)])
            cursor.executemany(queries.forget, over)

    def _count(self, article: Article) -> Window:
        window = self._newest.get(article.source)
        if window is None or window.seen is None:
            number = window.number + 1 if window else 1
            window = Window(article.source, number, article.at, article.at)
            self._newest[article.source] = window
        window.count(article)
        return window

    def _look(self, window: Window) -> list[Found]:
        """Compare a full window with those before it, which the database has, or which were looked at just now."""
        if window.source not in self._history:
            given = {"source": window.source, "number": window.number, "most": HISTORY}
            self._history[window.source] = [*map(_window, self._db.execute(queries.history, given))]
        history = self._history[window.source]
        breaks = find_breaks(history[-HISTORY:], window)
        known = {(one.field, one.measure) for one in history[-1].breaks or ()} if history else set()
        window.breaks = breaks or None
        history.append(window)
        return [Found(window.source, one) for one in breaks if (one.field, one.measure) not in known]


def _window(row: Sequence[Any]) -> Window:
    source, number, since, until, articles, measures, seen, breaks = row
    return Window(
        source, number, since, until, articles,
        measures=msgspec.json.decode(measures, type=dict[Measure, dict[str, Tally]]),
        seen=msgspec.json.decode(seen, type=Seen) if seen else None,
        breaks=msgspec.json.decode(breaks, type=list[Break]) if breaks else None,
    )  # fmt: skip


def _row(window: Window) -> dict[str, Any]:
    columns = ("measures", "seen", "breaks")
    given = {name: value for name in columns if (value := getattr(window, name)) is not None}
    as_json = {name: msgspec.json.encode(value).decode() for name, value in given.items()}
    place = {name: getattr(window, name) for name in ("source", "number", "since", "until", "articles")}
    return place | dict.fromkeys(columns) | as_json
