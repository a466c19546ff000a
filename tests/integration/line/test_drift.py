"""A site gets a new layout while its articles go down the line."""

from __future__ import annotations

from collections.abc import Callable

from newsroom.desk import offer
from newsroom.layouts import HOST, old, without_times
from newsroom.line import Line
from wireroom.drift.look import drift
from wireroom.drift.windows import ARTICLES


def publish(line: Line, layout: Callable[[int], str], first: int, number: int) -> None:
    """So many pages of the layout are on their way, and have ended."""
    line.submit(offer(html=layout(n), url=f"https://{HOST}/{n}") for n in range(first, first + number))
    line.drain()


def test_the_dispatchers_name_the_field_within_fifty_articles(line: Line) -> None:
    publish(line, old, 0, 4 * ARTICLES)
    publish(line, without_times, 4 * ARTICLES, 2 * ARTICLES)
    line.wait(lambda: not drift(line.db).unread, "all to be proofread")
    (found,) = drift(line.db, HOST).breaks
    assert (found.field, str(found)) == ("published", "filled 100 % -> 0 %")
    said = {(one["source"], one["field"], one["change"]) for one in line.log("dispatcher*", "source_changed")}
    assert said == {(HOST, "published", "filled 100 % -> 0 %")}
    assert line.db.execute("SELECT sum(articles) FROM parse_health").fetchone() == (6 * ARTICLES,)
