"""What records say otherwise than before: field by field, how many, and a few examples."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from wireroom.contracts import ParsedArticle
from wireroom.records.changes import CHANGES, FIELDS, Change, compare

EXAMPLES = 3
"""Most examples of a field, and most articles that a reason names."""
EXCERPT, LEAD = 70, 20
"""Most characters of a value in an example, and how many of them stand before what differs."""
CAUSES, OTHERS = 20, "other causes"
"""Most causes that are told apart."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
"""Chinese and Japanese put no space between their words: each character counts as one."""


class Example(NamedTuple):
    """A value that differs, from shortly before it does, and shortened."""

    article_id: int
    before: str
    after: str


@dataclass
class Words:
    """Of the texts: before, those that stay, and after."""

    before: int = 0
    stay: int = 0
    after: int = 0

    @property
    def kept(self) -> float:
        """Share of the words before."""
        return self.stay / self.before if self.before else 1.0

    @property
    def new(self) -> float:
        """Share of the words after."""
        return 1.0 - self.stay / self.after if self.after else 0.0

    def add(self, before: str, after: str) -> None:
        """Count the words of a text."""
        old, new = Counter(_WORD.findall(before)), Counter(_WORD.findall(after))
        self.before += old.total()
        self.stay += (old & new).total()
        self.after += new.total()


@dataclass
class Told:
    """How many articles have one fate, and the first ones of them."""

    articles: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, article_id: int) -> None:
        self.articles += 1
        if len(self.first) < EXAMPLES:
            self.first.append(article_id)

    def __str__(self) -> str:
        others = ", ..." if self.articles > len(self.first) else ""
        return f"{self.articles:,} (article {', '.join(map(str, self.first))}{others})"


@dataclass
class Review:
    """What was compared; it stays small, however much that is."""

    same: int = 0
    differ: int = 0
    rejected: defaultdict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    """Reason -> the articles whose page would be rejected."""
    died: defaultdict[str, Told] = field(default_factory=lambda: defaultdict(Told))
    """Cause -> the articles of whose page the parser dies."""
    words: Words = field(default_factory=Words)
    fields: dict[str, Counter[Change]] = field(default_factory=lambda: {name: Counter() for name in FIELDS})
    examples: dict[str, list[Example]] = field(default_factory=lambda: {name: [] for name in FIELDS})

    @property
    def compared(self) -> int:
        """How many pages were read anew."""
        ended = [*self.rejected.values(), *self.died.values()]
        return self.same + self.differ + sum(told.articles for told in ended)

    def compare(self, article_id: int, before: ParsedArticle, after: ParsedArticle) -> None:
        """Count how the record changes."""
        changes = compare(before, after)
        same = all(change == "same" for change in changes.values())
        self.same, self.differ = self.same + same, self.differ + (not same)
        self.words.add(before.text, after.text)
        for name, change in changes.items():
            self.fields[name][change] += 1
            if change != "same" and len(self.examples[name]) < EXAMPLES:
                self.examples[name].append(_example(article_id, getattr(before, name), getattr(after, name)))

    def reject(self, article_id: int, reason: str) -> None:
        """Count a page that would be rejected."""
        self.rejected[reason].add(article_id)

    def die(self, article_id: int, cause: str) -> None:
        """Count a page of which the parser dies."""
        self.died[cause if cause in self.died or len(self.died) < CAUSES else OTHERS].add(article_id)

    def as_object(self) -> dict[str, Any]:
        """For JSON."""
        fields = {
            name: {change: counts[change] for change in CHANGES}
            | {"examples": [example._asdict() for example in self.examples[name]]}
            for name, counts in self.fields.items()
        }
        return {
            "same": self.same, "differ": self.differ, "rejected": dict(self.rejected), "died": dict(self.died),
            "words": self.words, "fields": fields,
        }  # fmt: skip


def _example(article_id: int, before: Any, after: Any) -> Example:
    old, new = " ".join(_words_of(before)), " ".join(_words_of(after))
    parted = next((at for at, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, parted - LEAD)
    return Example(article_id, _excerpt(old, start), _excerpt(new, start))


def _words_of(value: Any) -> Iterator[str]:
    """What a person reads of a value: what it holds, without the names of its parts."""
    if isinstance(value, msgspec.Struct):
        value = [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        value = [f"{name}: {found}" for name, found in value.items()]
    if isinstance(value, list):
        for one in value:
            yield from _words_of(one)
    elif value is not None:
        yield str(value)


def _excerpt(text: str, start: int) -> str:
    head = "… " if start else ""
    cut = text[start : start + EXCERPT]
    return head + cut + (" …" if len(text) > start + EXCERPT else "")
