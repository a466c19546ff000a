"""The trees that were learned, asked all at once."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
import zstandard

from wireroom.parse import forest
from wireroom.parse.forest import Forest, Learned, learned
from wireroom.parse.signs import NAMES

TREES: list[Any] = [(0, 0.5, -1.0, (1, 10.0, 0.25, (0, 2.0, 2.0, 3.0))), (1, 3.0, 0.5, -0.5), 0.125]


def walk(tree: Any, numbers: list[float]) -> float:
    """A tree asked question by question."""
    while isinstance(tree, tuple):
        sign, most, left, right = tree
        tree = left if numbers[sign] <= most else right
    return float(tree)


@pytest.mark.parametrize("first", [0.0, 0.5, 0.75, 2.0, 2.5])
@pytest.mark.parametrize("second", [-1.0, 3.0, 9.0, 10.0, 11.0])
def test_all_trees_at_once_say_what_each_says_alone(first: float, second: float) -> None:
    numbers = [first, second]
    total = sum(walk(tree, numbers) for tree in TREES)
    (chance,) = Forest(TREES).judge([numbers])
    assert chance == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-6)


def test_many_lines_are_answered_in_their_order() -> None:
    lines = [[number % 4, number % 13] for number in range(1000)]
    assert Forest(TREES).judge(lines) == [Forest(TREES).judge([line])[0] for line in lines]
    assert Forest(TREES).judge([]) == []


def test_a_tree_with_more_leaves_than_fit_a_word_is_refused() -> None:
    tree: Any = 0.5
    for sign in range(15):
        tree = (sign, 0.5, 1.0, tree)
    assert Forest([tree]).judge([[0.0] * 15]) == pytest.approx([1 / (1 + math.exp(-1))])
    with pytest.raises(ValueError, match="17 leaves"):
        Forest([(15, 0.5, 1.0, tree)])


def test_what_was_learned_from_other_signs_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "old").write_bytes(zstandard.compress(msgspec.json.encode(Learned(["length"], {}, {}, [0.5]))))
    monkeypatch.setattr(forest, "files", lambda _: tmp_path)
    monkeypatch.setattr(forest, "LEARNED", "old")
    learned.cache_clear()
    try:
        with pytest.raises(RuntimeError, match="learn it again"):
            learned()
    finally:
        learned.cache_clear()


def test_what_the_package_carries_fits_its_signs() -> None:
    lexicon, trees = learned()
    assert lexicon.odds_of("article-body") > 0 > lexicon.odds_of("related-links")
    assert 0 < trees.judge([[0.0] * len(NAMES)])[0] < 1
