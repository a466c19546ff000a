"""One record, made readable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from wireroom.cli.output import cell, clock, short, table
from wireroom.contracts import Enrichments, Entity, Moment, ParsedArticle, Place
from wireroom.records import Seen

PARAGRAPH = 280
"""Most characters shown of the first paragraph."""
ENTITIES, KEYWORDS, SIGHTINGS = 12, 10, 10
_ZONE_ORIGINS = {
    "said": "as the page says",
    "wall_clock": "by the page's two clocks",
    "dateline_place": "zone of the dateline's place",
    "source": "zone of the source",
}


def show_article(console: Console, parsed: ParsedArticle, enrichments: Enrichments, *, head: str) -> None:
    """Print one record readably, under `head`; fields it has not are left out."""
    console.rule(cell(head), align="left")
    console.print(cell(parsed.title, "bold"))
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    for name, value in _facts(parsed, enrichments):
        facts.add_row(name, value)
    console.print(facts)


def show_seen(console: Console, seen: Seen) -> None:
    """Print where the article was seen last."""
    rows = table(
        "at", "producer", "source", f"seen {seen.times:,} time{'' if seen.times == 1 else 's'}, the newest first"
    )
    for one in seen.newest[:SIGHTINGS]:
        rows.add_row(*map(cell, (clock(one.at), one.producer, one.source, short(one.url))))
    console.print(rows)


def _facts(parsed: ParsedArticle, enrichments: Enrichments) -> Iterator[tuple[str, Text]]:
    for name, value in {
        "authors": ", ".join(author.name for author in parsed.authors),
        "published": published(enrichments.published or parsed.published),
        "paywall": "readers must pay" if parsed.paywalled else "",
        "dateline": _dateline(parsed, enrichments.dateline_place),
        "language": _language(enrichments),
        "text": first_paragraph(parsed) + _more(parsed),
        "entities": _listed((_entity(entity) for entity in _most_mentioned(enrichments.entities)), ENTITIES),
        "keywords": _listed((keyword.text for keyword in enrichments.keywords), KEYWORDS),
        "related": _related(parsed),
        "failed": _listed((f"{one.name}: {one.error}" for one in enrichments.ran if one.error), ENTITIES),
    }.items():
        if value:
            yield name, cell(value)


def published(moment: Moment | None) -> str:
    """The moment with its zone and who says it; empty where nothing is known."""
    if moment is None:
        return ""
    notes = [note for note in (moment.zone, _ZONE_ORIGINS.get(moment.zone_origin or "")) if note]
    has_time = len(moment.iso) > len("2025-04-19")
    notes += ["no zone known"] if has_time and not moment.zone_origin and not moment.zone else []
    return moment.iso + (f" ({', '.join(notes)})" if notes else "")


def first_paragraph(parsed: ParsedArticle) -> str:
    """The first paragraph, cut at a word where it is long."""
    text = next((block.text for block in parsed.blocks if block.kind == "paragraph"), parsed.text)
    text = " ".join(text[: PARAGRAPH * 4].split())
    cut = text[:PARAGRAPH]
    return text if len(text) <= PARAGRAPH else (cut.rpartition(" ")[0] or cut) + " …"


def _more(parsed: ParsedArticle) -> str:
    more = len(parsed.blocks) - 1
    return f" (and {more:,} more block{'s' if more > 1 else ''}: --json has all)" if more > 0 else ""


def _dateline(parsed: ParsedArticle, place: Place | None) -> str:
    if parsed.dateline is None:
        return ""
    return parsed.dateline.as_written + (f" → {_place(place)}" if place else "")


def _place(place: Place) -> str:
    return f"{place.name}, {place.country} ({place.lat:.2f}, {place.lon:.2f})"


def _language(enrichments: Enrichments) -> str:
    language = enrichments.language
    return f"{language.code} ({language.origin}, {language.confidence:.2f})" if language else ""


def _most_mentioned(entities: list[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda entity: -len(entity.mentions))


def _entity(entity: Entity) -> str:
    times = len(entity.mentions)
    where = f", {entity.place.country}" if entity.place else ""
    return f"{entity.name} ({entity.kind}{where})" + (f" ×{times}" if times > 1 else "")


def _listed(names: Iterable[str], most: int) -> str:
    listed = list(names)
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")


def _related(parsed: ParsedArticle) -> str:
    number = len(parsed.related)
    return f"{number} headline{'s' if number > 1 else ''} of other stories, cut off" if number else ""
