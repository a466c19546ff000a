"""Reading elements of a page's tree."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from itertools import islice

from selectolax.lexbor import LexborNode

from wireroom.parse.wording import tidy

LONGEST = 10_000
"""Characters that are read of a text or value that is a title, name, address or time."""

_LONGEST_LABEL = 400


def text_of(node: LexborNode | None) -> str:
    """The element's text in one tidy line, cut where it is no title or name of any kind; empty without an element."""
    return tidy(node.text(deep=True)[:LONGEST]) if node is not None else ""


def attribute(node: LexborNode | None, name: str) -> str:
    """The attribute's tidy value; empty without one."""
    # Unescaped once more: many publishers escape twice.
    return tidy(unescape((node.attributes.get(name) or "")[:LONGEST])) if node is not None else ""


def label(node: LexborNode) -> str:
    """The element's class and id, which say what it is for."""
    attributes = node.attributes
    return f"{(attributes.get('class') or '')[:_LONGEST_LABEL]} {attributes.get('id') or ''}".strip()[:_LONGEST_LABEL]


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around it, innermost first, as far as matters."""
    return islice(_upwards(node), 100)


def is_within(node: LexborNode, tags: frozenset[str]) -> bool:
    """Whether an element around it has one of the tags."""
    return any(up.tag in tags for up in ancestors(node))


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    up = node.parent
    while up is not None:
        yield up
        up = up.parent
