"""What predictions are worth, by the `score.py` that comes with the pages."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from benchmarks.extract.pages import Page
from wireroom.errors import WireroomError

Scored = Mapping[str, Any]
Row = Mapping[str, Any]
TEXT_ONLY = ("F1", "P", "R")


class Score(Protocol):
    """The module, as far as it is used."""

    def tokens(self, text: str) -> list[str]:
        """The words of a text; each character of a CJK script is one."""

    def score_page(self, row: Row, pred: Row) -> dict[str, Any]:
        """The figures of one page."""

    def aggregate(self, pages: Sequence[Scored], boot: int) -> dict[str, Any]:
        """The figures of many; where there are none for a figure, it is absent."""


def load_score(data: Path) -> Score:
    """The `score.py` of a folder; raises `WireroomError`."""
    place = data / "score.py"
    if not place.exists():
        raise WireroomError(f"DATA={data}: there is no score.py to judge by")
    spec = importlib.util.spec_from_file_location("score_of_the_pages", place)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return cast("Score", module)


def scored(score: Score, pages: Sequence[Page], rows: Mapping[str, Row]) -> list[Scored]:
    """The figures of each page; a page without a row, or whose row is an error, counts as a miss."""
    return [score.score_page(page.row, rows.get(page.id, {})) for page in pages]


def by_set(pages: Sequence[Scored]) -> dict[str, list[Scored]]:
    """The pages of each set, in order of appearance."""
    sets: dict[str, list[Scored]] = {}
    for page in pages:
        sets.setdefault(page["set"], []).append(page)
    return sets
