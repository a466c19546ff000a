"""Texts of feeds: plain, of a sane length, and such that can be stored."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser

LONGEST_TITLE, LONGEST_NAME, LONGEST_SUMMARY = 1000, 200, 2000
MOST_NAMES = 50
"""Most authors, and most categories, that are kept of an entry."""
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_MARKUP = 10
"""How many characters of markup are read for one of text."""


def plain(text: object, longest: int, *, markup: bool = False) -> str | None:
    """The text on one line, at most `longest` characters, its `markup` taken off; None if nothing is left."""
    if not isinstance(text, str):
        return None
    text = text[: longest * _MARKUP]
    if markup and "<" in text:
        text = _without_markup(text)
    elif "&" in text:
        text = html.unescape(text)
    return " ".join(_UNSTORABLE.sub(" ", text).split())[:longest].rstrip() or None


def names(found: Iterable[object]) -> list[str]:
    """Names in their order, each once, at most `MOST_NAMES`."""
    told = (plain(one, LONGEST_NAME) for one in found)
    return list(dict.fromkeys(one for one in told if one))[:MOST_NAMES]


def _without_markup(text: str) -> str:
    tree = LexborHTMLParser(_UNSTORABLE.sub(" ", text))
    tree.strip_tags(["script", "style"], recursive=True)
    return tree.body.text(separator=" ") if tree.body else ""
