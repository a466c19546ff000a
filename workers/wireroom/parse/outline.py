"""A page as its lines: each run of text between two breaks, the boxes it stands in, and how much of it is links."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.parse.elements import attribute, is_within
from wireroom.parse.wording import tidy

_UNSEEN = [
    "script", "style", "noscript", "template", "iframe", "svg", "head", "button", "select", "textarea", "input", "img",
    "picture", "source", "video", "audio", "canvas", "object", "option", "datalist", "map", "math", "dialog",
]  # fmt: skip
_FRAMES = frozenset({"nav", "footer"})
_LEAST_UNFRAMED = 200
"""Characters: a page that has less outside its frame is marked up wrongly, and all of it is read."""
MOST_LINES = 4_000
MOST_LETTERS = 1_000_000
"""What stands behind so many lines, or letters, is not read."""
_INLINE = frozenset({
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "label", "mark", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub",
    "sup", "time", "tt", "u", "var", "wbr",
})  # fmt: skip
_STRONG = frozenset({"b", "strong"})
_TELLING = ("class", "id", "itemprop", "role", "data-testid", "data-component")


class Box(NamedTuple):
    """An element that breaks lines."""

    parent: int
    """Its place among the boxes, which come in the page's order; the outermost is its own."""
    tag: str
    label: str
    """Its class, id and what else says what it is for."""


class Line(NamedTuple):
    """A run of text, never empty."""

    text: str
    box: int
    """The innermost around it."""
    linked: int
    """Characters of it that are links."""
    strong: int
    """Characters of it that are bold."""
    href: str
    """Where its last link leads; empty without one."""


@dataclass(frozen=True)
class Outline:
    boxes: list[Box]
    lines: list[Line]
    elements: list[LexborNode] = field(default_factory=list, repr=False)
    """Of the boxes, as long as the tree is kept."""

    @cached_property
    def parents(self) -> NDArray[np.intp]:
        """Of each box."""
        return np.array([box.parent for box in self.boxes], np.intp)

    @cached_property
    def ends(self) -> NDArray[np.intp]:
        """For each box the first behind it that is not inside."""
        ends = list(range(1, len(self.boxes) + 1))
        for at in range(len(ends) - 1, 0, -1):
            up = self.boxes[at].parent
            ends[up] = max(ends[up], ends[at])
        return np.array(ends, np.intp)

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """The box of each line."""
        return np.array([line.box for line in self.lines], np.intp)

    def summed(self, *values: ArrayLike) -> NDArray[np.float64]:
        """Rows of values, one for each line, as rows of their sums over all lines in each box and the boxes inside."""
        sums = np.zeros((len(values), len(self.boxes) + 1))
        for row, one in zip(sums, values, strict=True):
            row[1:] = np.bincount(self.places, one, len(self.boxes))
        sums.cumsum(axis=1, out=sums)
        inside: NDArray[np.float64] = sums[:, self.ends] - sums[:, :-1]
        return inside


_Place: TypeAlias = "tuple[int, str | None, bool]"
"""Where text stands: its box, where the link around it leads, if there is one, and whether it is bold."""


def outline(tree: LexborHTMLParser) -> Outline:
    """The lines of the page's body in reading order; what nobody reads is taken from the tree."""
    tree.strip_tags(_UNSEEN)
    root = tree.body
    if root is None:
        return Outline([Box(0, "body", "")], [])
    # The frame is half of a page's lines.
    frames = (node for node in root.css("nav, footer") if not is_within(node, _FRAMES))
    if len(root.text(deep=True)) - sum(len(node.text(deep=True)) for node in frames) > _LEAST_UNFRAMED:
        tree.strip_tags([*_FRAMES])
    return _read(root)


def _read(root: LexborNode) -> Outline:
    boxes, lines, elements = [Box(0, "body", _label(root))], list[Line](), [root]
    places: dict[int, _Place] = {root.mem_id: (0, None, False)}
    parts: list[str] = []
    box = linked = strong = breaks = letters = 0
    link: str | None = None

    def flush() -> None:
        if text := tidy("".join(parts)):
            length = len(text)
            lines.append(Line(text, box, min(linked, length), min(strong, length), link or ""))
        parts.clear()

    for node in root.traverse(include_text=True):
        tag = node.tag
        if tag != "-text":
            breaks += tag == "br"
            continue
        if not (text := node.text_content):
            continue
        if text.isspace():
            parts.append(" ")
            continue
        parent = node.parent
        if parent is None:
            continue
        at, around, bold = places.get(parent.mem_id) or _place(parent, places, boxes, elements)
        if at != box or breaks > 1:
            flush()
            if len(lines) == MOST_LINES or letters >= MOST_LETTERS:
                break
            box, linked, strong, link = at, 0, 0, None
        elif breaks:
            parts.append(" ")
        breaks = 0
        parts.append(text := text[: MOST_LETTERS - letters])
        letters += len(text)
        if around is not None:
            linked, link = linked + len(text), around
        if bold:
            strong += len(text)
    flush()
    return Outline(boxes, lines, elements)


def _place(node: LexborNode, places: dict[int, _Place], boxes: list[Box], elements: list[LexborNode]) -> _Place:
    """The place of text in an element; boxes that are new are added."""
    new: list[LexborNode] = []
    up: LexborNode | None = node
    while up is not None and up.mem_id not in places:
        new.append(up)
        up = up.parent
    place = places[up.mem_id] if up is not None else (0, None, False)
    for one in reversed(new):
        tag = one.tag or ""
        if tag not in _INLINE:
            box, link, strong = place
            boxes.append(Box(box, tag, _label(one)))
            elements.append(one)
            place = len(boxes) - 1, link, strong
        elif tag == "a":
            place = place[0], attribute(one, "href"), place[2]
        elif tag in _STRONG:
            place = place[0], place[1], True
        places[one.mem_id] = place
    return place


def _label(node: LexborNode) -> str:
    if not (attributes := node.attributes):
        return ""
    return " ".join([value for name in _TELLING if (value := attributes.get(name))])[:400]
