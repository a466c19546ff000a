"""One record, readable on any terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from wireroom.cli.show import PARAGRAPH, first_paragraph, published, show_article
from wireroom.contracts import (
    Author,
    Block,
    Dateline,
    Enrichment,
    Enrichments,
    Entity,
    Keyword,
    Language,
    Mention,
    Moment,
    ParsedArticle,
    Place,
    Related,
)

OSLO = Place(name="Oslo", country="NO", lat=59.9127, lon=10.7461, geonameid=3143244, zone="Europe/Oslo")


def parsed(*paragraphs: str, **fields: Any) -> ParsedArticle:
    blocks = [Block(kind="paragraph", text=text) for text in paragraphs or ("The ferry came in.",)]
    return ParsedArticle(**{"title": "Quiet ferries", "blocks": blocks, "parser": "test/1"} | fields)


def shown(article: ParsedArticle, enrichments: Enrichments | None = None, head: str = "job 1", width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None)
    show_article(console, article, enrichments or Enrichments(), head=head)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_a_record_is_shown_with_all_that_is_known() -> None:
    article = parsed(
        authors=[Author(name="Ada Okoro"), Author(name="Harbour Wire", kind="organisation")],
        dateline=Dateline(as_written="OSLO, (Harbour Wire)"),
        related=[Related(title="One"), Related(title="Two")],
    )
    mentions = [Mention(surface="Ruter", start=0, end=5)] * 2
    enrichments = Enrichments(
        language=Language(code="en", confidence=0.987, origin="detected"),
        dateline_place=OSLO,
        published=Moment(
            iso="2025-05-02T10:15:00+02:00", origin="visible", zone="Europe/Oslo", zone_origin="dateline_place"
        ),
        keywords=[Keyword(text="ferries", score=2.0), Keyword(text="quay", score=1.0)],
        entities=[
            Entity(name="Oslo", kind="place", mentions=mentions[:1], place=OSLO),
            Entity(name="Ruter", kind="organisation", mentions=mentions),
        ],
        ran=[Enrichment(name="topics", version="1", seconds=0.1, error="ValueError: no model")],
    )
    assert [line.rstrip() for line in shown(article, enrichments).splitlines()[1:]] == [
        "Quiet ferries",
        "authors    Ada Okoro, Harbour Wire",
        "published  2025-05-02T10:15:00+02:00 (Europe/Oslo, zone of the dateline's place)",
        "dateline   OSLO, (Harbour Wire) → Oslo, NO (59.91, 10.75)",
        "language   en (detected, 0.99)",
        "text       The ferry came in.",
        "entities   Ruter (organisation) ×2, Oslo (place, NO)",
        "keywords   ferries, quay",
        "related    2 headlines of other stories, cut off",
        "failed     topics: ValueError: no model",
    ]


def test_what_a_record_has_not_is_left_out() -> None:
    assert [line.rstrip() for line in shown(parsed()).splitlines()[1:]] == ["Quiet ferries", "text  The ferry came in."]


def test_a_record_without_any_text_is_shown() -> None:
    assert "Quiet ferries" in shown(parsed(blocks=[]))


def test_nothing_in_a_record_is_read_as_markup_or_takes_over_the_terminal() -> None:
    hostile = "[red]\x1b]0;x\x07[/nonsense]\u202e \ud800"
    text = shown(parsed(hostile, title=hostile, authors=[Author(name=hostile)]), head=hostile)
    assert text.count("[red]\ufffd]0;x\ufffd[/nonsense]") == 4
    assert not set(text) & set("\x1b\x07\u202e\ud800")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (None, ""),
        (Moment(iso="2025-05-02", origin="visible"), "2025-05-02"),
        (Moment(iso="2025-05-02T10:15:00", origin="visible"), "2025-05-02T10:15:00 (no zone known)"),
        (Moment(iso="2025-05-02T10:15Z", origin="meta", zone_origin="said"), "2025-05-02T10:15Z (as the page says)"),
    ],
)  # fmt: skip
def test_a_time_says_where_its_zone_is_from(moment: Moment | None, expected: str) -> None:
    assert published(moment) == expected


def test_a_long_first_paragraph_is_cut_at_a_word() -> None:
    cut = first_paragraph(parsed("word " * 200))
    assert cut.endswith("word …")
    assert PARAGRAPH - 10 < len(cut) <= PARAGRAPH + 2


def test_a_long_paragraph_without_spaces_is_cut_too() -> None:
    assert first_paragraph(parsed("渡" * 1000)) == "渡" * PARAGRAPH + " …"


def test_a_paywall_is_shown_where_there_is_one() -> None:
    assert "readers must pay" in shown(parsed(paywalled=True))
    assert "paywall" not in shown(parsed(paywalled=False))


def test_headings_are_not_taken_for_the_first_paragraph() -> None:
    blocks = [Block(kind="heading", text="Heading"), Block(kind="paragraph", text="Text.")]
    assert first_paragraph(parsed(blocks=blocks)) == "Text."


def test_long_lists_are_cut_with_their_number() -> None:
    keywords = [Keyword(text=f"k{n}", score=1.0) for n in range(15)]
    assert "k9 and 5 more" in shown(parsed(), Enrichments(keywords=keywords))


def test_no_line_is_wider_than_the_terminal() -> None:
    text = shown(parsed("x" * 250, title="y" * 300), head="z" * 300, width=60)
    assert max(map(len, text.splitlines())) <= 60
