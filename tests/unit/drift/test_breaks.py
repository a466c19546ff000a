"""A site that goes its own steady ways breaks nothing; what its new layout loses is named within fifty articles."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import exp

import msgspec
import pytest

from wireroom.contracts import ParsedArticle
from wireroom.drift.breaks import HISTORY, LEAST_HISTORY, find_breaks
from wireroom.drift.measures import FIELDS, Article
from wireroom.drift.windows import ARTICLES, Break, Window, told

START = datetime(2025, 5, 2, 10, tzinfo=UTC)
SHARES = (0, 0.02, 0.1, 0.5, 0.9, 0.98, 1, 1)
Layout = dict[str, tuple[float, float, float]]
"""Field -> how many articles have it, and logarithm of its letters with its spread."""
PLAIN: Layout = {
    "title": (1, 4, 0.2), "blocks": (1, 8, 0.6), "authors": (0.95, 3, 0.3), "published": (1, 3, 0),
    "tags": (0.7, 4, 0.5), "tails": (0.6, 6, 0.5),
}  # fmt: skip


class Site:
    """Publishes articles of its layouts, drawn by lot, and some pages that are none."""

    def __init__(
        self, chance: random.Random, *layouts: Layout, refused: float = 0.0, repeated: float = 0.0, batch: int = 1
    ) -> None:
        self.chance = chance
        self.batch = batch
        """Articles of a layout in a row, on average."""
        self.layouts = layouts
        self.refused = refused
        self.repeated = repeated
        self.published = 0
        self.layout = layouts[0]

    def article(self) -> Article:
        self.published += 1
        number, at = self.published, START + timedelta(minutes=self.published)
        if self.chance.random() < self.refused:
            return Article(at, number, "Tide", str(number), None, None)
        if self.chance.random() < 1 / self.batch:
            self.layout = self.chance.choice(self.layouts)
        letters = {field: self._letters(*of) for field, of in self.layout.items()}
        title = "Today" if self.chance.random() < self.repeated else f"Story {number}"
        return Article(at, number, "Tide", str(number), title, letters)

    def _letters(self, share: float, mean: float, spread: float) -> int:
        return max(1, round(exp(self.chance.gauss(mean, spread)))) if self.chance.random() < share else 0


def random_site(chance: random.Random, batch: int = 1) -> Site:
    """One to four layouts, each with every field in its own share of articles and length."""
    layouts = [
        {field: (chance.choice(SHARES), chance.uniform(2, 9), chance.uniform(0.1, 1.5)) for field in FIELDS}
        | {"title": (1, 4, 0.3), "blocks": (1, chance.uniform(5, 9), chance.uniform(0.1, 1.2))}
        for _ in range(chance.randint(1, 4))
    ]
    refused, repeated = chance.choice((0, 0, 0.05, 0.3)), chance.choice((0, 0.05, 0.3))
    return Site(chance, *layouts, refused=refused, repeated=repeated, batch=batch)


class Paper:
    """What has come from a site, in windows."""

    def __init__(self) -> None:
        self.windows: list[Window] = []

    def take(self, site: Site, articles: int) -> None:
        for _ in range(articles):
            article = site.article()
            if not self.windows or self.windows[-1].seen is None:
                self.windows.append(Window("Tide", len(self.windows) + 1, article.at, article.at))
            self.windows[-1].count(article)

    @property
    def breaks(self) -> list[Break]:
        """Of the last full window."""
        full = [window for window in self.windows if window.seen is None]
        return find_breaks(full[-1 - HISTORY : -1], full[-1])

    @property
    def told(self) -> set[tuple[str, str]]:
        return {(one.field, one.measure) for one in self.breaks}


def full_windows(site: Site, number: int) -> Iterator[Paper]:
    """The paper after each window from the first that is compared."""
    paper = Paper()
    for _ in range(number):
        paper.take(site, ARTICLES)
        if len(paper.windows) > LEAST_HISTORY:
            yield paper


def without(field: str, layout: Layout = PLAIN) -> Layout:
    return layout | {field: (0, 0, 0)}


BROKEN: dict[tuple[str, str], Callable[[random.Random], Site]] = {
    ("body", "filled"): lambda chance: Site(chance, PLAIN, refused=0.95),
    ("body", "letters"): lambda chance: Site(chance, PLAIN | {"blocks": (1, 6, 0.6)}),
    ("title", "letters"): lambda chance: Site(chance, PLAIN | {"title": (1, 2.5, 0.1)}),
    ("title", "repeated"): lambda chance: Site(chance, PLAIN, repeated=1),
    ("authors", "filled"): lambda chance: Site(chance, without("authors")),
    ("authors", "letters"): lambda chance: Site(chance, PLAIN | {"authors": (0.95, 5, 0.3)}),
    ("published", "filled"): lambda chance: Site(chance, PLAIN | {"published": (0.04, 3, 0)}),
    ("tags", "filled"): lambda chance: Site(chance, without("tags")),
    ("subtitle", "filled"): lambda chance: Site(chance, PLAIN | {"subtitle": (0.9, 5, 0.3)}),
    ("tails", "share"): lambda chance: Site(chance, PLAIN | {"tails": (1, 8.5, 0.5)}),
}
"""What a new layout does to a plain one."""


def test_every_field_that_is_measured_is_one_of_an_article() -> None:
    assert FIELDS.keys() <= {field.name for field in msgspec.structs.fields(ParsedArticle)}


@pytest.mark.parametrize(("batch", "one_in"), [(1, 500), (2, 100), (4, 40)])
def test_few_windows_of_steady_mixtures_look_broken(batch: int, one_in: int) -> None:
    looked = broken = 0
    for seed in range(40):
        for paper in full_windows(random_site(random.Random(seed), batch), 33):
            looked += 1
            broken += bool(paper.breaks)
    assert looked == 40 * 30
    assert broken <= looked / one_in


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("after", [100, 113, 400])
@pytest.mark.parametrize("change", BROKEN)
def test_each_kind_of_break_is_named_within_fifty_articles(change: tuple[str, str], after: int, seed: int) -> None:
    chance, paper = random.Random(seed), Paper()
    paper.take(Site(chance, PLAIN), after)
    assert paper.told == set()
    paper.take(BROKEN[change](chance), 2 * ARTICLES)
    assert change in paper.told


def test_a_source_with_a_short_history_is_not_judged() -> None:
    chance, paper = random.Random(1), Paper()
    paper.take(Site(chance, PLAIN), LEAST_HISTORY * ARTICLES - 1)
    paper.take(Site(chance, without("published")), ARTICLES)
    assert paper.breaks == []


def test_an_earlier_break_does_not_hide_one() -> None:
    chance, paper = random.Random(2), Paper()
    plain, broken = Site(chance, PLAIN), Site(chance, without("published"))
    for site, windows in ((plain, 15), (broken, 8), (plain, 10)):
        paper.take(site, windows * ARTICLES)
    assert paper.breaks == []
    paper.take(broken, ARTICLES)
    assert paper.told == {("published", "filled")}


def test_what_comes_again_and_again_is_one_of_the_sites_ways() -> None:
    chance, paper = random.Random(3), Paper()
    day, night = Site(chance, PLAIN), Site(chance, without("published"))
    for _ in range(4):
        paper.take(day, 3 * ARTICLES)
        paper.take(night, ARTICLES)
    assert paper.breaks == []


def test_a_break_is_shown_since_it_began_until_it_is_the_usual() -> None:
    chance, paper = random.Random(4), Paper()
    paper.take(Site(chance, PLAIN), HISTORY * ARTICLES)
    broken = Site(chance, without("published"))
    for _ in range(HISTORY // 2 + 1):
        paper.take(broken, ARTICLES)
        (found,) = (one for one in paper.breaks if one.field == "published")
        assert found.since == START + timedelta(minutes=1)
    paper.take(broken, ARTICLES)
    assert paper.told == set()


def test_a_rare_field_that_is_gone_is_missed_after_some_windows() -> None:
    chance, paper = random.Random(5), Paper()
    rare = PLAIN | {"section": (0.3, 3, 0)}
    paper.take(Site(chance, rare), 20 * ARTICLES)
    paper.take(Site(chance, PLAIN), ARTICLES)
    assert paper.told == set()
    paper.take(Site(chance, PLAIN), 2 * ARTICLES)
    assert paper.told == {("section", "filled")}


def test_letters_are_shown_as_a_typical_number() -> None:
    chance, paper = random.Random(6), Paper()
    paper.take(Site(chance, PLAIN), 20 * ARTICLES)
    paper.take(Site(chance, PLAIN | {"blocks": (1, 6, 0.6)}), ARTICLES)
    (found,) = (one for one in paper.breaks if one.field == "body")
    assert exp(8) / 1.2 < found.was < exp(8) * 1.2 and exp(6) / 1.5 < found.now < exp(6) * 1.5


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (("filled", 0.98, 0.04), "filled 98 % -> 4 %"),
        (("letters", 3200.4, 410.0), "letters 3,200 -> 410"),
        (("share", 0.05, 0.5), "share of all text 5 % -> 50 %"),
    ],
)
def test_a_break_is_told_in_a_few_words(change: tuple[str, float, float], sentence: str) -> None:
    assert told(*change) == sentence  # type: ignore[arg-type]
