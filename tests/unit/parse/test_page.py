"""The HTML pairs in tests/pages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.errors import Unusable
from wireroom.parse.stage import parse

PAGES = Path(__file__).parents[2] / "pages" / "html"
GOLD = {path.name.removesuffix(".gold.json"): json.loads(path.read_text("utf-8")) for path in PAGES.glob("*.gold.json")}
ARTICLES = sorted(name for name, gold in GOLD.items() if "rejected" not in gold)
REJECTED = sorted(GOLD.keys() - set(ARTICLES))
DATELINE = ("as_written", "place_as_written", "agency", "agency_names", "date")
Pair = tuple[ParsedArticle, dict[str, Any]]


def read(name: str) -> FetchedPage:
    return FetchedPage(body=(PAGES / f"{name}.html").read_bytes(), content_type="text/html", url=GOLD[name].get("url"))


@pytest.fixture(params=ARTICLES)
def pair(request: pytest.FixtureRequest) -> Pair:
    return parse(read(request.param)), GOLD[request.param]


@pytest.mark.parametrize("name", REJECTED)
def test_a_page_that_is_no_article_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(Unusable) as refused:
        parse(read(name))
    assert refused.value.reason == GOLD[name]["rejected"]
    assert str(refused.value)


def test_the_title_has_no_site_name(pair: Pair) -> None:
    article, gold = pair
    assert article.title == gold["title"]


def test_authors_are_names_in_order(pair: Pair) -> None:
    article, gold = pair
    assert [author.name for author in article.authors] == gold["authors"]


def test_published_keeps_the_offset_that_the_page_gives(pair: Pair) -> None:
    article, gold = pair
    assert article.published is not None
    assert article.published.iso == gold["published"]
    assert (article.published.zone_origin == "said") == (gold["published"][19:] != "")


def test_the_dateline_is_split(pair: Pair) -> None:
    article, gold = pair
    found = {part: getattr(article.dateline, part) for part in DATELINE} if article.dateline else None
    assert found == (gold["dateline"] and {part: gold["dateline"][part] for part in DATELINE})


def test_the_body_is_the_story_and_no_more(pair: Pair) -> None:
    article, gold = pair
    assert [block.text for block in article.blocks] == gold["paragraphs"]


def test_related_headlines_stand_apart(pair: Pair) -> None:
    article, gold = pair
    assert [related.title for related in article.related] == gold["related"]


@pytest.mark.parametrize("field", ["image", "section", "canonical_url"])
def test_image_section_and_address_are_the_pages(pair: Pair, field: str) -> None:
    article, gold = pair
    assert getattr(article, field) == gold[field]


def test_every_value_says_where_it_was_found(pair: Pair) -> None:
    article, _ = pair
    fields = ("title", "authors", "published", "modified", "section", "tags", "image", "canonical_url", "publisher")
    assert {field for field in fields if getattr(article, field)} <= article.origins.keys()


def test_a_byline_without_any_markup_of_its_own_is_read() -> None:
    story = "<p>The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd.</p>" * 4
    article = parse(
        FetchedPage(
            body=(f"<article><h1>The ferry is early</h1><p>By Rita Alves</p>{story}</article>").encode(),
            content_type="text/html",
        )
    )
    assert [author.name for author in article.authors] == ["Rita Alves"]
    assert article.origins["authors"] == "visible" and "Rita Alves" not in article.text


def test_a_page_nested_beyond_reason_is_refused_at_once() -> None:
    with pytest.raises(Unusable, match="nested too deep"):
        parse(FetchedPage(body=("<div>" * 200_000 + "deep" + "</div>" * 200_000).encode(), content_type="text/html"))
