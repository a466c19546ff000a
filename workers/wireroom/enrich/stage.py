"""The enrich stage: run every enricher over an article; one that fails never stops the article."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import entry_points

from msgspec.structs import replace

from wireroom.contracts import EnrichedArticle, Enrichment, Enrichments, ParsedArticle
from wireroom.enrich.enricher import Enricher as Enricher
from wireroom.errors import WireroomError

GROUP = "wireroom.enrichers"
ORDER = ("language", "dateline", "entities", "keywords")
"""These run first, in this order, because later ones read what earlier ones found; others follow by name."""
LONGEST_ERROR = 500


def load_enrichers(wanted: str = "") -> tuple[Enricher, ...]:
    """The installed enrichers (entry points `wireroom.enrichers`), in the declared order.

    `wanted` names some of them, separated by commas; empty: all. Raises `WireroomError` where one is not installed.
    """
    points = sorted(entry_points(group=GROUP), key=lambda point: _place_in_line(point.name))
    names = {name.strip() for name in wanted.split(",")} - {""} or {point.name for point in points}
    if missing := sorted(names - {point.name for point in points}):
        installed = ", ".join(point.name for point in points)
        raise WireroomError(f"WIREROOM_ENRICHERS: {missing[0]!r} is not installed, only {installed}")
    return tuple(point.load() for point in points if point.name in names)


def warm(enrichers: Iterable[Enricher]) -> None:
    """Load models and tables now, so that forked processes share them and no article pays for them."""
    for enricher in enrichers:
        getattr(enricher, "warm", bool)()


def enrich(
    article: ParsedArticle, enrichers: Sequence[Enricher], clock: Callable[[], float] = time.perf_counter
) -> EnrichedArticle:
    """The article with what each enricher adds; `ran` says for each how long it took and why it failed, if it did.

    `published` is the parsed moment unless an enricher completes it.
    """
    found = Enrichments(published=article.published)
    ran: list[Enrichment] = []
    for enricher in enrichers:
        found, account = _run(enricher, article, found, clock)
        ran.append(account)
    return EnrichedArticle(parsed=article, enrichments=replace(found, ran=ran))


def _run(
    enricher: Enricher, article: ParsedArticle, found: Enrichments, clock: Callable[[], float]
) -> tuple[Enrichments, Enrichment]:
    started, error = clock(), None
    try:
        found = _checked(enricher(article, found))
    except Exception as cause:  # noqa: BLE001 - enrichers are plug-ins: a broken one must not cost the article
        error = _described(cause)
    seconds = max(0.0, clock() - started)
    return found, Enrichment(name=enricher.name, version=enricher.version, seconds=seconds, error=error)


def _checked(answer: object) -> Enrichments:
    if not isinstance(answer, Enrichments):
        raise TypeError(f"an enricher must return Enrichments, this one returned {type(answer).__name__}")
    return answer


def _described(cause: Exception) -> str:
    """Type and message, bounded, and storable whatever they hold."""
    text = f"{type(cause).__name__}: {cause}"[:LONGEST_ERROR]
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode("utf-8")


def _place_in_line(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
