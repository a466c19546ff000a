"""A page as its lines: each run of text between two breaks, the boxes it stands in, and how much of it is links."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

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


class Outline(NamedTuple):
    boxes: list[Box]
    lines: list[Line]

    def summed(self, values: Sequence[float]) -> list[float]:
        """For each box the sum over all lines in it and in the boxes inside; `values` has one for each line."""
        sums = [0.0] * len(self.boxes)
        for line, value in zip(self.lines, values, strict=True):
            sums[line.box] += value
        for at in range(len(sums) - 1, 0, -1):
            sums[self.boxes[at].parent] += sums[at]
        return sums


class _Place(NamedTuple):
    """Where text stands: its box, the link around it, and whether it is bold."""

    box: int
    link: LexborNode | None
    strong: bool


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
    boxes, lines = [Box(0, "body", _label(root))], list[Line]()
    places = {root.mem_id: _Place(0, None, False)}
    parts: list[str] = []
    box = linked = strong = breaks = letters = 0
    link: LexborNode | None = None

    def flush() -> None:
        if text := tidy("".join(parts)):
            length = len(text)
            lines.append(Line(text, box, min(linked, length), min(strong, length), attribute(link, "href")))
        parts.clear()

    for node in root.traverse(include_text=True):
        tag = node.tag
        if tag == "br":
            breaks += 1
        if tag != "-text" or not (text := node.text_content):
            continue
        if text.isspace():
            parts.append(" ")
            continue
        parent = node.parent
        if parent is None:
            continue
        place = places.get(parent.mem_id) or _place(parent, places, boxes)
        if place.box != box or breaks > 1:
            flush()
            if len(lines) == MOST_LINES or letters >= MOST_LETTERS:
                break
            box, linked, strong, link = place.box, 0, 0, None
        elif breaks:
            parts.append(" ")
        breaks = 0
        parts.append(text := text[: MOST_LETTERS - letters])
        letters += len(text)
        if place.link is not None:
            linked, link = linked + len(text), place.link
        if place.strong:
            strong += len(text)
    flush()
    return Outline(boxes, lines)


def _place(node: LexborNode, places: dict[int, _Place], boxes: list[Box]) -> _Place:
    """The place of text in an element; boxes that are new are added."""
    new: list[LexborNode] = []
    up: LexborNode | None = node
    while up is not None and up.mem_id not in places:
        new.append(up)
        up = up.parent
    place = places[up.mem_id] if up is not None else _Place(0, None, False)
    for one in reversed(new):
        tag = one.tag or ""
        if tag in _INLINE:
            place = _Place(place.box, one if tag == "a" else place.link, place.strong or tag in _STRONG)
        else:
            boxes.append(Box(place.box, tag, _label(one)))
            place = _Place(len(boxes) - 1, place.link, place.strong)
        places[one.mem_id] = place
    return place


def _label(node: LexborNode) -> str:
    attributes = node.attributes
    return " ".join([value for name in _TELLING if (value := attributes.get(name))])[:400] if attributes else ""
