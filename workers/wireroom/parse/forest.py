"""The trees that weigh the signs of a line; learned from pages whose story is known, by `benchmarks.extract.learn`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from wireroom.parse.lexicon import Lexicon
from wireroom.parse.signs import NAMES

Node: TypeAlias = Any
"""Which number is looked at, up to which value it goes left, left, right; or a leaf's weight."""
LEARNED = "learned.json.zst"
_AT_ONCE = 256
"""Lines, for the sake of memory."""
_MOST_LEAVES = 16
_ALL, _ONE = np.uint16(2**_MOST_LEAVES - 1), np.uint16(1)


class Learned(msgspec.Struct, frozen=True):
    """What that file holds."""

    names: list[str]
    """Of the signs that it was learned from."""
    labels: dict[str, float]
    words: dict[str, float]
    trees: list[Node]


class Forest:
    """Decision trees, all asked at once.

    Each tree's leaves are bits of a word, from the left. A question that is answered no takes away the leaves to its
    left; the first of those that remain is the one that is reached (QuickScorer, Lucchese et al., SIGIR 2015).
    """

    def __init__(self, trees: Sequence[Node]) -> None:
        """`trees` have 16 leaves each, or fewer."""
        paths = [list(_leaves(tree, ())) for tree in trees]
        most = max(map(len, paths))
        if most > _MOST_LEAVES:
            raise ValueError(f"a tree has {most} leaves; at most {_MOST_LEAVES} fit")
        # The questions of all trees: first of each, second of each, ...
        self._signs = np.zeros((most - 1, len(trees)), np.intp)
        self._most = np.full((most - 1, len(trees), 1), np.inf, np.float32)
        self._remaining = np.full((most - 1, len(trees), 1), _ALL, np.uint16)
        self._weights = np.zeros((len(trees), most), np.float32)
        self._trees = np.arange(len(trees))[:, None]
        for tree, found in enumerate(paths):
            places: dict[tuple[bool, ...], int] = {}
            for leaf, (weight, turns) in enumerate(found):
                self._weights[tree, leaf] = weight
                for depth, (sign, bound, left) in enumerate(turns):
                    at = places.setdefault(tuple(turn[2] for turn in turns[:depth]), len(places))
                    self._signs[at, tree], self._most[at, tree] = sign, bound
                    self._remaining[at, tree] -= left << leaf

    def judge(self, numbers: Sequence[Sequence[float]] | NDArray[np.float32]) -> list[float]:
        """How probable it is that the lines with these numbers (`signs.NAMES`) are part of the story, 0 to 1 each."""
        chances: list[float] = []
        for start in range(0, len(numbers), _AT_ONCE):
            chances += self._judge(np.asarray(numbers[start : start + _AT_ONCE], np.float32))
        return chances

    def _judge(self, lines: NDArray[np.float32]) -> list[float]:
        yes = np.ascontiguousarray(lines.T)[self._signs] <= self._most
        left = np.bitwise_and.reduce(np.where(yes, _ALL, self._remaining), axis=0)
        leaves = np.bitwise_count(~left & (left - _ONE))
        total: NDArray[np.float32] = np.ascontiguousarray(self._weights[self._trees, leaves].T).sum(axis=1)
        return (1 / (1 + np.exp(-total))).tolist()  # type: ignore[no-any-return]


Turn: TypeAlias = tuple[int, float, bool]


def _leaves(node: Node, turns: tuple[Turn, ...]) -> Iterator[tuple[float, tuple[Turn, ...]]]:
    """Each leaf's weight, with the turns that lead to it."""
    if isinstance(node, (list, tuple)):
        sign, most, left, right = node
        yield from _leaves(left, (*turns, (sign, most, True)))
        yield from _leaves(right, (*turns, (sign, most, False)))
    else:
        yield node, turns


@cache
def learned() -> tuple[Lexicon, Forest]:
    """What this package has learned of pages: the odds of words, and the trees."""
    return read_learned(LEARNED, NAMES)


def read_learned(file: str, names: Sequence[str]) -> tuple[Lexicon, Forest]:
    """The odds of words and the trees in a file of this package; they want the signs of these names."""
    packed = files("wireroom.parse").joinpath(file).read_bytes()
    read = msgspec.json.decode(zstandard.decompress(packed), type=Learned)
    if tuple(read.names) != tuple(names):
        raise RuntimeError(f"{file} was learned from other signs than these; learn it again")
    return Lexicon(read.labels, read.words), Forest(read.trees)
