"""The story in the state that a page carries for its own scripts, as `__NEXT_DATA__` or Fusion's."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import escape, unescape
from typing import Any, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.bounds import readable
from wireroom.parse.headline import letters
from wireroom.parse.outline import Outline, outline
from wireroom.parse.wording import ends_a_sentence, is_prose

_SCRIPT = re.compile(
    r"<script\b(?![^<>]{0,2000}\bld\+json)[^<>]{0,2000}>((?:[^<]++|<(?!/script\s*>))*+)(</script)?", re.IGNORECASE
)
_STATE = re.compile(
    r"""(?:\b(?:window|self|globalThis)(?:\.\w{1,60}|\[["']\w{1,60}["']\])|\bFusion\.\w{1,60})\s{0,9}=\s{0,9}"""
    r"""(JSON\.parse\(\s{0,9})?(?=[{\["])"""
)
_NAME = re.compile(r"\w*")
_LEAST = 400
"""Letters of a story that is worth to be looked for."""
_MOST_STATES = 50
_MOST_PARTS, _MOST_GATHERED = 100_000, 400_000
"""Parts that are looked at, and texts that are gathered from them, each once for every part that it is in."""
_LONGEST = 3_000_000
"""Characters of a page, in which states are looked for."""
_DEEPEST = 100
_LONGEST_TITLE = 400
_TAG = re.compile("<[^<>]*>")
_BREAK = re.compile(r"</p>|<br\b[^<>]*>|\n", re.IGNORECASE)
_decoder = json.JSONDecoder()


class _Text(NamedTuple):
    """A text of a state, and what of it is prose."""

    text: str
    paragraphs: frozenset[str]


class _Found(NamedTuple):
    """What a part of a state holds."""

    titled: bool
    """Whether the title stands in it."""
    texts: dict[str, list[_Text]]
    """The texts in it, by the names of the fields that lead to them."""
    story: list[_Text] | None
    """The texts of the smallest part that holds the title and a story."""


def read_state(page: str, title: str) -> Outline | None:
    """The story that the state of a page holds together with its title; None where none does."""
    wanted = letters(unescape(title))
    search = _Search(wanted)
    for state in _states(page) if wanted else ():
        if story := search.find(state).story:
            texts = dict.fromkeys(one.text for one in story)
            markup = "".join(text if "</" in text else f"<p>{escape(text)}</p>" for text in texts)
            return outline(LexborHTMLParser(readable(f"<body>{markup}")))
    return None


def _states(page: str) -> Iterator[Any]:
    """The JSON in the page's scripts."""
    for script in _SCRIPT.finditer(page, 0, _LONGEST):
        text = script[1].strip()
        if len(text) < _LEAST or not script[2]:
            continue
        if text[0] in "{[":
            yield from _decoded(text, 0)
        for _, match in zip(range(_MOST_STATES), _STATE.finditer(text), strict=False):
            for state in _decoded(text, match.end()):
                yield from _decoded(state, 0) if match[1] and isinstance(state, str) else (state,)


def _decoded(text: str, at: int) -> Iterator[Any]:
    try:
        yield _decoder.raw_decode(text, at)[0]
    except (ValueError, RecursionError):
        return


class _Search:
    """The search for a title and its story through states, until there has been enough of it."""

    def __init__(self, title: str) -> None:
        self._title, self._parts, self._gathered = title, _MOST_PARTS, _MOST_GATHERED

    def find(self, part: Any, depth: int = 0) -> _Found:
        """Look through a part of a state, the innermost parts first."""
        if isinstance(part, str):
            titled = len(part) < _LONGEST_TITLE and _is_same(letters(unescape(part)), self._title)
            return _Found(titled, {"": [_Text(part, _paragraphs(part))]}, None)
        if depth == _DEEPEST or not isinstance(part, dict | list):
            return _Found(False, {}, None)
        titled, texts = False, dict[str, list[_Text]]()
        for name, one in part.items() if isinstance(part, dict) else (("", one) for one in part):
            if not self._parts:
                break
            self._parts -= 1
            found = self.find(one, depth + 1)
            if found.story:
                return found
            self._gathered -= sum(map(len, found.texts.values()))
            if self._gathered < 0:
                return _Found(False, {}, None)
            titled |= found.titled
            # A name with more than letters is an id: those that begin alike hold things of one kind.
            kind = _NAME.match(name)[0]  # type: ignore[index]
            for path, more in found.texts.items():
                texts.setdefault(f"{kind}.{path}", []).extend(more)
        return _Found(titled, texts, _story(texts) if titled else None)


def _story(texts: dict[str, list[_Text]]) -> list[_Text] | None:
    """The texts of one kind with most prose."""
    told = {
        path: frozenset[str]().union(*(one.paragraphs for one in kind))
        for path, kind in texts.items()
        if any(one.paragraphs for one in kind)
    }
    longest = max(told, key=lambda path: sum(map(len, told[path])), default=None)
    if longest is None:
        return None
    # One paragraph of some length is a description.
    least = _LEAST if len(told[longest]) > 1 else 2 * _LEAST
    return texts[longest] if sum(map(len, told[longest])) >= least else None


def _paragraphs(text: str) -> frozenset[str]:
    pieces = _BREAK.split(text) if " " in text else ()
    return frozenset(p for p in pieces if is_prose(told := _TAG.sub("", p).strip()) and ends_a_sentence(told))


def _is_same(one: str, other: str) -> bool:
    """Whether they are one title, but for the name of a site."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) > 15 and len(short) > 0.6 * len(long) and short in long)
