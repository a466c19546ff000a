"""Copies of pages to learn from, so that what is learned rests on nothing that unseen sites may do otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wireroom.parse.outline import Box, Line, Outline
from wireroom.parse.signs import NAMES

FORGOTTEN = 0.3
"""How often a page's words, and how often its labels, are taken for unknown."""
_WORDS = [at for at, name in enumerate(NAMES) if name.startswith("words_")]
_LABELS = [at for at, name in enumerate(NAMES) if name.startswith("label")]
_TEASERS = (3, 5, 8)
_NAMES = ("", "item", "col", "row", "box", "entry", "block", "css-1x2y3z", "list-item", "card", "post", "view")
_HEADINGS = ("More stories", "Latest news", "Weitere Artikel", "Top stories", "You may like", "Read next")
_STAMPS = ("3 hours ago", "May 4, 2023", "By Jane Miller", "12.04.2024")


class Teaser(NamedTuple):
    title: str
    text: str


class Spliced(NamedTuple):
    """A page with lines that were put into it: the first of them, and how many."""

    outline: Outline
    first: int
    number: int


def forget(signs: ArrayLike, chance: Random) -> NDArray[np.float32]:
    """The signs of a page's lines, as if the lexicon knew none of its words, or none of its labels, at times."""
    changed = np.array(signs, np.float32).reshape(-1, len(NAMES))
    for group in (_WORDS, _LABELS):
        if chance.random() < FORGOTTEN:
            changed[:, group] = 0
    return changed


def with_teasers(page: Outline, story: Sequence[bool | None], teasers: Sequence[Teaser], chance: Random) -> Spliced:
    """A page with some of the teasers under its story, marked up in one of many ways."""
    around = _around(page, story, chance.choice((0, 1, 1, 2)))
    inside = _inside(page, around)
    behind = max(at for at, within in enumerate(inside) if within) + 1
    boxes, lines = _cards(teasers, around, behind, chance)
    first = max((at for at, line in enumerate(page.lines) if inside[line.box]), default=-1) + 1

    def moved(box: int) -> int:
        return box + len(boxes) if box >= behind else box

    after = [box._replace(parent=moved(box.parent)) for box in page.boxes[behind:]]
    told = [line._replace(box=moved(line.box)) for line in page.lines]
    spliced = Outline([*page.boxes[:behind], *boxes, *after], [*told[:first], *lines, *told[first:]])
    return Spliced(spliced, first, len(lines))


def _cards(teasers: Sequence[Teaser], around: int, at: int, chance: Random) -> tuple[list[Box], list[Line]]:
    """A box of teasers inside of `around`, as the boxes from the place `at` on, and their lines."""
    boxes, lines = list[Box](), list[Line]()

    def box(parent: int, tag: str, label: str = "") -> int:
        boxes.append(Box(parent, tag, label))
        return at + len(boxes) - 1

    def line(text: str, box: int, linked: bool = False) -> None:
        lines.append(Line(text, box, len(text) if linked else 0, 0, "/story" if linked else ""))

    inner = box(around, chance.choice(("div", "ul", "section")), chance.choice(_NAMES))
    if chance.random() < 0.5:
        line(chance.choice(_HEADINGS), box(inner, "h2"))
    tag, name = chance.choice(("div", "li")), chance.choice(_NAMES)
    for teaser in chance.sample(teasers, min(len(teasers), chance.choice(_TEASERS))):
        card = box(inner, tag, name)
        line(teaser.title, box(card, chance.choice(("h2", "h3", "h4", "div"))), chance.random() < 0.8)
        if chance.random() < 0.4:
            line(chance.choice(_STAMPS), box(card, chance.choice(("div", "p"))))
        line(teaser.text, box(card, chance.choice(("p", "div"))))
    return boxes, lines


def _around(page: Outline, story: Sequence[bool | None], steps: int) -> int:
    """The box so many steps around the one with most of the story."""
    letters: dict[int, int] = {}
    for line, told in zip(page.lines, story, strict=True):
        up = page.boxes[line.box].parent
        letters[up] = letters.get(up, 0) + (len(line.text) if told else 0)
    box = max(letters, key=letters.__getitem__, default=0)
    for _ in range(steps):
        box = page.boxes[box].parent
    return box


def _inside(page: Outline, box: int) -> list[bool]:
    inside: list[bool] = []
    for at, one in enumerate(page.boxes):
        inside.append(at == box or (at > 0 and inside[one.parent]))
    return inside
