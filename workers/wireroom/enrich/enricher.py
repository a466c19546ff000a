"""What an enricher is, and how a plain function becomes one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from wireroom.contracts import Enrichments, ParsedArticle

Work = Callable[[ParsedArticle, Enrichments], Enrichments]


class Enricher(Protocol):
    """Adds something to an article; given what the ones before it found, it returns a replaced copy."""

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    def __call__(self, article: ParsedArticle, so_far: Enrichments) -> Enrichments: ...


@dataclass(frozen=True, slots=True)
class FunctionEnricher:
    """A plain function with the name and version under which its work is recorded."""

    name: str
    version: str
    work: Work
    warm: Callable[[], object]
    """Loads what the function needs once per process; called before forking, optional for correctness."""

    def __call__(self, article: ParsedArticle, so_far: Enrichments) -> Enrichments:
        return self.work(article, so_far)


def enricher(name: str, version: str, warm: Callable[[], object] = bool) -> Callable[[Work], FunctionEnricher]:
    """Decorate a function of (article, so far) as an `Enricher`."""

    def name_it(work: Work) -> FunctionEnricher:
        return FunctionEnricher(name, version, work, warm)

    return name_it


def opening(article: ParsedArticle, limit: int) -> str:
    """The first `limit` code points of `article.text`; bounded work however long the article is."""
    parts: list[str] = []
    room = limit
    for block in article.blocks:
        if room <= 0:
            break
        parts.append(block.text[:room])
        room -= len(block.text) + 2
    return "\n\n".join(parts)[:limit]
