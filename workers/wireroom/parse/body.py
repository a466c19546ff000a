"""The story's blocks: trafilatura finds them, and what is not the story is taken off them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from lxml import etree
from trafilatura import bare_extraction

from wireroom.contracts import Author, Block
from wireroom.errors import Unusable
from wireroom.parse.byline import is_name, read_byline
from wireroom.parse.calendar import find_date
from wireroom.parse.metadata import Metadata
from wireroom.parse.tails import aside
from wireroom.parse.wording import is_prose, tidy

BodyKind = Literal["paragraph", "heading", "list_item", "quote"]
_KINDS: dict[str, BodyKind] = {
    "p": "paragraph",
    "head": "heading",
    "item": "list_item",
    "quote": "quote",
    "cell": "paragraph",
}
_CANNOT_READ = (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError, RecursionError)
_MARKS = re.compile(r"[\W_]+")
_LINES_OF_HEAD = 6
# Beyond this, trafilatura's second opinions (readability, justext) take time that grows with the square.
_MANY_TAGS = 20_000
_SHARE_OF_SCRIPT = 0.4


def read_blocks(html: str) -> list[Block]:
    """The main text of a page, block by block; none where no text was found."""
    try:
        document = bare_extraction(html, include_comments=False, fast=html.count("<") > _MANY_TAGS)
    except (*_CANNOT_READ, etree.LxmlError) as error:
        raise Unusable("malformed", "the page's markup is too broken to be read") from error
    body = getattr(document, "body", None)
    return [] if body is None else list(_blocks(body, "paragraph"))


def story(blocks: list[Block], metadata: Metadata, captions: set[str]) -> tuple[list[Block], list[Block]]:
    """The blocks of the story, and the notices that stood among them; from script data where the page shows little."""
    shown = [
        block for at, block in enumerate(blocks) if block.text not in captions and not _is_head(at, block, metadata)
    ]
    notices = [notice for block in shown if (notice := aside(block.text))]
    kept = [block for block in shown if not aside(block.text)]
    scripted = _scripted(metadata.body)
    length = sum(len(block.text) for block in kept)
    return (scripted, notices) if length < _SHARE_OF_SCRIPT * sum(len(b.text) for b in scripted) else (kept, notices)


def _scripted(body: str) -> list[Block]:
    """The body that JSON-LD carries, a paragraph a line."""
    lines = [] if "</" in body else [tidy(line) for line in body.split("\n")]
    return [Block(kind="paragraph", text=line) for line in lines if line]


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


def _is_head(at: int, block: Block, metadata: Metadata) -> bool:
    """Whether a block near the start repeats the headline, the standfirst, the byline or the time."""
    if at >= _LINES_OF_HEAD:
        return False
    text = block.text
    if _letters(text) in {_letters(metadata.title), _letters(metadata.subtitle or "-")}:
        return True
    if is_prose(text) or block.kind == "list_item":
        return False
    return _is_byline(text, metadata)


def bylined_in(blocks: list[Block]) -> list[Author]:
    """Whom a line above the story names, where no markup says that it is a byline."""
    lines = (read_byline(block.text) for block in blocks[:_LINES_OF_HEAD] if not is_prose(block.text))
    return next((line.authors for line in lines if line and line.authors), [])


def _is_byline(text: str, metadata: Metadata) -> bool:
    byline = read_byline(text)
    names = {author.name for author in metadata.authors}
    if text.removeprefix("By ") in names or (byline is not None and (byline.published or is_name(text[3:]))):
        return True
    found = find_date(text)
    return found is not None and found.year is not None and found.end - found.start > 0.6 * len(text)


def _letters(text: str) -> str:
    return _MARKS.sub("", text).casefold()
