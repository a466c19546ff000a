"""What learning from pages and from texts have in common: which lines are story, the odds of words, the file."""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import md5
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import lightgbm
import msgspec
import zstandard

from benchmarks.extract.pages import Page, read_pages
from benchmarks.extract.scores import Row, Score, Scored, by_set, load_score, scored
from wireroom.parse.forest import Learned

FOLDS = 5
LEAST_SITES = 4
"""A word that stands on fewer is not learned."""
LEAST_ODDS, MOST_ODDS = 0.2, 3.0
TREES = 160
SETTINGS = {
    "objective": "binary", "num_leaves": 12, "learning_rate": 0.08, "min_data_in_leaf": 30, "bagging_fraction": 0.7,
    "bagging_freq": 1, "feature_fraction": 0.5, "lambda_l2": 5.0, "num_threads": 1, "seed": 1, "verbose": -1,
}  # fmt: skip
Lesson = tuple[str, Sequence[tuple[Iterable[str], bool]]]
"""A page's domain, and of each of its lines the words, and whether it is story."""


@contextmanager
def opened(told: str | None) -> Iterator[tuple[Score, list[Page]]]:
    """The score and the development pages with a body, of the folder that the command's arguments name."""
    arguments = argparse.ArgumentParser(description=told)
    arguments.add_argument("data", type=Path, nargs="?", default=Path("../shared/data/extract"))
    data: Path = arguments.parse_args().data
    with TemporaryDirectory() as directory:
        pages = read_pages(data, Path(directory))
        yield load_score(data), [page for page in pages if page.bodies and not page.held_back]


def weight_of(words: int, gold: int, trust: float) -> float:
    """A line weighs as much as its words of its page's story, which has `gold` words."""
    return trust * 20 * (words + 2) / (gold + 200)


def judged(score: Score, pages: Sequence[Page], rows: Mapping[str, Row]) -> list[Scored]:
    """The figures of each page; prints those of all, and of each set."""
    told = scored(score, pages, rows)
    print(f"body F1 on sites that were not learned from: {score.aggregate(told, 0)['F1']:.4f}, {len(told)} pages")
    for name, mine in by_set(told).items():
        print(f"  {name}: {score.aggregate(mine, 0)['F1']:.4f}, {len(mine)} pages")
    return told


def fold_of(page: Page) -> int:
    """The same for all pages of a site."""
    return int(md5(page.domain.encode(), usedforsecurity=False).hexdigest(), 16) % FOLDS


def in_story(lines: Sequence[Sequence[str]], bodies: Sequence[str], score: Score) -> list[bool | None]:
    """For each line whether it stands in the gold body of which the page has most."""
    found = [_in_body(lines, score.tokens(body)) for body in bodies]
    return max(found, key=lambda story: sum(len(line) for line, told in zip(lines, story, strict=True) if told))


def _in_body(lines: Sequence[Sequence[str]], body: Sequence[str]) -> list[bool | None]:
    runs, text = {tuple(body[at : at + 4]) for at in range(len(body) - 3)}, f" {' '.join(body)} "
    shares = [_share(line, runs) for line in lines]

    def told(at: int) -> bool | None:
        line, share = lines[at], shares[at]
        if not line or share is not None:
            return None if share is None else share >= 0.6
        # A few words stand in any text; near a line of the story they are its.
        near = [
            shares[other] or 0.0 for other in range(max(0, at - 3), min(len(lines), at + 4)) if len(lines[other]) >= 8
        ]
        return f" {' '.join(line)} " in text and max(near, default=0.0) > 0.8

    return [told(at) for at in range(len(lines))]


def _share(line: Sequence[str], runs: set[tuple[str, ...]]) -> float | None:
    """How many of the line's runs of four words stand in the body; None where it has none."""
    mine = [tuple(line[at : at + 4]) for at in range(len(line) - 3)]
    return sum(run in runs for run in mine) / len(mine) if mine else None


def odds_of(pages: Iterable[Lesson]) -> dict[str, float]:
    """How much each word speaks for story, as the logarithm of odds; each page counts once."""
    told, untold, sites = Counter[str](), Counter[str](), defaultdict[str, set[str]](set)
    for domain, lines in pages:
        counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        for words, story in lines:
            counts[not story].update(words)
        for word in {*counts[0], *counts[1]}:
            share = counts[0][word] / (counts[0][word] + counts[1][word])
            told[word] += share  # type: ignore[assignment]
            untold[word] += 1 - share  # type: ignore[assignment]
            sites[word].add(domain)
    share = told.total() / (told.total() + untold.total())
    odds = {
        word: math.log((told[word] + share) / (untold[word] + 1 - share)) - math.log(share / (1 - share))
        for word in sites if len(sites[word]) >= LEAST_SITES
    }  # fmt: skip
    return {w: round(max(-MOST_ODDS, min(MOST_ODDS, o)), 2) for w, o in sorted(odds.items()) if abs(o) >= LEAST_ODDS}


def write(
    file: str, names: Sequence[str], booster: lightgbm.Booster, labels: dict[str, float], words: dict[str, float]
) -> None:
    """Make what the parse stage carries: trees over signs of these names, and the odds of words."""
    trees = [_node(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    learned = Learned(list(names), labels, words, trees)
    place = Path(__file__).parents[2] / "workers" / "wireroom" / "parse" / file
    place.write_bytes(zstandard.ZstdCompressor(19).compress(msgspec.json.encode(learned)))
    print(f"written: {file}, {len(trees)} trees, {len(labels)} words of labels, {len(words)} of text")


def _node(node: dict[str, Any]) -> Any:
    if "leaf_value" in node:
        return round(node["leaf_value"], 5)
    most = float(f"{node['threshold']:.5g}")
    return [node["split_feature"], most, _node(node["left_child"]), _node(node["right_child"])]
