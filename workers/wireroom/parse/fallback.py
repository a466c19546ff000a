"""The second opinion, for the few pages of which we are unsure: trafilatura's, which costs more than our own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from lxml import etree
from trafilatura import bare_extraction

from wireroom.contracts import Block
from wireroom.parse.wording import tidy

BodyKind = Literal["paragraph", "heading", "list_item", "quote"]
_KINDS: dict[str, BodyKind] = {
    "p": "paragraph",
    "head": "heading",
    "item": "list_item",
    "quote": "quote",
    "cell": "paragraph",
}
_CANNOT_READ = (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, RecursionError)
# Beyond this, trafilatura's own second opinions (readability, justext) take time that grows with the square.
_MANY_TAGS = 5_000
# What stands before an element that they take away is copied, once for each.
_MOST_COPIED = 150_000_000
MOST_TAGS = 17_500
LONGEST = 1_500_000
"""A page with more tags or characters is not given to it at all."""


def read_blocks(html: str, longest: int = 0) -> list[Block]:
    """The main text of a page, block by block; none where no text was found.

    `longest` is the number of letters of its longest line.
    """
    tags = html.count("<")
    if tags > MOST_TAGS or len(html) > LONGEST:
        return []
    fast = tags > _MANY_TAGS or tags * longest > _MOST_COPIED
    try:
        document = bare_extraction(html, include_comments=False, favor_precision=True, fast=fast)
    except (*_CANNOT_READ, etree.LxmlError):
        return []
    body = getattr(document, "body", None)
    return [] if body is None else list(_blocks(body, "paragraph"))


def _blocks(element: etree._Element, kind: BodyKind) -> Iterator[Block]:
    """The blocks in an element, in reading order; a quotation or list item keeps its kind through its paragraphs."""
    inner = _KINDS.get(str(element.tag), kind)
    mine = kind if kind in {"quote", "list_item"} and inner == "paragraph" else inner
    pieces = [element.text or ""]
    for child in element:
        if _is_block(child):
            yield from _flush(pieces, mine)
            yield from _blocks(child, mine)
        else:
            pieces.append(" " if child.tag == "lb" else "".join(_texts(child)))
        pieces.append(child.tail or "")
    yield from _flush(pieces, mine)


def _is_block(element: etree._Element) -> bool:
    return element.tag in {"p", "head", "list", "item", "quote", "table", "row", "cell", "div", "body"}


def _texts(element: etree._Element) -> Iterator[str]:
    return (str(text) for text in element.itertext())


def _flush(pieces: list[str], kind: BodyKind) -> Iterator[Block]:
    text = tidy("".join(pieces))
    pieces.clear()
    if text:
        yield Block(kind=kind, text=text)
