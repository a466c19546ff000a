"""The tables, in Markdown: of development pages and of held-back ones, a column for each system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchmarks.extract.intervals import difference
from benchmarks.extract.pages import Page
from benchmarks.extract.peers import PRECISE
from benchmarks.extract.scores import Score, Scored, by_set, scored
from benchmarks.extract.turns import Row

POOLED = "all"
NOT_GIVEN = "-"
_FIGURES = (
    ("title exact", "t=", "title"), ("authors, F1 of sets", "aF1", "authors"), ("day", "day", "date"),
    ("minute, with zone", "min", "date"), ("lead image", "img", "image"), ("date where there is none", "spur", "date"),
)  # fmt: skip


class Part(NamedTuple):
    """Pages that are judged together, and each system's rows and figures for them."""

    pages: Sequence[Page]
    rows: Mapping[str, Mapping[str, Row]]
    figures: Mapping[str, Sequence[Scored]]


def judged(score: Score, pages: Sequence[Page], rows: Mapping[str, Mapping[str, Row]]) -> Part:
    """Every system's rows for the pages, judged."""
    return Part(pages, rows, {system: scored(score, pages, found) for system, found in rows.items()})


def quality(score: Score, part: Part) -> str:
    """Every figure that a set has gold for; of a system that never gives a field, none."""
    rows = [["body F1", *row] for row in body_rows(score, part)]
    for title, key, field in _FIGURES:
        rows += [[title, *row] for row in _rows(score, part, key, f"n_{key}", field) if row[0] != POOLED]
    return markdown(["", "set", "pages", *part.figures], rows)


def body_rows(score: Score, part: Part) -> list[list[str]]:
    """Body F1: of all pages, then of each set."""
    return _rows(score, part, "F1", "nb", "text")


def _rows(score: Score, part: Part, key: str, number: str, field: str) -> list[list[str]]:
    rows, gives = [], {system: any(row.get(field) for row in found.values()) for system, found in part.rows.items()}
    for name in _sets(part):
        found = {system: score.aggregate(_of_set(figures, name), 0) for system, figures in part.figures.items()}
        if numbers := {one[number] for one in found.values() if one.get(key) is not None}:
            cells = (f"{one[key]:.3f}" if gives[system] else NOT_GIVEN for system, one in found.items())
            rows.append([name, str(numbers.pop()), *cells])
    return rows


def differences(part: Part) -> str:
    """Body F1 less that of trafilatura, which favours precision."""
    rows = []
    for name in _sets(part):
        pages = {system: _of_set(figures, name) for system, figures in part.figures.items()}
        found = [difference(pages[system], pages[PRECISE]) for system in pages if system != PRECISE]
        if all(found):
            rows.append([name, *(f"{one.value:+.3f} ({one.low:+.3f} to {one.high:+.3f})" for one in found if one)])
    return markdown(["set", *(system for system in part.figures if system != PRECISE)], rows)


def _sets(part: Part) -> list[str]:
    return [POOLED, *by_set(next(iter(part.figures.values()), ()))]


def _of_set(figures: Sequence[Scored], name: str) -> Sequence[Scored]:
    return figures if name == POOLED else by_set(figures)[name]


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table that is read as well as pasted."""
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    rule = ["-" * width for width in widths]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in (head, rule, *rows)
    )
