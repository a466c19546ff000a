"""The seed article equals its gold, on the record as stored."""

from __future__ import annotations

import json
from typing import Any

import pytest

from conftest import SHARED_DATA
from newsroom.desk import offer
from newsroom.line import Line
from wireroom.records import StoredArticle

SEED = SHARED_DATA / "seed/pakistan-un-peace-missions.txt"


@pytest.fixture(scope="module")
def record(line: Line) -> StoredArticle:
    (job,) = line.submit([offer(text=SEED.read_text("utf-8"))])
    line.drain()
    line.check()
    return line.record(job)


@pytest.fixture(scope="module")
def gold() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SEED.with_suffix(".gold.json").read_text("utf-8"))
    return found


def test_title_author_and_language(record: StoredArticle, gold: dict[str, Any]) -> None:
    assert record.parsed.title == gold["title"]
    assert [author.name for author in record.parsed.authors] == [gold["author"]["name"]]
    assert record.enrichments.language is not None
    assert record.enrichments.language.code == gold["language"]["code"]


def test_the_time_has_the_zone_of_the_datelines_place(record: StoredArticle, gold: dict[str, Any]) -> None:
    published = record.enrichments.published
    assert published is not None
    assert (published.iso, published.zone) == (gold["published"]["iso"], gold["published"]["time_zone"])
    assert published.zone_origin == "dateline_place"


def test_the_dateline(record: StoredArticle, gold: dict[str, Any]) -> None:
    dateline, wanted = record.parsed.dateline, gold["dateline"]
    assert dateline is not None and record.enrichments.dateline_place is not None
    assert record.enrichments.dateline_place.name == wanted["place"]
    fields = ("as_written", "place_as_written", "agency", "agency_names", "date", "date_as_written")
    assert {field: getattr(dateline, field) for field in fields} == {field: wanted[field] for field in fields}


def test_the_body_and_nothing_of_the_tails(record: StoredArticle, gold: dict[str, Any]) -> None:
    assert [block.text for block in record.parsed.blocks] == gold["body_paragraphs"]
    headlines = [related.title for related in record.parsed.related]
    assert len(headlines) == 24
    assert not any(headline in record.parsed.text for headline in headlines)
    items = [item for block in gold["boilerplate"]["blocks"] for item in block["items"]]
    assert headlines == [item if isinstance(item, str) else item["headline"] for item in items]


def test_every_mention_is_where_it_says_it_is(record: StoredArticle) -> None:
    text = record.parsed.text
    mentions = [mention for entity in record.enrichments.entities for mention in entity.mentions]
    assert mentions
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)
