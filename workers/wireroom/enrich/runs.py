"""Runs of capitalised words: what may be a name, and what stands around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import dropwhile
from typing import NamedTuple

from wireroom.enrich.cues import ABBREVIATED, COMPANIONS, FIELDS, NEVER_NAMES, TITLES
from wireroom.enrich.gazetteer import lookup

LONGEST_RUN = 8
"""Words; what is longer is a headline."""
WORD = re.compile(r"(?:[^\W\d_]\.){2,}|[^\W_]+(?:['’‐-][^\W_]+)*")
ELIDED = re.compile(r"(?:[dlDL]|[Dd]ell|[Aa]ll|[Nn]ell|[Dd]all|[Ss]ull)['’](?=[^\W\d_])")
IN_SMALL_LETTERS = TITLES | COMPANIONS
SPACES = frozenset({" ", "\N{NO-BREAK SPACE}"})


class Run(NamedTuple):
    """Capitalised words in a row, without titles and words that begin a sentence."""

    start: int
    end: int
    words: tuple[str, ...]
    opens: bool = False
    """Whether it begins a sentence, so that its first capital says nothing."""
    titled: bool = False
    """Whether a title stands right before it."""
    before_title: bool = False


class _Token(NamedTuple):
    start: int
    end: int
    word: str
    joined: bool
    """Whether it continues the capitalised word before it."""
    opens: bool


def runs(text: str, stops: frozenset[str]) -> Iterator[Run]:
    """The runs of `text`, in order and without overlap."""
    row: list[_Token] = []
    for token in _capitalised(text):
        if row and not token.joined:
            yield from _split(row, stops, text)
            row = []
        row.append(token)
    if row:
        yield from _split(row, stops, text)


def _capitalised(text: str) -> Iterator[_Token]:
    end, last = 0, ""
    for match in WORD.finditer(text):
        if not (match[0][0].isupper() or ELIDED.match(match[0])):
            continue
        start, word = _bare(match)
        if not word[0].isupper():
            continue
        yield _Token(start, start + len(word), word, bool(last) and _joins(last, text[end:start]), _opens(text, start))
        end, last = start + len(word), word


def _bare(match: re.Match[str]) -> tuple[int, str]:
    """Where the word begins, and the word, without an elided article and a possessive ending."""
    elided = ELIDED.match(match[0])
    word = match[0][elided.end() :] if elided else match[0]
    return match.start() + (elided.end() if elided else 0), re.sub(r"['’]s$", "", word)


def _joins(last: str, gap: str) -> bool:
    if gap in SPACES:
        return True
    if gap == ". ":
        return last.casefold() in ABBREVIATED or len(last) == 1
    return gap in ("’ ", "' ") and last.endswith("s")


def _opens(text: str, start: int) -> bool:
    before = text[max(0, start - 4) : start].rstrip(" \N{NO-BREAK SPACE}")
    return not before or before[-1] in '\n.!?:…•“"«‘„¿¡—–('


def _split(row: list[_Token], stops: frozenset[str], text: str) -> Iterator[Run]:
    """The pieces of a row between its titles and the words that are no names."""
    row, titled = _after_field(text, row)
    piece: list[_Token] = []
    for index, token in enumerate(row):
        following = row[index + 1].word if index + 1 < len(row) else ""
        title = token.word.casefold() in TITLES and len(token.word) > 1
        month = token.word == "May" and not piece
        if not title and not month and not _is_no_name(token, following, stops):
            piece.append(token)
            continue
        yield from _run(piece, titled, before_title=title)
        piece, titled = [], title
    yield from _run(piece, titled, before_title=False)


def _run(piece: list[_Token], titled: bool, *, before_title: bool) -> Iterator[Run]:
    while before_title and piece and piece[-1].word.casefold() in FIELDS:
        piece = piece[:-1]
    if 0 < len(piece) <= LONGEST_RUN:
        words = tuple(token.word for token in piece)
        yield Run(piece[0].start, piece[-1].end, words, piece[0].opens, titled, before_title)


def _is_no_name(token: _Token, following: str, stops: frozenset[str]) -> bool:
    key = token.word.casefold()
    if key not in NEVER_NAMES and not (token.opens and key in stops):
        return False
    return not (following and lookup(f"{token.word} {following}"))


def _after_field(text: str, row: list[_Token]) -> tuple[list[_Token], bool]:
    """The row without the field of a title, as in `Minister for Health Jane Doe`; and whether a title is before it."""
    start = row[0].start
    title = re.search(r"([^\W\d_][\w-]*) (?:for|of|de|du|da|do)(?: the| la)? $", text[max(0, start - 30) : start])
    if title is None or title[1].casefold() not in TITLES:
        return row, _title_before(text, start, len(row))
    after = list(dropwhile(lambda token: token.word.casefold() in FIELDS, row))
    return (after, True) if 0 < len(after) < len(row) else (row[:1], False)


def _title_before(text: str, start: int, words: int) -> bool:
    """Whether a title in small letters comes right before, or before a comma and a full name."""
    match = re.search(r"([^\W\d_][\w-]*)(,?) $", text[max(0, start - 24) : start])
    return match is not None and match[1] in IN_SMALL_LETTERS and (not match[2] or words > 1)
