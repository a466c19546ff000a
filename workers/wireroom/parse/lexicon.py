"""Words that speak for or against a line being part of a story: those in the labels of boxes, and its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"\w+")
_MOST_ODDS = 4.0


class Lexicon:
    """How much words speak for a line being part of a story, as logarithms of odds: in labels of boxes, and in text."""

    def __init__(self, labels: Mapping[str, float], words: Mapping[str, float]) -> None:
        self._labels, self.words = labels, words
        self.odds_of = lru_cache(maxsize=10_000)(self._odds_of)
        self._known_in = lru_cache(maxsize=10_000)(self._find_known)

    def _odds_of(self, label: str) -> float:
        known: dict[str, float] = {}
        for name in _names_in(label):
            known.update(self._known_in(name))
        return max(-_MOST_ODDS, min(_MOST_ODDS, sum(known.values())))

    def _find_known(self, name: str) -> dict[str, float]:
        """The words of a name that say something, which are few, and their odds."""
        return {word: self._labels[word] for word in _words_in(name) if word in self._labels}


def words_of(label: str) -> frozenset[str]:
    """The words of a label, and each two that follow each other in a name."""
    return frozenset().union(*map(_words_in, _names_in(label)))


def _names_in(label: str) -> list[str]:
    return label.split()[:12]


def _words_in(name: str) -> list[str]:
    words = [word.lower() for word in _PART.findall(name)[:6]]
    return [*words, *(f"{one}-{two}" for one, two in pairwise(words))]


def words_at_ends(text: str) -> list[str]:
    """The first and the last words of a line; all words of a short one."""
    if len(text) <= 160:
        words = _WORD.findall(text.lower())
        return words if len(words) <= 12 else words[:6] + words[-6:]
    return _WORD.findall(text[:80].lower())[:6] + _WORD.findall(text[-80:].lower())[-6:]
