"""Quarantine and raw input over HTTP: seen, sent back, ended; and never a stranger's page in the gateway's name."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from newsroom.desk import Desk, page
from wireroom.gateway import quarantine as gateway
from wireroom.ledger import captures


def fell(desk: Desk, cause: str = "odd", **fields: str) -> int:
    return desk.quarantined(ValueError(cause), **fields)


def fingerprint(desk: Desk, job: int) -> str:
    return str(desk.value("SELECT fingerprint FROM quarantine WHERE job_id = %s", job))


def get(api: httpx.Client, path: str, status: int = 200) -> Any:
    answer = api.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


def post(api: httpx.Client, path: str, status: int, order: dict[str, Any]) -> Any:
    answer = api.post(f"/v1/quarantine/{path}", json=order)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_causes_are_told_with_a_sample(api: httpx.Client, desk: Desk) -> None:
    jobs = [fell(desk, f"number {number}", source=source) for number, source in enumerate(("Tide", "Gulf"))]
    fell(desk, "another")
    large = get(api, "/v1/quarantine/causes?limit=1")
    assert large["more"]
    (group,) = large["causes"]
    assert group.pop("first_at") < group.pop("last_at")
    assert group == {
        "fingerprint": fingerprint(desk, jobs[0]), "stage": "parse", "kind": "surprise", "jobs": 2, "sources": 2,
        "top_sources": ["Gulf", "Tide"], "job_id": jobs[1], "cause": "ValueError: number 1",
    }  # fmt: skip
    of_tide = get(api, f"/v1/quarantine/causes?source=Tide&stage=parse&cause={group['fingerprint']}")
    assert ([one["jobs"] for one in of_tide["causes"]], of_tide["more"]) == ([1], False)


def test_jobs_are_told_page_by_page(api: httpx.Client, desk: Desk) -> None:
    jobs = [fell(desk, source="Tide") for _ in range(3)]
    fell(desk, source="Gulf")
    first = get(api, "/v1/quarantine?source=Tide&limit=2")
    assert ([one["job_id"] for one in first["jobs"]], first["more"]) == (jobs[:0:-1], True)
    assert (first["jobs"][0]["cause"], first["jobs"][0]["run"]) == ("ValueError: odd", 1)
    rest = get(api, f"/v1/quarantine?source=Tide&limit=2&before={first['cursor']}")
    assert ([one["job_id"] for one in rest["jobs"]], rest["more"]) == (jobs[:1], False)
    end = get(api, f"/v1/quarantine?source=Tide&before={rest['cursor']}")
    assert end == {"jobs": [], "cursor": jobs[0], "more": False}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cause=odd", "cause"), ("stage=fetch", "stage"), ("source=", "source"), ("sources=Tide", "sources"),
        ("limit=0", "limit"), ("limit=1001", "limit"), ("kind=lost", "kind"),
    ],
)  # fmt: skip
def test_a_bad_filter_is_named(api: httpx.Client, query: str, field: str) -> None:
    for path in ("/v1/quarantine", "/v1/quarantine/causes"):
        assert get(api, f"{path}?{query}", 422)["field"] == field


def test_all_of_a_cause_go_back_by_the_name_that_is_given(api: httpx.Client, desk: Desk) -> None:
    jobs, other = [fell(desk, f"number {number}") for number in range(3)], fell(desk, "another")
    order = {"cause": fingerprint(desk, jobs[0]), "who": "ada"}
    assert post(api, "redrive", 200, order) == {"redriven": 3, "stayed": [], "after": jobs[-1], "more": False}
    assert post(api, "redrive", 200, order) == {"redriven": 0, "stayed": [], "after": 0, "more": False}
    assert desk.value("SELECT job_id FROM quarantine") == other
    assert desk.value("SELECT DISTINCT cause FROM attempts WHERE kind = 'redriven'") == "redriven by api:ada"
    desk.check()


def test_of_named_jobs_it_is_told_which_stayed_and_why(api: httpx.Client, desk: Desk) -> None:
    inline, fetched, ready = fell(desk), fell(desk, url="https://news.example/a"), desk.job()
    told = post(api, "redrive", 200, {"job_ids": [inline, fetched, ready, 999, fetched], "refetch": True, "who": "ada"})
    assert (told["redriven"], told["more"]) == (1, False)
    assert told["stayed"] == [
        {"job_id": inline, "why": f"job {inline} came inline, without a URL to fetch"},
        {"job_id": ready, "why": f"job {ready} is not in quarantine: it is ready"},
        {"job_id": 999, "why": "there is no job 999"},
    ]


def test_more_than_a_request_moves_goes_on_after_the_last(
    api: httpx.Client, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "MOST_MOVED", 1)
    desk.jobs(502)
    desk.db.execute(
        "WITH gone AS (DELETE FROM line RETURNING job_id, run, leg, lane, host, bytes, offer, capture_day, capture_id)"
        " INSERT INTO quarantine SELECT *, 'parse', 'surprise', 'odd' FROM gone"
    )
    order = {"all": True, "who": "ada"}
    first = post(api, "redrive", 200, order)
    assert (first["redriven"], first["more"]) == (500, True)
    assert post(api, "redrive", 200, order | {"after": first["after"]})["redriven"] == 2


def test_what_is_rejected_carries_the_name_and_the_reason(api: httpx.Client, desk: Desk) -> None:
    jobs = [fell(desk, source="Tide"), fell(desk, source="Gulf")]
    told = post(api, "reject", 200, {"source": "Tide", "who": "ada", "why": "test pages"})
    assert told == {"rejected": 1, "stayed": [], "after": jobs[0], "more": False}
    last = get(api, f"/v1/jobs/{jobs[0]}")["timeline"][-1]
    assert (last["what"], last["details"]) == ("rejected", "by_hand: test pages (api:ada)")
    desk.check()


@pytest.mark.parametrize(
    ("order", "status", "field", "reason"),
    [
        ('{"who": "ada"}', 422, "job_ids", "missing"),
        ('{"all": true}', 422, "who", "missing"),
        ('{"all": true, "who": " "}', 422, "who", "empty"),
        ('{"all": true, "cause": "0123456789", "who": "ada"}', 422, "all", "ambiguous"),
        ('{"soruce": "Tide", "all": true, "who": "ada"}', 422, "soruce", "unknown_field"),
        ('{"job_ids": ["7"], "who": "ada"}', 422, "job_ids", "bad_value"),
        ('{"job_ids": [0], "who": "ada"}', 422, "job_ids", "bad_value"),
        ('{"job_ids": [], "who": "ada"}', 422, "job_ids", "bad_value"),
        (f'{{"job_ids": {[7] * 1001}, "who": "ada"}}', 422, "job_ids", "bad_value"),
        ('{"cause": "odd", "who": "ada"}', 422, "cause", "bad_value"),
        ('{"source": "\\u0000", "who": "ada"}', 422, "source", "unstorable"),
        ('{"all": true, "after": -1, "who": "ada"}', 422, "after", "bad_value"),
        ("[]", 422, None, "not_an_object"),
        ('{"all": tru', 400, None, "malformed"),
        ('{"all": true, "who": "\udce9"}', 400, None, "malformed"),
        (f'{{"who": "{"a" * 100_000}"}}', 413, None, "too_large"),
    ],
)
def test_a_bad_order_is_refused_and_moves_nothing(
    api: httpx.Client, desk: Desk, order: str, status: int, field: str | None, reason: str
) -> None:
    fell(desk)
    body, headers = order.encode("utf-8", "surrogateescape"), {"content-type": "application/json"}
    answer = api.post("/v1/quarantine/redrive", content=body, headers=headers)
    told = answer.json()
    assert (answer.status_code, told.get("field"), told["reason"]) == (status, field, reason), told
    assert desk.value("SELECT count(*) FROM quarantine") == 1


def test_nothing_is_rejected_without_a_reason(api: httpx.Client, desk: Desk) -> None:
    fell(desk)
    for why in ({}, {"why": ""}, {"why": "no", "refetch": True}):
        told = post(api, "reject", 422, {"all": True, "who": "ada"} | why)
        assert told["field"] == ("refetch" if len(why) > 1 else "why")
    assert desk.value("SELECT count(*) FROM quarantine") == 1


def test_an_order_is_json_from_no_other_site(api: httpx.Client, desk: Desk) -> None:
    fell(desk)
    order = b'{"all": true, "who": "ada"}'
    for headers, status in (
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-ndjson"}, 415),
        ({"content-type": "application/json", "origin": "https://evil.example"}, 403),
    ):
        assert api.post("/v1/quarantine/redrive", content=order, headers=headers).status_code == status
    assert desk.value("SELECT count(*) FROM quarantine") == 1


@pytest.mark.parametrize(
    ("content_type", "answered"),
    [
        ("text/html; charset=ISO-8859-1", "text/html; charset=ISO-8859-1"), ("text/html", "text/html"),
        ("", "application/octet-stream"), ("text/html\r\nset-cookie: a=b", "application/octet-stream"),
        ("text/html; a=b", "application/octet-stream"), ("téxt/html", "application/octet-stream"),
    ],
)  # fmt: skip
def test_the_raw_input_is_an_attachment_that_no_browser_runs(
    api: httpx.Client, desk: Desk, content_type: str, answered: str
) -> None:
    body = b"<script>alert(1)</script>\0\xff" + bytes(range(256))
    job = desk.job(url="https://news.example/a")
    captured = page(body)
    captured = type(captured)(body=body, content_type=content_type, status=200, fetched_at=captured.fetched_at)
    captures.capture(desk.db, desk.flight("fetch"), job, captured, delay=0)
    answer = api.get(f"/v1/jobs/{job}/input")
    assert (answer.status_code, answer.content) == (200, body)
    assert {name: answer.headers.get(name) for name in (
        "content-type", "content-disposition", "x-content-type-options", "content-security-policy",
        "cross-origin-resource-policy", "set-cookie",
    )} == {
        "content-type": answered, "content-disposition": f'attachment; filename="job-{job}"',
        "x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "same-origin", "set-cookie": None,
    }  # fmt: skip


def test_an_input_that_is_not_there_is_told_in_a_sentence(api: httpx.Client, desk: Desk) -> None:
    waiting, expired = desk.job(url="https://news.example/a"), desk.job()
    desk.db.execute("DELETE FROM captures WHERE job_id = %s", [expired])
    for job, reason in ((waiting, "not_captured"), (expired, "expired"), (999, "unknown_job")):
        told = get(api, f"/v1/jobs/{job}/input", 404)
        assert told["reason"] == reason and f"job {job}" in told["detail"]


def test_where_a_job_is_makes_no_difference_to_its_input(api: httpx.Client, desk: Desk) -> None:
    quarantined, ended = fell(desk, text="Fell"), desk.job(text="Ended")
    desk.flight(stage="store")
    desk.finish((ended, 1))
    assert api.get(f"/v1/jobs/{quarantined}/input").text == "Fell"
    assert api.get(f"/v1/jobs/{ended}/input").text == "Ended"
