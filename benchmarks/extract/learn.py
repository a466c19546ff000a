"""Learn what speaks for a line being story: `python -m benchmarks.extract.learn [DATA]`, with lightgbm installed.

Reads the development pages of a folder as `make bench-extract` does, and writes what the parse stage carries: the odds
of words, and trees. The words by which a page is described were learned from other sites than its own, as it will be
in use. Prints what cross-validation by site gives.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm
import numpy as np
from selectolax.lexbor import LexborHTMLParser

from benchmarks.extract.lessons import FOLDS, SETTINGS, TREES, fold_of, in_story, odds_of, write
from benchmarks.extract.pages import Page, read_pages
from benchmarks.extract.scores import Score, by_set, load_score, scored
from wireroom.charset import decode
from wireroom.contracts import FetchedPage
from wireroom.parse.body import UNSURE, choose, doubt_of, hints_of, in_other_articles, is_believed, second_opinion
from wireroom.parse.forest import LEARNED
from wireroom.parse.lexicon import Lexicon, words_at_ends, words_of
from wireroom.parse.metadata import read_metadata
from wireroom.parse.outline import Line, Outline, outline
from wireroom.parse.signs import NAMES, Hints, Signs, read_signs

_PARAGRAPHS, _PROSE = NAMES.index("paragraphs_parent"), NAMES.index("prose")


@dataclass
class Example:
    """A page with its lines, and for each whether it is part of the gold body; None for a line without words."""

    page: Page
    outline: Outline
    hints: Hints
    story: list[bool | None]
    words: list[int]
    signs: Signs | None = None

    @property
    def fold(self) -> int:
        return fold_of(self.page)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("data", type=Path, nargs="?", default=Path("../shared/data/extract"))
    data: Path = arguments.parse_args().data
    with TemporaryDirectory() as directory:
        score = load_score(data)
        pages = [page for page in read_pages(data, Path(directory)) if page.bodies and not page.held_back]
        examples = [_example(page, score) for page in pages]
        for fold in range(FOLDS):
            lexicon = Lexicon(*_odds([one for one in examples if one.fold != fold]))
            for one in examples:
                if one.fold == fold:
                    one.signs = read_signs(one.outline, one.hints, lexicon)
        _validate(examples, score)
    write(LEARNED, NAMES, _learn(examples), *_odds(examples))


def _example(page: Page, score: Score) -> Example:
    tree = _tree(page)
    hints = hints_of(read_metadata(tree, page.url))
    # The tree of each page would be too much to keep.
    lines = replace(outline(tree), elements=[])
    words = [score.tokens(line.text) for line in lines.lines]
    return Example(page, lines, hints, in_story(words, page.bodies, score), list(map(len, words)))


def _tree(page: Page) -> LexborHTMLParser:
    return LexborHTMLParser(decode(FetchedPage(body=page.read(), content_type="text/html", url=page.url)))


def _odds(examples: Sequence[Example]) -> tuple[dict[str, float], dict[str, float]]:
    """How much each word speaks for story, in labels and in text; each site counts once."""

    def label_words(one: Example, line: Line) -> Iterable[str]:
        boxes = one.outline.boxes
        up = boxes[line.box].parent
        return words_of(boxes[line.box].label) | words_of(boxes[up].label) | words_of(boxes[boxes[up].parent].label)

    return _odds_of(examples, label_words), _odds_of(examples, lambda _, line: {*words_at_ends(line.text)})


def _odds_of(examples: Sequence[Example], words: Callable[[Example, Line], Iterable[str]]) -> dict[str, float]:
    return odds_of((one.page.domain, [(words(one, line), story) for line, story in _judged(one)]) for one in examples)


def _judged(one: Example) -> list[tuple[Line, bool]]:
    lines = zip(one.outline.lines, one.story, strict=True)
    return [(line, story) for line, story in lines if story is not None]


def _learn(examples: Sequence[Example]) -> lightgbm.Booster:
    numbers, story, weights = [], [], []
    for one in examples:
        assert one.signs is not None
        for at, signs, weight in zip(one.signs.places, one.signs.numbers, _weights(one), strict=True):
            if one.story[at] is not None:
                numbers.append(signs)
                story.append(one.story[at])
                weights.append(weight)
    data = lightgbm.Dataset(np.array(numbers, np.float32), np.array(story), weight=np.array(weights))
    return lightgbm.train(SETTINGS, data, TREES)


def _weights(one: Example) -> list[float]:
    """A line weighs as much as its words of its page's story; less where gold holds but a part of what is told."""
    assert one.signs is not None
    gold = sum(words for words, story in zip(one.words, one.story, strict=True) if story) or 1
    lines = list(zip(one.signs.places, one.signs.numbers, strict=True))
    told = sum(one.words[at] for at, signs in lines if signs[_PARAGRAPHS] > 0.9 and signs[_PROSE])
    trust = 0.25 if told > 3 * gold or gold < 60 else 1.0
    return [trust * 20 * (one.words[at] + 2) / (gold + 200) for at, _ in lines]


def _validate(examples: Sequence[Example], score: Score) -> None:
    rows: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        booster = _learn([one for one in examples if one.fold != fold])
        for one in examples:
            if one.fold == fold and one.signs is not None and one.signs.places:
                chances = booster.predict(one.signs.numbers)
                rows[one.page.id] = {"text": _told(one, dict(zip(one.signs.places, map(float, chances), strict=True)))}
        print(f"fold {fold + 1} of {FOLDS} learned", flush=True)
    told = scored(score, [one.page for one in examples], rows)
    print(f"body F1 on sites that were not learned from: {score.aggregate(told, 0)['F1']:.4f}, {len(told)} pages")
    for name, pages in by_set(told).items():
        print(f"  {name}: {score.aggregate(pages, 0)['F1']:.4f}, {len(pages)} pages")


def _told(one: Example, chances: dict[int, float]) -> str:
    assert one.signs is not None
    chances |= dict.fromkeys(in_other_articles(one.outline, one.signs.title, chances), 0.0)
    first = "\n".join(one.outline.lines[at].text for at in choose(one.outline, chances))
    if doubt_of(one.outline, chances) <= UNSURE:
        return first
    tree = _tree(one.page)
    second = "\n".join(block.text for block in second_opinion(tree, outline(tree), chances))
    return second if is_believed(len(second), len(first)) else first


if __name__ == "__main__":
    main()
