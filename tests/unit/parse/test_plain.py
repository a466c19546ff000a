"""The text pairs in tests/pages/text, and the rules behind them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse.stage import parse

PAGES = Path(__file__).parents[2] / "pages" / "text"
PAIRS = sorted(path.stem for path in PAGES.glob("*.txt"))
DATELINE = ("as_written", "place_as_written", "agency", "agency_names", "date")


@pytest.fixture(params=PAIRS)
def pair(request: pytest.FixtureRequest) -> tuple[ParsedArticle, dict[str, Any]]:
    page = FetchedPage(body=(PAGES / f"{request.param}.txt").read_bytes(), content_type="text/plain")
    return parse(page), json.loads((PAGES / f"{request.param}.gold.json").read_text("utf-8"))


Pair = tuple[ParsedArticle, dict[str, Any]]


def test_the_title_has_no_record_header(pair: Pair) -> None:
    article, gold = pair
    assert article.title == gold["title"]


def test_authors_are_those_of_the_byline(pair: Pair) -> None:
    article, gold = pair
    assert [author.name for author in article.authors] == gold["authors"]


def test_published_is_what_the_text_says(pair: Pair) -> None:
    article, gold = pair
    assert (article.published.iso if article.published else None) == gold["published"]


def test_the_dateline_is_split(pair: Pair) -> None:
    article, gold = pair
    found = {part: getattr(article.dateline, part) for part in DATELINE} if article.dateline else None
    assert found == (gold["dateline"] and {part: gold["dateline"][part] for part in DATELINE})


def test_the_body_is_the_story_and_no_more(pair: Pair) -> None:
    article, gold = pair
    assert [block.text for block in article.blocks] == gold["paragraphs"]


def test_related_headlines_stand_apart_without_ages(pair: Pair) -> None:
    article, gold = pair
    assert [related.title for related in article.related] == gold["related"]
