"""Learn what speaks for a line being story: `python -m benchmarks.extract.learn [DATA]`, with lightgbm installed.

Reads the development pages of a folder as `make bench-extract` does, and writes what the parse stage carries: the odds
of words, and trees. The words by which a page is described were learned from other sites than its own, as it will be
in use. Two pages of five are read a second time with teasers under their story, and pages whose gold trees of other
sites do not find at all are left out: it is cut short, or of another text. Prints what cross-validation by site gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import lightgbm
import numpy as np
from selectolax.lexbor import LexborHTMLParser

from benchmarks.extract.copies import Teaser, forget, with_teasers
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
from benchmarks.extract.scores import Score, Scored
from wireroom.charset import decode
from wireroom.contracts import Block, FetchedPage
from wireroom.parse.body import agreed, hints_of, second_opinion
from wireroom.parse.choice import UNSURE, doubt_of, left_out
from wireroom.parse.forest import LEARNED
from wireroom.parse.lexicon import Lexicon, words_at_ends, words_of
from wireroom.parse.metadata import read_metadata
from wireroom.parse.outline import Line, Outline, outline
from wireroom.parse.signs import NAMES, Hints, Signs, read_signs

LEAST_FOUND = 0.72
"""The body F1 of a page up to which its gold is not believed."""
COPIED = 0.4
"""The share of pages of which there is a copy with teasers."""
LINES_OF_LEAF = {"min_data_in_leaf": 100}
_LEAST_TEASER = 90
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
    copies: list[Example] = field(default_factory=list)

    @property
    def fold(self) -> int:
        return fold_of(self.page)


def main() -> None:
    with opened(__doc__) as (score, pages):
        examples = [_example(page, score) for page in pages]
        _copy(examples, score)
        for fold in range(FOLDS):
            lexicon = Lexicon(*_odds([one for one in examples if one.fold != fold]))
            for one in examples:
                if one.fold == fold:
                    for same in (one, *one.copies):
                        same.signs = read_signs(same.outline, same.hints, lexicon)
        found = _validate(examples, examples, score)
        believed = [one for one, told in zip(examples, found, strict=True) if told["F"] > LEAST_FOUND]
        print(f"gold that is not believed: {len(examples) - len(believed)} pages; without them:")
        _validate(believed, examples, score)
    write(LEARNED, NAMES, _learn(believed), *_odds(examples))


def _example(page: Page, score: Score) -> Example:
    tree = _tree(page)
    hints = hints_of(read_metadata(tree, page.url))
    # The tree of each page would be too much to keep.
    lines = replace(outline(tree), elements=[])
    words = [score.tokens(line.text) for line in lines.lines]
    return Example(page, lines, hints, in_story(words, page.bodies, score), list(map(len, words)))


def _tree(page: Page) -> LexborHTMLParser:
    return LexborHTMLParser(decode(FetchedPage(body=page.read(), content_type="text/html", url=page.url)))


def _copy(examples: Sequence[Example], score: Score) -> None:
    """Give some of the pages a copy with teasers of other sites' stories."""
    teasers = [(one.page.domain, teaser) for one in examples if (teaser := _teaser(one))]
    for one in examples:
        chance = Random(one.page.id)  # noqa: S311
        if chance.random() < COPIED and any(one.story):
            others = [
                teaser for domain, teaser in chance.sample(teasers, min(40, len(teasers))) if domain != one.page.domain
            ]
            page, first, number = with_teasers(one.outline, one.story, others, chance)
            story = [*one.story[:first], *[False] * number, *one.story[first:]]
            words = [len(score.tokens(line.text)) for line in page.lines]
            one.copies = [replace(one, outline=page, story=story, words=words)]


def _teaser(one: Example) -> Teaser | None:
    lines = (line.text for line, told in zip(one.outline.lines, one.story, strict=True) if told)
    text = next((line for line in lines if len(line) > _LEAST_TEASER), "")
    return Teaser(one.hints.title, text) if one.hints.title and text else None


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
    for one in (same for example in examples for same in (example, *example.copies)):
        assert one.signs is not None
        described = forget(one.signs.numbers, Random(f"{one.page.id} {len(one.words)}"))  # noqa: S311
        for at, signs, weight in zip(one.signs.places, described, _weights(one), strict=True):
            if one.story[at] is not None:
                numbers.append(signs)
                story.append(one.story[at])
                weights.append(weight)
    data = lightgbm.Dataset(np.array(numbers, np.float32), np.array(story), weight=np.array(weights))
    return lightgbm.train(SETTINGS | LINES_OF_LEAF, data, TREES)


def _weights(one: Example) -> list[float]:
    """A line weighs as much as its words of its page's story; less where gold holds but a part of what is told."""
    assert one.signs is not None
    gold = sum(words for words, story in zip(one.words, one.story, strict=True) if story) or 1
    lines = list(zip(one.signs.places, one.signs.numbers, strict=True))
    told = sum(one.words[at] for at, signs in lines if signs[_PARAGRAPHS] > 0.9 and signs[_PROSE])
    trust = 0.25 if told > 3 * gold or gold < 60 else 1.0
    return [weight_of(one.words[at], gold, trust) for at, _ in lines]


def _validate(believed: Sequence[Example], examples: Sequence[Example], score: Score) -> list[Scored]:
    """The figures of each page by trees that were learned from other sites."""
    rows: dict[str, dict[str, Any]] = {}
    for fold in range(FOLDS):
        booster = _learn([one for one in believed if one.fold != fold])
        for one in examples:
            if one.fold == fold and one.signs is not None and one.signs.places:
                chances = booster.predict(one.signs.numbers)
                rows[one.page.id] = {"text": _told(one, dict(zip(one.signs.places, map(float, chances), strict=True)))}
        print(f"fold {fold + 1} of {FOLDS} learned", flush=True)
    return judged(score, [one.page for one in examples], rows)


def _told(one: Example, chances: dict[int, float]) -> str:
    assert one.signs is not None
    chances |= dict.fromkeys(left_out(one.outline, one.signs.title, chances), 0.0)
    doubt = doubt_of(one.outline, chances)
    second: list[Block] = []
    if doubt > UNSURE:
        tree = _tree(one.page)
        second = second_opinion(tree, outline(tree), chances)
    return "\n".join(block.text for block in agreed(one.outline, chances, doubt, second)[0])


if __name__ == "__main__":
    main()
