"""A review of what records say otherwise, made readable."""

from __future__ import annotations

from rich.table import Table

from wireroom.cli.differences import Review, Told
from wireroom.cli.output import answer, cell, console, table, write_lines
from wireroom.records.changes import CHANGES
from wireroom.records.replays import Count


def show_review(review: Review, found: Count, *, as_json: bool) -> None:
    """Print what was found."""
    if as_json:
        write_lines([found._asdict() | {"compared": review.compared} | review.as_object()])
        return
    ends = f"{review.same:,} as before, {review.differ:,} otherwise"
    answer(f"{review.compared:,} of {found.articles:,} articles were read anew: {ends}")
    for what, ended in (("would be rejected", review.rejected), ("cannot be read", review.died)):
        for why, told in ended.items():
            answer(f"{what}: {why}: {told}")
    if found.expired:
        answer(f"expired, as captures are kept WIREROOM_CAPTURE_DAYS: {Told(found.expired, found.first_expired)}")
    if review.differ:
        answer(f"of the words of their texts {review.words.kept:.2%} stay; {review.words.new:.2%} are new")
        console.print(_fields(review))
        console.print(_examples(review))


def _fields(review: Review) -> Table:
    rows = table("field", *CHANGES)
    for name, counts in review.fields.items():
        if counts["same"] < counts.total():
            rows.add_row(*map(cell, (name, *(f"{counts[change]:,}" for change in CHANGES))))
    return rows


def _examples(review: Review) -> Table:
    rows = table("field", "article", "", "for example")
    for name, examples in review.examples.items():
        for one in examples:
            rows.add_row(*map(cell, (name, one.article_id, "before", one.before)))
            rows.add_row(*map(cell, ("", "", "now", one.after)))
    return rows
