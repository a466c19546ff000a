"""Reading elements of a page's tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from selectolax.lexbor import LexborNode

from wireroom.parse.wording import tidy

_LONGEST = 10_000


def text_of(node: LexborNode | None) -> str:
    """The element's text in one tidy line, cut where it is no title or name of any kind; empty without an element."""
    return tidy(node.text(deep=True)[:_LONGEST]) if node is not None else ""


def attribute(node: LexborNode | None, name: str) -> str:
    """The attribute's tidy value; empty without one."""
    # Unescaped once more: many publishers escape twice.
    return tidy(unescape(node.attributes.get(name) or "")) if node is not None else ""


def label(node: LexborNode) -> str:
    """The element's class and id, which say what it is for."""
    return f"{node.attributes.get('class') or ''} {node.attributes.get('id') or ''}".strip()[:400]


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements around it, innermost first, as far as matters."""
    return islice(_upwards(node), 100)


def is_within(node: LexborNode, tags: frozenset[str], labels: re.Pattern[str] | None = None) -> bool:
    """Whether an element around it has one of the tags, or a class or id that matches."""
    return any(up.tag in tags or (labels is not None and labels.search(label(up))) for up in ancestors(node))


def _upwards(node: LexborNode) -> Iterator[LexborNode]:
    up = node.parent
    while up is not None:
        yield up
        up = up.parent
