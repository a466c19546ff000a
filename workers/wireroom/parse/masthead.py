"""The masthead: what the site calls itself, which is no part of a headline and no author."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_HOST = re.compile(r"https?://(?:www\.)?([^/:?#]+)", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]|^the(?=\W)")
_LEAST, _MOST_BESIDE = 5, 12
_REMEMBERED = 4096
_OF_MANY = frozenset({
    "co", "com", "m", "eu", "amp", "news", "blog", "blogs", "co.uk", "com.au", "co.jp", "co.nz", "com.br", "co.za",
    "co.in",
})  # fmt: skip
Masthead = frozenset[str]


def masthead(publishers: Iterable[str], url: str | None) -> Masthead:
    """The site's names, squeezed to letters: those it claims, and its host's."""
    host = _HOST.match(url or "")
    labels = host[1].split(".") if host else []
    parts = {*labels[:-1], "".join(labels[:-1]), ".".join(labels), ".".join(labels[-2:])} - _OF_MANY
    claimed = {piece for name in publishers for piece in (name, *re.split(r"\s+[|–—-]\s+", name)[:1])}
    return frozenset({squeezed(name) for name in parts | claimed} - {""})


def is_masthead(part: str, names: Masthead) -> bool:
    """Whether a text is the site's name, or the name with a word beside it, as `CNN Politics` or `news.ORF.at`."""
    letters, words = squeezed(part), part.split()
    if letters in names or (len(words) > 1 and {squeezed(part.rsplit(" ", 1)[0]), squeezed(words[-1])} & names):
        return letters in names or len(words) <= 3
    return any(
        len(name) >= _LEAST and letters.endswith(name) and len(letters) <= len(name) + _MOST_BESIDE for name in names
    )


@lru_cache(_REMEMBERED)
def squeezed(name: str) -> str:
    """The letters and digits of a name, in lower case, without "the"."""
    return _NOT_LETTERS.sub("", name.lower())
