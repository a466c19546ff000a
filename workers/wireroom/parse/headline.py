"""The headline: of what the page calls its story in several places, the one that the newsroom wrote for readers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from wireroom.parse.masthead import Masthead, is_masthead

_SEPARATED = re.compile(r"\s+[|｜•·»«/]\s+|\s*[|｜]\s*|\s+[-–—:]\s+|\s*[：]\s*|:\s+|:(?=[^\s\d/])|\s+-|(?<=\w)-\s+")
_LABELS = re.compile(
    r"opinion|editorial|analysis|exclusive|live|video|watch|reviews?|perspective|photos?|podcast|commentary|column|"
    r"letters?|news|article|updated?|meinung|kommentar|opinión|opinião|avis|tribune|(?:\w+\s)?news",
    re.IGNORECASE,
)
_STAMPED = re.compile(r"\s\((?:Published|Updated)\s(?:19|20)\d\d\)$")
_CUT_SHORT = re.compile(r"\s?(?:…|\.\.\.)$")
_WORD = re.compile(r"\w{4,}")
_UNSPACED = re.compile(r"(?=([\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{2}))")
_LEAST_SHARED = 12
_LONGEST = 1_000
_REMEMBERED = 1024


class Headline(NamedTuple):
    """The headline, where it was found, and how many places agree on it."""

    text: str
    origin: str
    agreeing: int
    differing: int


class _Named(NamedTuple):
    """What one place calls the story."""

    origin: str
    text: str
    letters: str


def choose_headline(claimed: Mapping[str, str], shown: Sequence[str], names: Masthead, url: str | None) -> Headline:
    """The headline among what JSON-LD, OpenGraph and others claim (`claimed`, by origin) and the first headings show.

    `claimed["title"]` is the text of the title element.
    """
    heads = [_STAMPED.sub("", text) for text in shown if text and not is_masthead(text, names)]
    claimed = {origin: text[:_LONGEST] for origin, text in claimed.items()}
    bare = {text: without_site(_STAMPED.sub("", text), names, heads) for text in {*claimed.values()} - {""}}
    stripped = {
        origin: _named(origin, bare[text]) for origin, text in claimed.items() if text and not is_masthead(text, names)
    }
    believed = _shown(heads, stripped, url)
    chosen = _decide(stripped, believed, url)
    if chosen is None:
        return Headline(next((text for text in (*claimed.values(), *shown) if text), ""), "title", 0, 0)
    places = [*stripped.values(), *([believed] if believed else [])]
    same = [place for place in places if place.letters == chosen.letters]
    return Headline(_spelling(same, chosen), chosen.origin, len(same), len(places) - len(same))


def without_site(title: str, names: Masthead, heads: Sequence[str] = ()) -> str:
    """The title without the site's name, its section and such labels as `Opinion` behind or before it."""
    seen = {letters(head) for head in heads}
    for match in reversed(list(_SEPARATED.finditer(title))):
        before, after, mark = title[: match.start()], title[match.end() :], match[0].strip()
        if before and (_is_frame(after, mark, names) or (mark not in ":：" and letters(before) in seen)):
            return without_site(before, names, heads)
        if after and (_is_frame(before, mark, names) or (mark in "|｜" and letters(after) in seen)):
            return without_site(after, names, heads)
    return title


def _is_frame(part: str, mark: str, names: Masthead) -> bool:
    return is_masthead(part, names) or (mark in "|｜" and _LABELS.fullmatch(part) is not None)


def _decide(named: Mapping[str, _Named], shown: _Named | None, url: str | None) -> _Named | None:
    """Which place is believed, by who agrees with whom."""
    linked, graph, title = named.get("json-ld"), named.get("opengraph"), named.get("title")
    others = [place for place in (linked, graph, named.get("microdata"), named.get("meta"), title) if place]
    if shown is None:
        return _agreed(others) or (others[0] if others else None)
    if _same(shown, graph):
        return linked if linked and _same(shown, title) and _is_first(linked, shown, url) else graph
    if _same(linked, graph):
        return linked
    if _same(shown, linked):
        return linked
    if _same(linked, title):
        return linked
    return _without_kicker(shown, others)


def _is_first(linked: _Named, shown: _Named, url: str | None) -> bool:
    """Whether JSON-LD has the headline that the story was first given, as its address still tells."""
    slug = _words(_slug(url)) if linked.letters not in shown.letters else set()
    return bool(slug) and len(_words(linked.text) & slug) >= len(_words(shown.text) & slug)


def _agreed(places: Sequence[_Named]) -> _Named | None:
    return next((one for at, one in enumerate(places) if any(_same(one, other) for other in places[at + 1 :])), None)


def _without_kicker(shown: _Named, others: Sequence[_Named]) -> _Named:
    """The heading, without a line above it that another place does not have, as `Opinion` or `Premier League`."""
    for other in others:
        if len(other.letters) >= _LEAST_SHARED and shown.letters.endswith(other.letters):
            return other
    for part in _tails(shown.text):
        tail = letters(part)
        if len(tail) >= _LEAST_SHARED and any(other.letters.endswith(tail) for other in others):
            return _named(shown.origin, part)
    return shown


def _tails(text: str) -> Iterator[str]:
    return (text[match.end() :] for match in _SEPARATED.finditer(text))


def _shown(heads: Sequence[str], named: Mapping[str, _Named], url: str | None) -> _Named | None:
    """The heading that is the story's: one that a claim has too, else the first that shares words with a claim."""
    claimed = {place.letters for place in named.values()}
    for head in heads:
        if letters(head) in claimed:
            return _named("visible", head)
    words = {word for place in named.values() for word in _words(place.text)} | _words(_slug(url))
    return next((_named("visible", head) for head in heads if not named or _words(head) & words), None)


def _spelling(same: Sequence[_Named], chosen: _Named) -> str:
    """The spelling with most marks between parts, of which machines lose some; then what most use, then OpenGraph's."""
    texts = [place.text for place in same]

    def worth(place: _Named) -> tuple[int, int, bool, bool]:
        marks = sum(1 for _ in _SEPARATED.finditer(place.text))
        return marks, texts.count(place.text), place.origin == "opengraph", place.text == chosen.text

    return max(same, key=worth).text if same else chosen.text


def _same(one: _Named | None, other: _Named | None) -> bool:
    return one is not None and other is not None and one.letters == other.letters


def _named(origin: str, text: str) -> _Named:
    return _Named(origin, text, letters(text))


@lru_cache(_REMEMBERED)
def letters(text: str) -> str:
    """The letters and digits of a text, in one case, by which two spellings of it are the same."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def _words(text: str) -> set[str]:
    """Its longer words; of scripts that do without spaces, each two letters side by side."""
    folded = text.casefold()
    return {*_WORD.findall(folded), *(_UNSPACED.findall(folded) if not folded.isascii() else ())}


def _slug(url: str | None) -> str:
    try:
        return unquote(urlsplit(url or "").path).replace("-", " ").replace("_", " ")
    except ValueError:
        return ""
