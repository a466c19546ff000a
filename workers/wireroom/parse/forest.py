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


class Learned(msgspec.Struct, frozen=True):
    """What that file holds."""

    names: list[str]
    """Of the signs that it was learned from."""
    labels: dict[str, float]
    words: dict[str, float]
    trees: list[Node]


class Forest:
    """Decision trees, all asked at once.

    A leaf is reached where each question above it is answered its way: a product of matrices counts those answers
    (the GEMM strategy of Hummingbird, Nakandala et al., OSDI 2020).
    """

    def __init__(self, trees: Sequence[Node]) -> None:
        """`trees` have equally many leaves, or fewer."""
        paths = [list(_leaves(tree, ())) for tree in trees]
        leaves = max(map(len, paths))
        self._signs = np.zeros((len(trees), leaves - 1), np.intp)
        self._most = np.zeros((len(trees), leaves - 1), np.float32)
        self._turns = np.zeros((len(trees), leaves - 1, leaves), np.float32)
        self._depths = np.full((len(trees), 1, leaves), np.inf, np.float32)
        self._weights = np.zeros((len(trees), 1, leaves), np.float32)
        for tree, found in enumerate(paths):
            places: dict[tuple[bool, ...], int] = {}
            for leaf, (weight, turns) in enumerate(found):
                self._depths[tree, 0, leaf], self._weights[tree, 0, leaf] = len(turns), weight
                for depth, (sign, most, left) in enumerate(turns):
                    at = places.setdefault(tuple(turn[2] for turn in turns[:depth]), len(places))
                    self._signs[tree, at], self._most[tree, at] = sign, most
                    self._turns[tree, at, leaf] = 1 if left else -1

    def judge(self, numbers: Sequence[Sequence[float]]) -> list[float]:
        """How probable it is that the lines with these numbers (`signs.NAMES`) are part of the story, 0 to 1 each."""
        chances: list[float] = []
        for start in range(0, len(numbers), _AT_ONCE):
            chances += self._judge(np.array(numbers[start : start + _AT_ONCE], np.float32))
        return chances

    def _judge(self, lines: NDArray[np.float32]) -> list[float]:
        answers = np.where(lines[:, self._signs] <= self._most, np.float32(1), np.float32(-1))
        reached = np.matmul(answers.transpose(1, 0, 2), self._turns) == self._depths
        total: NDArray[np.float32] = (reached * self._weights).sum(axis=(0, 2))
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
    """What this package has learned: the odds of words, and the trees."""
    packed = files("wireroom.parse").joinpath(LEARNED).read_bytes()
    read = msgspec.json.decode(zstandard.decompress(packed), type=Learned)
    if tuple(read.names) != NAMES:
        raise RuntimeError(f"{LEARNED} was learned from other signs than these; learn it again")
    return Lexicon(read.labels, read.words), Forest(read.trees)
