"""Text as people read it: without the characters that only machines see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_LONGEST_WORD, _PIECE = 1_000, 300
_SENTENCE_END = re.compile(r"[.!?…。！？．।॥؟۔։።။។][\"'”’“‘»«›‹)\]）］」』】〉》]*$")


def seen(text: str) -> str:
    """The text without control characters, lone surrogates, soft hyphens and zero-width spaces; line ends are `\\n`."""
    return _UNSEEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def tidy(text: str) -> str:
    """One line: what is seen, with each run of white space (no-break spaces included) made one space; NFC."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = " ".join(seen(line).split())
    return line if line.isascii() else _composed(line)


def _composed(line: str) -> str:
    """NFC; endless words in pieces, as the time to order the marks on one letter grows with their number squared."""
    if len(line) <= _LONGEST_WORD or max(map(len, words := line.split(" "))) <= _LONGEST_WORD:
        return normalize("NFC", line)
    return " ".join("".join(normalize("NFC", piece) for piece in _pieces(word)) for word in words)


def _pieces(word: str) -> Iterator[str]:
    step = _PIECE if len(word) > _LONGEST_WORD else _LONGEST_WORD
    return (word[at : at + step] for at in range(0, len(word), step))


def ends_a_sentence(line: str) -> bool:
    """Whether the line ends as prose does; the ` ..` of a headline that was cut is no such end."""
    return not line[-1:].isalnum() and bool(_SENTENCE_END.search(line[-8:])) and not line.endswith("..")


def is_prose(line: str) -> bool:
    """Whether the line is a paragraph rather than a headline, a heading or a label."""
    return is_prose_of(len(line), ends_a_sentence(line))


def is_prose_of(length: float, ends: bool) -> bool:
    """Whether a line of so many letters, that ends as a sentence does or does not, is a paragraph."""
    return (length >= 80 and ends) or length >= 220
