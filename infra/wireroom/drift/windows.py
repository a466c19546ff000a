"""Windows: so many articles of a source in a row, and in what they are unlike those before."""

from __future__ import annotations

from datetime import datetime
from math import exp

import msgspec

from wireroom.drift.measures import Article, Measure, Tally, measured

ARTICLES = 25
"""Of a full window. Wherever a site changes, one that has none of the old articles is full within twice as many."""


class Seen(msgspec.Struct):
    """What is in a window already: an article counts once, and the same title of two is a repetition."""

    articles: list[str] = []
    titles: list[str] = []


class Break(msgspec.Struct, frozen=True):
    """A measure of a field that is not what it was; `since` when, and the job of an article to look at.

    `was` and `now` are shares, or (of `letters`) typical numbers.
    """

    field: str
    measure: Measure
    was: float
    now: float
    since: datetime
    job: int


class Window(msgspec.Struct):
    """Articles of a source in a row; the next ones go into the window with the next number."""

    source: str
    number: int
    since: datetime
    until: datetime
    articles: int = 0
    measures: dict[Measure, dict[str, Tally]] = {}
    seen: Seen | None = msgspec.field(default_factory=Seen)
    """None when it is full."""
    breaks: list[Break] | None = None

    def count(self, article: Article) -> None:
        """Take the article in, unless the window has it."""
        assert self.seen is not None
        if article.identity in self.seen.articles:
            return
        repeated = article.title in self.seen.titles
        for measure, field, value in measured(article, repeated=repeated):
            self.measures.setdefault(measure, {}).setdefault(field, Tally()).add(value, article.job_id)
        self.seen.articles.append(article.identity)
        if article.title and not repeated:
            self.seen.titles.append(article.title)
        self.articles += 1
        self.until = article.at
        if self.articles == ARTICLES:
            self.seen = None

    def tally(self, measure: Measure, field: str) -> Tally:
        """That of the window's articles; an empty one where nothing was measured."""
        return self.measures.get(measure, {}).get(field) or Tally()


def shown(measure: Measure, mean: float) -> float:
    """A mean as people read it: letters are measured by their logarithm."""
    return exp(mean) if measure == "letters" else mean


def told(measure: Measure, was: float, now: float) -> str:
    """A break in a few words, as `filled 98 % -> 4 %`."""
    if measure == "letters":
        return f"letters {was:,.0f} -> {now:,.0f}"
    what = "share of all text" if measure == "share" else measure
    return f"{what} {100 * was:.0f} % -> {100 * now:.0f} %"
