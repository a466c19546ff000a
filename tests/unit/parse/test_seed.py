"""The seed article, against its hand-made gold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse.stage import parse

SEED = Path(__file__).parents[3].parent / "shared/data/seed"
NAME = "pakistan-un-peace-missions"


@pytest.fixture(scope="module")
def article() -> ParsedArticle:
    return parse(FetchedPage(body=(SEED / f"{NAME}.txt").read_bytes()))


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    record: dict[str, Any] = json.loads((SEED / f"{NAME}.gold.json").read_text("utf-8"))
    return record


def test_the_title_is_the_headline_alone(article: ParsedArticle, gold: dict[str, Any]) -> None:
    assert article.title == gold["title"]


def test_the_author_is_a_person(article: ParsedArticle, gold: dict[str, Any]) -> None:
    assert [(author.name, author.kind) for author in article.authors] == [(gold["author"]["name"], "person")]


def test_published_is_the_wall_time_without_an_offset(article: ParsedArticle, gold: dict[str, Any]) -> None:
    assert article.published is not None
    assert article.published.iso == gold["published"]["iso"][:19] == "2025-04-19T14:40:00"
    assert article.published.zone_origin is None


def test_the_dateline_is_split_into_place_agencies_and_date(article: ParsedArticle, gold: dict[str, Any]) -> None:
    parts = ("as_written", "place_as_written", "agency", "agency_names", "date", "date_as_written")
    assert {part: getattr(article.dateline, part) for part in parts} == {part: gold["dateline"][part] for part in parts}


def test_the_body_is_the_eleven_paragraphs(article: ParsedArticle, gold: dict[str, Any]) -> None:
    assert [block.text for block in article.blocks] == gold["body_paragraphs"]
    assert len(article.blocks) == 11


def test_the_tails_are_twenty_four_headlines_without_their_ages(article: ParsedArticle, gold: dict[str, Any]) -> None:
    wanted = [
        (item if isinstance(item, str) else item["headline"], block["heading"])
        for block in gold["boilerplate"]["blocks"]
        for item in block["items"]
    ]
    assert [(related.title, related.heading) for related in article.related] == wanted
    assert len(wanted) == 24
