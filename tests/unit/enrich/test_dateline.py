from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from wireroom.contracts import Dateline, Enrichments, Moment, ParsedArticle, Place
from wireroom.enrich import gazetteer
from wireroom.enrich.dateline import place_of, resolve_dateline

PAGES = Path(__file__).parents[2] / "pages"


def place(written: str, agency: str | None = None) -> Place | None:
    return place_of(Dateline(as_written=written, place_as_written=written, agency=agency))


def described(written: str, agency: str | None = None) -> tuple[str, str] | None:
    found = place(written, agency)
    return (found.name, found.country) if found else None


def article(written: str | None, iso: str | None) -> ParsedArticle:
    return ParsedArticle(
        title="",
        blocks=[],
        parser="text/1",
        dateline=Dateline(as_written=written, place_as_written=written) if written else None,
        published=Moment(iso=iso, origin="visible") if iso else None,
    )


def gold() -> list[Any]:
    files = sorted(PAGES.glob("*/*.gold.json"))
    records = {file.name.split(".")[0]: json.loads(file.read_text(encoding="utf-8")) for file in files}
    return [pytest.param(record, id=name) for name, record in records.items() if "rejected" not in record]


@pytest.mark.parametrize("record", gold())
def test_every_gold_dateline_gets_its_place_zone_and_stored_time(record: dict[str, Any]) -> None:
    parts = record["dateline"] or {}
    parsed = ParsedArticle(
        title=record["title"],
        blocks=[],
        parser="text/1",
        dateline=Dateline(
            as_written=parts["as_written"], place_as_written=parts["place_as_written"], agency=parts["agency"]
        )
        if parts
        else None,
        published=Moment(iso=record["published"], origin="visible") if record["published"] else None,
    )
    found = resolve_dateline(parsed, Enrichments(published=parsed.published))
    where = found.dateline_place
    expected = (parts.get("place"), parts.get("country"), record["zone"])
    assert ((where.name, where.country, where.zone) if where else (None, None, None)) == expected
    stored = record["stored_published"] or record["published"]
    assert (found.published.iso if found.published else None) == stored


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ISLAMABAD", ("Islamabad", "PK")),
        ("SÃO PAULO", ("São Paulo", "BR")),
        ("WASHINGTON", ("Washington", "US")),
        ("WASHINGTON D.C.", ("Washington", "US")),
        ("HONG KONG", ("Hong Kong", "HK")),
        ("GUINEA-BISSAU", ("Guinea-Bissau", "GW")),
        ("BOSNIA AND HERZEGOVINA", ("Bosnia and Herzegovina", "BA")),
    ],
)
def test_a_place_is_known_in_capitals(written: str, expected: tuple[str, str]) -> None:
    assert described(written) == expected


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("LAGOS, Nigeria", "Africa/Lagos"),
        ("LAGOS, Portugal", "Europe/Lisbon"),
        ("PARIS, Tex.", "America/Chicago"),
        ("PARIS Texas", "America/Chicago"),
        ("ROME, Georgia", "America/New_York"),
        ("TBILISI, Georgia", "Asia/Tbilisi"),
        ("LONDON, Ont.", "America/Toronto"),
        ("BIRMINGHAM (UK)", "Europe/London"),
        ("WASHINGTON, D.C.", "America/New_York"),
        ("SAN JOSE, Costa Rica", "America/Costa_Rica"),
    ],
)
def test_what_follows_the_name_chooses_among_places_of_that_name(written: str, zone: str) -> None:
    found = place(written)
    assert found is not None
    assert found.zone == zone


@pytest.mark.parametrize("written", ["PARIS/BERLIN", "PARIS / BERLIN", "PARIS and BERLIN", "PARIS-BERLIN"])
def test_of_several_places_the_first_is_meant(written: str) -> None:
    assert described(written) == ("Paris", "FR")


def test_a_small_place_stands_in_the_country_it_names() -> None:
    assert described("KUMBUNGU, Ghana") == ("Ghana", "GH")
    assert described("LAGOS, Ghana") == ("Ghana", "GH")


def test_words_that_are_no_wider_place_are_not_a_hint() -> None:
    assert described("KARACHI, Police") == ("Karachi", "PK")


def test_the_agency_decides_between_places_of_about_the_same_likelihood_only() -> None:
    assert described("HYDERABAD") == ("Hyderabad", "IN")
    assert described("HYDERABAD", "UrduPoint / Pakistan Point News") == ("Hyderabad", "PK")
    assert described("Hyderabad", "Pakistan Point News") == ("Hyderabad", "PK")
    assert described("LONDON", "Canadian Press") == ("London", "GB")


@pytest.mark.parametrize(
    "written",
    [
        "SPRINGFIELD",
        "VALENCIA",
        "NOWHEREVILLE, Georgia",
        "SKERRY BAY",
        "NEWSROOM",
        "",
        ",",
        "/",
        "A" * 100_000,
        "A " * 9_000,
    ],
)
def test_an_ambiguous_or_unknown_place_stays_unresolved(written: str) -> None:
    assert place(written) is None


def test_a_place_of_several_zones_gives_no_offset() -> None:
    found = resolve_dateline(article("TEXAS", "2025-05-02T16:15:00"), Enrichments())
    assert found.dateline_place is not None
    assert found.published == Moment(iso="2025-05-02T16:15:00", origin="visible")


def test_an_article_without_a_dateline_or_a_time_is_left_alone() -> None:
    before = Enrichments(published=Moment(iso="2025-05-02T16:15:00", origin="visible"))
    assert resolve_dateline(article(None, "2025-05-02T16:15:00"), before) == before
    assert resolve_dateline(article("PARIS", None), Enrichments()).published is None


def test_every_zone_of_the_gazetteer_can_be_loaded() -> None:
    zones = {row.split("\t")[8] for row in gazetteer._index().rows} - {""}
    assert len(zones) > 200
    assert all(ZoneInfo(zone).key == zone for zone in zones)
