"""Learn what is story in visible text: `python -m benchmarks.extract.learn_text [DATA]`, with lightgbm installed.

The same as `benchmarks.extract.learn` for the same pages, as a crude scraper leaves them: their visible text alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from numpy.typing import NDArray

from benchmarks.extract.lessons import (
    FOLDS,
    SETTINGS,
    TREES,
    fold_of,
    in_story,
    judged,
    odds_of,
    opened,
    weight_of,
    write,
)
from benchmarks.extract.pages import Page
from benchmarks.extract.runner import decoded
from benchmarks.extract.scores import Score
from benchmarks.extract.visible import visible_lines
from wireroom.parse.lexicon import Lexicon, words_at_ends
from wireroom.parse.plain import paragraphs_of
from wireroom.parse.runs import best_run
from wireroom.parse.scraped import LEARNED_OF_TEXT, chosen
from wireroom.parse.text_signs import NAMES, read_text_signs


@dataclass
class Example:
    """A page's lines, and for each whether it is part of the gold body; None for a line without words."""

    page: Page
    lines: list[str]
    story: list[bool | None]
    words: list[int]
    signs: NDArray[np.float32]


def main() -> None:
    with opened(__doc__) as (score, pages):
        examples = [_example(page, score) for page in pages]
    for fold in range(FOLDS):
        mine, others = _parted(examples, fold)
        lexicon = Lexicon({}, _odds(others))
        for one in mine:
            one.signs = read_text_signs(one.lines, best_run(one.lines), lexicon)
    _validate(examples, score)
    write(LEARNED_OF_TEXT, NAMES, _learn(examples), {}, _odds(examples))


def _example(page: Page, score: Score) -> Example:
    lines = paragraphs_of("\n".join(visible_lines(decoded(page.read()))))
    words = [score.tokens(line) for line in lines]
    unread = np.zeros((0, len(NAMES)), np.float32)
    return Example(page, lines, in_story(words, page.bodies, score), list(map(len, words)), unread)


def _parted(examples: Sequence[Example], fold: int) -> tuple[list[Example], list[Example]]:
    """Those of a fold, and all others."""
    mine = [one for one in examples if fold_of(one.page) == fold]
    return mine, [one for one in examples if fold_of(one.page) != fold]


def _odds(examples: Sequence[Example]) -> dict[str, float]:
    return odds_of(
        (one.page.domain, [({*words_at_ends(line)}, story) for line, story in lines if story is not None])
        for one in examples
        for lines in [zip(one.lines, one.story, strict=True)]
    )


def _learn(examples: Sequence[Example]) -> lightgbm.Booster:
    """Trees; a line weighs less where there is little gold."""
    numbers, told, weights = [], [], []
    for one in examples:
        gold = sum(words for words, story in zip(one.words, one.story, strict=True) if story)
        trust = 0.25 if gold < 60 else 1.0
        known = [at for at, story in enumerate(one.story) if story is not None]
        numbers.append(one.signs[known])
        told += [one.story[at] for at in known]
        weights += [weight_of(one.words[at], gold, trust) for at in known]
    data = lightgbm.Dataset(np.concatenate(numbers), np.array(told, bool), weight=np.array(weights))
    return lightgbm.train(SETTINGS, data, TREES)


def _validate(examples: Sequence[Example], score: Score) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        mine, others = _parted(examples, fold)
        booster = _learn(others)
        for one in mine:
            chances = list(map(float, booster.predict(one.signs)))
            story = chosen(chances, best_run(one.lines))
            rows[one.page.id] = {"text": "\n".join(one.lines[at] for at in story)}
        print(f"fold {fold + 1} of {FOLDS} learned", flush=True)
    judged(score, [one.page for one in examples], rows)


if __name__ == "__main__":
    main()
