"""What is measured of an article, and summed over those of a window."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from math import log
from typing import Literal, NamedTuple

import msgspec

Measure = Literal["filled", "letters", "share", "repeated"]
"""Whether a field has anything; the logarithm of its letters, where it has; its part of all the text; whether another
article of the window has the same."""

FIELDS = {
    "title": "title",
    "subtitle": "subtitle",
    "blocks": "body",
    "authors": "authors",
    "published": "published",
    "modified": "modified",
    "dateline": "dateline",
    "section": "section",
    "tags": "tags",
    "image": "image",
    "language_declared": "language",
    "canonical_url": "canonical_url",
    "related": "related",
    "tails": "tails",
}
"""Fields of a parsed article that are measured, and what people call them."""
_WORDED = ("title", "subtitle", "blocks", "authors")
REFUSED = ("empty", "not_an_article", "malformed")
"""Reasons for which parse refuses a page that may be an article in a layout it does not know."""


class Article(NamedTuple):
    """An article that ended: `letters` of each of its fields, None where parse refused the page."""

    at: datetime
    job_id: int
    source: str
    identity: str
    """The same for what may be the same article."""
    title: str | None
    """A digest."""
    letters: Mapping[str, int] | None


class Tally(msgspec.Struct):
    """A measure over articles: of how many, its sum and sum of squares; least and most of it, each with its job."""

    of: int = 0
    sum: float = 0.0
    squares: float = 0.0
    least: tuple[float, int] | None = None
    most: tuple[float, int] | None = None

    def add(self, value: float, job_id: int) -> None:
        """One article more; of equals, the last one is the example."""
        self.of += 1
        self.sum += value
        self.squares += value * value
        if self.least is None or value <= self.least[0]:
            self.least = (value, job_id)
        if self.most is None or value >= self.most[0]:
            self.most = (value, job_id)

    @property
    def mean(self) -> float:
        return self.sum / self.of


def total(tallies: Sequence[Tally]) -> Tally:
    """Their sum, without examples."""
    of, sum_, squares = (sum(parts) for parts in zip(*((one.of, one.sum, one.squares) for one in tallies), strict=True))
    return Tally(int(of), sum_, squares)


def measured(article: Article, *, repeated: bool) -> Iterator[tuple[Measure, str, float]]:
    """Measure, field and value of all that can be measured; of a refused page only that it has no body."""
    letters = article.letters
    if letters is None:
        yield "filled", FIELDS["blocks"], 0.0
        return
    for field, name in FIELDS.items():
        yield "filled", name, float(letters.get(field, 0) > 0)
    for field in _WORDED:
        if letters.get(field):
            yield "letters", FIELDS[field], log(letters[field])
    body, tails = letters.get("blocks", 0), letters.get("tails", 0)
    if body + tails:
        yield "share", FIELDS["tails"], tails / (body + tails)
    yield "repeated", FIELDS["title"], float(repeated)
