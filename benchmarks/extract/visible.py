"""All that a page shows, as a crude scraper leaves it: a line a block, menus and footers included."""

from __future__ import annotations

import re
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

_UNSEEN = frozenset(
    {"head", "script", "style", "noscript", "template", "iframe", "object", "svg", "math", "select", "textarea"}
    | {"canvas", "audio", "video", "datalist", "dialog", "title"}
)
_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i"}
    | {"ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time"}
    | {"tt", "u", "var", "wbr", "img", "picture", "source", "input", "nobr", "amp-img", "ruby", "rb", "rt", "rp"}
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_NO_SCRIPT = re.compile(r"<noscript\b.*?</noscript\s*>", re.IGNORECASE | re.DOTALL)
_SPACES = re.compile(r"\s+")


def visible_lines(html: str) -> list[str]:
    """The lines of a page, from top to bottom; none where it shows nothing."""
    body = _tree(html).body
    return [] if body is None else lines_of(body)


def linked_lines(html: str) -> set[str]:
    """The lines within each link, and each link as one line."""
    links = [lines_of(link) for link in _tree(html).css("a")]
    return {line for lines in links for line in (*lines, " ".join(lines)) if line}


def _tree(html: str) -> LexborHTMLParser:
    # What a browser that runs scripts does not even parse: a block in it would end the blocks around it.
    return LexborHTMLParser(_NO_SCRIPT.sub("", html))


def lines_of(top: LexborNode) -> list[str]:
    """The lines of an element: its text, broken where a block begins and ends."""
    lines = _SPACES.sub(" ", "".join(_pieces(top)).replace("\n", " ")).split("\0")
    return [line for line in map(str.strip, lines) if line]


def _pieces(top: LexborNode) -> Iterator[str]:
    """Its text; a NUL, which no parsed page holds, for each break."""
    # With a stack of its own: pages are nested deeper than calls can be.
    waiting: list[LexborNode | str] = [top]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif one.tag == "-text":
            yield one.text_content or ""
        elif not _is_unseen(one):
            edge = "" if one.tag in _INLINE else "\0"
            waiting += [edge, *reversed(list(one.iter(include_text=True))), edge]


def _is_unseen(node: LexborNode) -> bool:
    if node.tag is None or node.tag in _UNSEEN or node.tag.startswith(("-", "!")):
        return True
    given = node.attributes
    return "hidden" in given or bool(_HIDDEN.search(given.get("style") or ""))
