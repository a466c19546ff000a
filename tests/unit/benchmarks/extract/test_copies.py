"""Copies of pages that are learned from: all of the page is still there, and what was put in is where it should be."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from benchmarks.extract.copies import Teaser, forget, with_teasers
from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.outline import Outline, outline
from wireroom.parse.signs import NAMES

PAGE = "<header><p>Paper</p></header><main><article><h1>Title</h1><p>One.</p><p>Two.</p></article></main><p>Imprint</p>"
STORY = [False, False, True, True, False]
TEASERS = [Teaser(f"Title {number}", f"Text {number}.") for number in range(9)]


def shown(page: Outline, first: int = 0, last: int | None = None) -> list[tuple[str, str, str]]:
    """Each line with the tags around it."""
    boxes = [page.boxes[line.box] for line in page.lines]
    return [(line.text, box.tag, page.boxes[box.parent].tag)
            for line, box in list(zip(page.lines, boxes, strict=True))[first:last]]  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_teasers_stand_under_the_story_and_all_else_stays_where_it_was(seed: int) -> None:
    page = outline(LexborHTMLParser(PAGE))
    spliced, first, number = with_teasers(page, STORY, TEASERS, Random(seed))
    assert first in {4, 5}
    before, after = shown(spliced, 0, first), shown(spliced, first + number)
    assert before + after == shown(page)
    put_in = {line.text for line in spliced.lines[first : first + number]}
    assert 3 <= len(put_in & {teaser.text for teaser in TEASERS}) <= 8
    assert all(box.parent < at for at, box in enumerate(spliced.boxes) if at)
    # In the page's order: each box stands in one that is still open.
    assert all(_is_within(spliced, spliced.boxes[at].parent, at - 1) for at in range(1, len(spliced.boxes)))


def _is_within(page: Outline, box: int, inner: int) -> bool:
    """Whether a box is, or holds, another."""
    while inner > box:
        inner = page.boxes[inner].parent
    return inner == box


def test_words_and_labels_are_forgotten_at_times_and_nothing_else_is() -> None:
    changes = [np.flatnonzero(forget([[1.0] * len(NAMES)], Random(seed))[0] == 0) for seed in range(60)]
    kinds = {tuple(sorted({NAMES[at].split("_")[0] for at in change})) for change in changes}
    assert kinds == {(), ("words",), ("label",), ("label", "words")}
    assert forget([], Random(1)).shape == (0, len(NAMES))
