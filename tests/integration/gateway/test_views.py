"""Jobs and records are shown as they are in the ledger."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from newsroom.desk import Desk
from wireroom.contracts import (
    Author,
    Block,
    Dateline,
    EnrichedArticle,
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
    encode,
)

LAGOS = Place(name="Lagos", country="NG", lat=6.45, lon=3.39, geonameid=2332459, zone="Africa/Lagos")
PARSED = ParsedArticle(
    title="Ferry reaches Lagos",
    subtitle="On its first voyage",
    blocks=[Block(kind="paragraph", text="The ferry came."), Block(kind="paragraph", text="It left.")],
    authors=[Author(name="Ada Okoro")],
    published=Moment(iso="2025-05-02T10:15:00", as_written="May 02, 2025 | 10:15 AM", origin="visible"),
    modified=Moment(iso="2025-05-03", origin="meta"),
    dateline=Dateline(as_written="LAGOS, (Harbour Wire)", place_as_written="LAGOS", agency="Harbour Wire"),
    related=[Related(title="Another ferry", heading="Recent stories")],
    section="Sea",
    tags=["ferries"],
    image="https://news.example/ferry.jpg",
    publisher="Harbour Wire",
    canonical_url="https://news.example/ferry",
    paywalled=False,
    origins={"title": "json-ld"},
    confidences={"title": 0.97},
    parser="text/1",
)
ENRICHMENTS = Enrichments(
    language=Language(code="en", confidence=0.9, origin="detected"),
    dateline_place=LAGOS,
    published=Moment(iso="2025-05-02T10:15:00+01:00", origin="visible", zone="Africa/Lagos"),
    keywords=[Keyword(text="ferry", score=1.0)],
    entities=[Entity(name="Lagos", kind="place", mentions=[Mention(surface="Lagos", start=0, end=5)], place=LAGOS)],
    ran=[Enrichment(name="language", version="1", seconds=0.001)],
)
RECORD = EnrichedArticle(parsed=PARSED, enrichments=ENRICHMENTS)
CAPTURED = datetime(2025, 5, 2, 10, 0, tzinfo=UTC)


def store(desk: Desk, *records: EnrichedArticle, **fields: Any) -> tuple[int, list[int]]:
    """Make an article of these versions; its id and the jobs that made them."""
    url = "https://news.example/ferry"
    article = desk.value("INSERT INTO articles (source, url) VALUES ('harbour', %s) RETURNING id", url)
    jobs = [desk.job(**fields) for _ in records]
    for number, (job, record) in enumerate(zip(jobs, records, strict=True), 1):
        why = "first" if number == 1 else "publisher"
        desk.db.execute(
            "INSERT INTO versions (article_id, number, job_id, why, capture_day, capture_id, capture_digest,"
            " captured_at, text_hash, record_hash, title, parsed, enrichments)"
            " VALUES (%s, %s, %s, %s, current_date, 1, '', %s, '', '', %s, %s, %s)",
            [article, number, job, why, CAPTURED, record.parsed.title, encode(record.parsed).decode(),
             encode(record.enrichments).decode()],
        )  # fmt: skip
    desk.db.execute("UPDATE articles SET current = %s WHERE id = %s", [len(records), article])
    return article, jobs


def get(api: httpx.Client, path: str) -> Any:
    answer = api.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    return answer.json()


def test_health_says_that_the_process_lives(api: httpx.Client) -> None:
    assert get(api, "/v1/health") == {"status": "ok"}


def test_a_job_says_where_it_is_and_how_it_came_there(api: httpx.Client, desk: Desk) -> None:
    url = "https://news.example/ferry"
    offer = {"url": url, "producer": "crawler", "source": "harbour", "key": "k1", "external_id": "7"}
    job = api.post("/v1/articles", json=offer).json()["job_id"]
    view = get(api, f"/v1/jobs/{job}")
    (step,) = view.pop("timeline")
    accepted_at = view.pop("accepted_at")
    assert datetime.fromisoformat(accepted_at) == desk.value("SELECT accepted_at FROM jobs")
    assert step == {"at": accepted_at, "what": "accepted", "details": "from crawler, lane live"}
    assert view == {
        "job_id": job, "state": "ready", "cause": None, "article_id": None, "version": None, "source": "harbour",
        "url": url, "label": url, "lane": "live", "producer": "crawler", "key": "k1", "external_id": "7",
    }  # fmt: skip


def test_a_rejected_job_says_why(api: httpx.Client, desk: Desk) -> None:
    job = desk.job()
    desk.flight(stage="store")
    desk.finish((job, 1))
    view = get(api, f"/v1/jobs/{job}")
    assert (view["state"], view["cause"]) == ("rejected", "test")
    assert [step["what"] for step in view["timeline"]] == ["accepted", "rejected"]
    assert view["timeline"][-1]["details"] == "test: a test"


def test_a_quarantined_job_says_why(api: httpx.Client, desk: Desk) -> None:
    job = desk.job()
    for _ in range(3):
        desk.fail(desk.flight(), job, ValueError("odd"))
        desk.hurry()
    view = get(api, f"/v1/jobs/{job}")
    assert view["state"] == "quarantined"
    assert "odd" in view["cause"]
    assert view["timeline"][-1]["what"] == "quarantined (surprise)"


def test_a_record_has_everything_that_is_known(api: httpx.Client, desk: Desk) -> None:
    article, (job,) = store(desk, RECORD, external_id="x1", meta={"desk": "sea"})
    view = get(api, f"/v1/articles/{article}")
    stored_at = view["version"].pop("stored_at")
    assert datetime.fromisoformat(stored_at) == desk.value("SELECT stored_at FROM versions")
    assert view["version"] == {"number": 1, "job_id": job, "why": "first", "captured_at": "2025-05-02T10:00:00Z"}
    assert view.pop("versions") == [view.pop("version") | {"stored_at": stored_at}]
    place = {"name": "Lagos", "country": "NG", "lat": 6.45, "lon": 3.39, "geonameid": 2332459, "admin1": None,
             "zone": "Africa/Lagos"}  # fmt: skip
    assert view == {
        "id": article, "source": "harbour", "url": "https://news.example/ferry",
        "title": "Ferry reaches Lagos", "subtitle": "On its first voyage",
        "authors": [{"name": "Ada Okoro", "kind": "person"}],
        "published": {"iso": "2025-05-02T10:15:00+01:00", "as_written": None, "origin": "visible",
                      "zone": "Africa/Lagos", "zone_origin": None},
        "modified": {"iso": "2025-05-03", "as_written": None, "origin": "meta", "zone": None, "zone_origin": None},
        "dateline": {"as_written": "LAGOS, (Harbour Wire)", "place_as_written": "LAGOS", "agency": "Harbour Wire",
                     "agency_names": [], "date": None, "date_as_written": None},
        "dateline_place": place,
        "language": {"code": "en", "confidence": 0.9, "origin": "detected"},
        "text": "The ferry came.\n\nIt left.",
        "blocks": [{"kind": "paragraph", "text": "The ferry came."}, {"kind": "paragraph", "text": "It left."}],
        "related": [{"title": "Another ferry", "heading": "Recent stories", "url": None}],
        "section": "Sea", "tags": ["ferries"], "image": "https://news.example/ferry.jpg",
        "publisher": "Harbour Wire", "canonical_url": "https://news.example/ferry", "kind": "article",
        "paywalled": False, "origins": {"title": "json-ld"}, "confidences": {"title": 0.97},
        "keywords": [{"text": "ferry", "score": 1.0}],
        "entities": [{"name": "Lagos", "kind": "place", "place": place,
                      "mentions": [{"surface": "Lagos", "start": 0, "end": 5}]}],
        "enrichers": [{"name": "language", "version": "1", "seconds": 0.001, "error": None}],
        "external_id": "x1", "meta": {"desk": "sea"}, "seen": {"count": 0, "newest": []},
    }  # fmt: skip


def test_a_record_says_where_it_was_seen(api: httpx.Client, desk: Desk) -> None:
    article, (job,) = store(desk, RECORD, url="https://news.example/ferry", source="harbour")
    meta = {"feed": {"title": "Ferry reaches Lagos"}}
    again = {"url": "https://m.news.example/ferry/", "producer": "sources", "source": "sea", "meta": meta}
    assert api.post("/v1/articles", json=again).json() == {"job_id": job, "duplicate": True}
    desk.db.execute("INSERT INTO outcomes (job_id, outcome, article_id, version, run) VALUES (%s, 'stored', %s, 1, 1)",
                    [job, article])  # fmt: skip
    seen = get(api, f"/v1/articles/{article}")["seen"]
    (newest, first) = seen["newest"]
    assert seen["count"] == 2
    assert datetime.fromisoformat(newest.pop("at")) == desk.value("SELECT seen_at FROM sightings")
    assert newest == {"job_id": job, "producer": "sources", "source": "sea", "url": again["url"], "meta": meta}
    assert (first["producer"], first["url"], first["meta"]) == ("test", "https://news.example/ferry", {})


def test_the_difference_of_two_versions_says_what_changed_and_why(api: httpx.Client, desk: Desk) -> None:
    blocks = [PARSED.blocks[0], Block(kind="paragraph", text="It left at night.")]
    later = replace(PARSED, title="Ferry leaves Lagos", blocks=blocks, parser="text/2")
    article, jobs = store(desk, RECORD, EnrichedArticle(parsed=later, enrichments=ENRICHMENTS))
    view = get(api, f"/v1/articles/{article}/diff")
    old, new = view.pop("from"), view.pop("to")
    assert [(one["number"], one["job_id"], one["why"], one["parser"]) for one in (old, new)] == [
        (1, jobs[0], "first", "text/1"), (2, jobs[1], "publisher", "text/2"),
    ]  # fmt: skip
    assert [step["number"] for step in view.pop("steps")] == [2]
    assert view == {
        "id": article,
        "fields": [{"field": "title", "change": "changed", "before": PARSED.title, "after": "Ferry leaves Lagos"}],
        "body": [
            {"same": 1, "before": [], "after": []},
            {"same": 0, "before": [{"kind": "paragraph", "text": "It left."}],
             "after": [{"kind": "paragraph", "text": "It left at night."}]},
        ],
    }  # fmt: skip
    assert get(api, f"/v1/articles/{article}/diff?from=2&to=1")["fields"][0]["after"] == PARSED.title


@pytest.mark.parametrize(
    ("query", "status", "told"),
    [
        ("", 404, "has one version only: there is nothing to compare it with"),
        ("?to=7", 404, "there is no version 7 of article"),
        ("?from=none", 422, "from must be a number of at least 1"),
        ("?version=1", 422, "unknown parameter version; known are: from, to"),
    ],
)
def test_where_there_is_no_difference_to_show_a_sentence_says_why(
    api: httpx.Client, desk: Desk, query: str, status: int, told: str
) -> None:
    article, _ = store(desk, RECORD)
    answer = api.get(f"/v1/articles/{article}/diff{query}")
    assert (answer.status_code, told in answer.json()["detail"]) == (status, True)


def test_the_published_time_is_the_pages_where_nobody_knew_more(api: httpx.Client, desk: Desk) -> None:
    article, _ = store(desk, EnrichedArticle(parsed=PARSED, enrichments=Enrichments()))
    view = get(api, f"/v1/articles/{article}")
    assert view["published"]["iso"] == "2025-05-02T10:15:00"
    assert (view["language"], view["entities"], view["enrichers"]) == (None, [], [])


def test_an_older_version_can_be_asked_for(api: httpx.Client, desk: Desk) -> None:
    later = EnrichedArticle(parsed=ParsedArticle(title="Later", blocks=[], parser="text/1"), enrichments=ENRICHMENTS)
    article, jobs = store(desk, RECORD, later)
    current, first = get(api, f"/v1/articles/{article}"), get(api, f"/v1/articles/{article}?version=1")
    assert (current["title"], current["version"]["number"]) == ("Later", 2)
    assert (first["title"], first["version"]["number"]) == ("Ferry reaches Lagos", 1)
    assert current["versions"] == first["versions"]
    assert [version["job_id"] for version in first["versions"]] == jobs


def test_a_version_that_there_is_not_is_not_found(api: httpx.Client, desk: Desk) -> None:
    article, _ = store(desk, RECORD)
    answer = api.get(f"/v1/articles/{article}", params={"version": 9223372036854775807})
    assert answer.status_code == 404
    assert f"article {article} with version" in answer.json()["detail"]


METAS: dict[str, str] = {
    "large and small numbers": '{"a": 123456789012345678901234567890, "b": 1e22, "c": -0.5, "d": 1e-320}',
    "a number of 4,000 digits": '{"a": ' + "9" * 4000 + "}",
    "99 levels": '{"a": ' + "[" * 99 + "]" * 99 + "}",
    "any text": '{"\\u2028": "\\ud83d\\ude00 \\\\u0000 \\u001f"}',
}


@pytest.mark.parametrize("what", METAS)
def test_the_producers_own_fields_come_back_as_they_were(api: httpx.Client, desk: Desk, what: str) -> None:
    body = f'{{"url": "https://news.example/a", "meta": {METAS[what]}}}'
    offered = api.post("/v1/articles", content=body, headers={"content-type": "application/json"})
    assert offered.status_code == 202
    article, (job,) = store(desk, RECORD)
    desk.db.execute("UPDATE jobs SET meta = (SELECT meta FROM jobs WHERE id = %s) WHERE id = %s",
                    [offered.json()["job_id"], job])  # fmt: skip
    assert get(api, f"/v1/articles/{article}")["meta"] == httpx.Response(200, content=METAS[what]).json()
