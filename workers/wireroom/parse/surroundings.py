"""What stands around a story and is kept apart: captions, posts, newsletters, biographies, other stories' headlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from wireroom.contracts import Block, Related
from wireroom.parse.ages import split_age
from wireroom.parse.outline import Line, Outline
from wireroom.parse.signs import Signs
from wireroom.parse.tails import aside, is_related_heading

_KEPT: dict[str | None, Literal["caption", "newsletter", "bio", "quote"]]
_KEPT = {"caption": "caption", "newsletter": "newsletter", "bio": "bio"}
"""What is cut and kept, by its rule, as a tail of its own kind."""
_QUOTE_AROUND = 5
"""Boxes: what others have said, a post that is shown in a story for one, stands in some of its own."""
_LONGEST_TAIL = 1000
_OUTSIDE = frozenset({"aside", "nav", "footer"})
_SIDE = re.compile(r"sidebar|\brail\b|footer|side-?col")


class Surroundings(NamedTuple):
    tails: list[Block]
    related: list[Related]


def read_surroundings(page: Outline, signs: Signs, told: set[int]) -> Surroundings:
    """What stands with the lines that are told and is none of them; what is at the page's side is left out."""
    asides = _asides(page)
    beside = [at for at, line in enumerate(page.lines) if at not in told and not asides[line.box]]
    return Surroundings(list(_tails(page, signs, told, beside)), list(_related(page, signs, beside)))


def _tails(page: Outline, signs: Signs, told: set[int], beside: list[int]) -> Iterator[Block]:
    """Captions, posts that the story shows, and what the page marks as newsletter or author's biography."""
    first, last = min(told, default=0), max(told, default=0)
    for at in beside:
        line = page.lines[at]
        text = line.text[:_LONGEST_TAIL]
        # Also one in a box that is cut for something else.
        kind = "caption" if page.boxes[line.box].tag == "figcaption" else _KEPT.get(signs.cut[at])
        if kind is None and first < at < last and is_quoted(page, line.box):
            kind = "quote"
        if kind is not None:
            yield Block(kind=kind, text=text)
        elif not line.linked and (notice := aside(text)):
            yield notice


def _related(page: Outline, signs: Signs, beside: list[int]) -> Iterator[Related]:
    """Headlines of other stories, each once, without their ages."""
    seen: set[str] = set()
    heading, listed, before = None, False, -1
    for at in beside:
        line = page.lines[at]
        if is_related_heading(line.text):
            heading, listed, before = line.text, True, at
            continue
        listed, before = listed and at == before + 1 and is_link(line), at
        if signs.cut[at] != "related" and not listed:
            continue
        aged = split_age(line.text)
        title = aged.title if aged else line.text
        if len(title.split()) > 2 and title not in seen and (line.href or page.boxes[line.box].tag == "li"):
            seen.add(title)
            yield Related(title=title, heading=heading, url=line.href or None)


def is_link(line: Line) -> bool:
    """Whether a line is a link more than text."""
    return line.linked >= 0.6 * len(line.text)


def _asides(page: Outline) -> list[bool]:
    """For each box whether it is at the page's side rather than with the story."""
    asides, ends, behind = [False] * len(page.boxes), page.ends.tolist(), 1
    for at, box in enumerate(page.boxes):
        if at >= behind and (box.tag in _OUTSIDE or _is_side(box.label)):
            behind = ends[at]
            asides[at:behind] = [True] * (behind - at)
    return asides


@lru_cache(maxsize=10_000)
def _is_side(label: str) -> bool:
    return _SIDE.search(label.lower()) is not None


def is_quoted(page: Outline, box: int) -> bool:
    """Whether the box is, or stands in, a quotation."""
    for _ in range(_QUOTE_AROUND):
        if page.boxes[box].tag == "blockquote":
            return True
        box = page.boxes[box].parent
    return False
