"""Every page of tests/pages, as the whole line stores it: the gold's own fields, and where each came from."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsroom.desk import offer
from newsroom.line import Line
from wireroom.records import StoredArticle

PAGES = Path(__file__).parents[2] / "pages"
INPUTS = sorted(path for path in PAGES.glob("*/*") if path.suffix in (".txt", ".html"))
Stored = dict[Path, int]


def gold_of(path: Path) -> dict[str, Any]:
    gold: dict[str, Any] = json.loads(path.with_suffix(".gold.json").read_text("utf-8"))
    return gold


@pytest.fixture(scope="module")
def stored(line: Line) -> Stored:
    """Page -> the job that brought it, all of them ended."""
    jobs = line.submit(
        offer(body=path.read_bytes(), url=gold_of(path).get("url"), source=f"page {path.stem}") for path in INPUTS
    )
    line.drain()
    line.check()
    return dict(zip(INPUTS, jobs, strict=True))


def plain(text: str | None) -> str | None:
    return None if text is None else " ".join(text.split())


def summary(record: StoredArticle) -> dict[str, Any]:
    """What the gold tells of an article, of the record."""
    parsed, enriched = record.parsed, record.enrichments
    published, place, dateline = enriched.published, enriched.dateline_place, parsed.dateline
    has_offset = published is not None and datetime.fromisoformat(published.iso).tzinfo is not None
    return {
        "title": plain(parsed.title),
        "authors": [author.name for author in parsed.authors],
        "published": parsed.published.iso.replace("Z", "+00:00") if parsed.published else None,
        "zone": place.zone if place else None,
        "stored_published": published.iso.replace("Z", "+00:00") if published and has_offset else None,
        "language": enriched.language.code if enriched.language else None,
        "dateline": dateline and {
            "as_written": dateline.as_written,
            "place_as_written": dateline.place_as_written,
            "place": place.name if place else None,
            "country": place.country if place else None,
            "agency": dateline.agency,
            "agency_names": dateline.agency_names,
            "date": dateline.date,
        },
        "paragraphs": [plain(block.text) for block in parsed.blocks if block.kind != "caption"],
        "related": [plain(related.title) for related in parsed.related],
        "image": parsed.image,
        "section": parsed.section,
        "canonical_url": parsed.canonical_url,
    }  # fmt: skip


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: path.stem)
def test_the_stored_record_is_the_gold(line: Line, stored: Stored, path: Path) -> None:
    gold = gold_of(path)
    job = stored[path]
    if "rejected" in gold:
        row = line.db.execute("SELECT outcome, reason FROM outcomes WHERE job_id = %s", [job]).fetchone()
        assert row == ("rejected", gold["rejected"])
        return
    gold.pop("url", None)
    found = summary(line.record(job))
    assert {field: found[field] for field in gold} == gold


def test_an_inferred_zone_is_marked_as_inferred(line: Line, stored: Stored) -> None:
    published = line.record(stored[PAGES / "text/nairobi-ferry-timetable.txt"]).enrichments.published
    assert published is not None
    assert (published.zone, published.zone_origin) == ("Africa/Nairobi", "dateline_place")
