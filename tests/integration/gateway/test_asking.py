"""What became of my jobs: submissions, outcomes since a cursor, and taking jobs back."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from newsroom.desk import Desk, offer
from wireroom.contracts import ArticleJob
from wireroom.errors import Transient
from wireroom.gateway.front_desk import CONNECTIONS
from wireroom.gateway.lookout import LOOKING
from wireroom.ledger.accept import Accepted
from wireroom.ledger.events import sequence

SCHEMA = Path(__file__).parents[3] / "services/wireroom/gateway/schema.json"


def submitted(desk: Desk, number: int, name: str = "may") -> list[int]:
    answers = desk.accept(*(offer() for _ in range(number)), submission=name)
    return [answer.job_id for answer in answers if isinstance(answer, Accepted)]


def get(api: httpx.Client, path: str, status: int = 200) -> Any:
    answer = api.get(path)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_a_submission_says_how_far_it_is(api: httpx.Client, desk: Desk) -> None:
    ended, *_ = submitted(desk, 3)
    desk.finish((ended, 1))
    found = get(api, "/v1/submissions/may")
    assert found.pop("opened_at")
    assert found == {
        "submission": "may", "jobs": 3, "ended": 1, "done": False, "stored": 0, "updated": 0, "unchanged": 0,
        "rejected": 1, "quarantined": 0, "on_the_line": 2,
    }  # fmt: skip


def test_the_end_of_a_submission_can_be_waited_for(api: httpx.Client, desk: Desk) -> None:
    jobs = submitted(desk, 2, "a/b c")
    path = "/v1/submissions/a%2Fb%20c"
    assert not get(api, f"{path}?wait=0.2")["done"], "the time is over"
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(get, api, f"{path}?wait=60")
        desk.finish(*((job, 1) for job in jobs))
        assert waiting.result()["done"]


def test_a_submission_that_nobody_opened_is_not_found(api: httpx.Client) -> None:
    assert get(api, "/v1/submissions/june?wait=60", 404)["detail"] == "there is no submission june"
    assert api.post("/v1/submissions/june/cancel").status_code == 404


def test_a_submission_is_cancelled_but_for_what_others_want(api: httpx.Client, desk: Desk) -> None:
    ended, own, shared = submitted(desk, 3)
    desk.finish((ended, 1))
    desk.db.execute("INSERT INTO submitted VALUES ('other', %s)", [shared])
    answer = api.post("/v1/submissions/may/cancel")
    assert answer.json() == {"submission": "may", "cancelled": 1, "ended_before": 1, "shared": 1}
    assert get(api, f"/v1/jobs/{own}")["cause"] == "cancelled"
    assert get(api, f"/v1/jobs/{shared}")["state"] == "ready"
    desk.check()


def test_a_job_is_cancelled_however_often_one_asks(api: httpx.Client, desk: Desk) -> None:
    job = desk.job()
    for _ in range(2):
        answer = api.post(f"/v1/jobs/{job}/cancel")
        assert (answer.status_code, answer.json()) == (
            200, {"job_id": job, "outcome": "rejected", "reason": "cancelled"},
        )  # fmt: skip
    assert api.post("/v1/jobs/999/cancel").status_code == 404
    desk.check()


def test_a_job_that_has_ended_otherwise_is_not_cancelled(api: httpx.Client, desk: Desk) -> None:
    job = desk.job()
    desk.finish((job, 1))
    answer = api.post(f"/v1/jobs/{job}/cancel")
    assert (answer.status_code, answer.json()["reason"], answer.json()["outcome"]) == (409, "finished", "rejected")


def test_outcomes_come_page_by_page_with_all_that_a_producer_needs(api: httpx.Client, desk: Desk) -> None:
    first = desk.job(producer="p", key="k", source="s", url="https://news.example/a", text="A")
    failed = desk.job(producer="q")
    flight = desk.flight()
    desk.finish((first, 1))
    desk.db.execute("UPDATE line SET failures = 5")
    desk.fail(flight, failed, Transient("the sky fell"))
    sequence(desk.db)
    page = get(api, "/v1/outcomes?limit=1")
    (one,) = page["outcomes"]
    assert one.pop("at") and (page["cursor"], page["more"]) == (1, True)
    assert one == {
        "position": 1, "job_id": first, "outcome": "rejected", "producer": "p", "key": "k", "source": "s",
        "url": "https://news.example/a", "reason": "test", "cause": "a test", "article_id": None, "version": None,
    }  # fmt: skip
    rest = get(api, f"/v1/outcomes?after={page['cursor']}")
    assert [(one["job_id"], one["outcome"], one["cause"]) for one in rest["outcomes"]] == [
        (failed, "quarantined", "the sky fell")
    ]
    assert (rest["cursor"], rest["more"]) == (2, False)
    assert get(api, "/v1/outcomes?after=2") == {"outcomes": [], "cursor": 2, "more": False}
    assert get(api, "/v1/outcomes?after=end") == {"outcomes": [], "cursor": 2, "more": False}
    assert [one["job_id"] for one in get(api, "/v1/outcomes?producer=q")["outcomes"]] == [failed]


@pytest.mark.parametrize("after", ["0", "end"])
def test_the_next_outcome_can_be_waited_for(api: httpx.Client, desk: Desk, after: str) -> None:
    job = desk.job()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(get, api, f"/v1/outcomes?after={after}&wait=60")
        time.sleep(0.5)  # until it waits
        desk.finish((job, 1))
        sequence(desk.db)
        assert [one["job_id"] for one in waiting.result()["outcomes"]] == [job]


def test_those_who_wait_leave_room_for_offers(api: httpx.Client, desk: Desk) -> None:
    """Each of them would hold a connection, as long as the lock is there."""
    jobs = submitted(desk, 1)
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with ThreadPoolExecutor(2 * CONNECTIONS) as pool:
        with desk.db.transaction():
            desk.db.execute("LOCK TABLE submitted")
            waiting = [pool.submit(get, api, "/v1/submissions/may?wait=60") for _ in range(2 * CONNECTIONS)]
            time.sleep(1)
            assert desk.value(blocked) == LOOKING
            assert api.post("/v1/articles", json={"text": "The ferry came."}).status_code == 202
        desk.finish(*((job, 1) for job in jobs))
        assert all(one.result()["done"] for one in waiting)


def test_a_cursor_of_another_ledger_is_refused(api: httpx.Client) -> None:
    answer = get(api, "/v1/outcomes?after=7&wait=60", 422)
    assert (answer["field"], answer["reason"]) == ("after", "unknown_position")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/v1/outcomes?after=-1", "after"), ("/v1/outcomes?after=x", "after"), ("/v1/outcomes?limit=0", "limit"),
        ("/v1/outcomes?limit=10001", "limit"), ("/v1/outcomes?wait=61", "wait"), ("/v1/outcomes?wait=nan", "wait"),
        ("/v1/outcomes?producer=", "producer"), ("/v1/submissions/may?wait=-1", "wait"),
        ("/v1/articles/1?version=0", "version"), ("/v1/outcomes?producr=p", "producr"),
        ("/v1/submissions/may?wate=1", "wate"), ("/v1/articles/1?versoin=1", "versoin"),
    ],
)  # fmt: skip
def test_a_bad_parameter_is_named(api: httpx.Client, desk: Desk, path: str, field: str) -> None:
    submitted(desk, 1)
    assert get(api, path, 422)["field"] == field


def test_the_schema_has_the_fields_that_are_read(api: httpx.Client) -> None:
    answer = api.get("/v1/schema.json")
    assert answer.headers["content-type"] == "application/schema+json"
    shown = answer.json()
    read = msgspec.json.schema(ArticleJob)["$defs"]["ArticleJob"]
    assert shown == json.loads(SCHEMA.read_text())
    assert list(shown["properties"]) == list(read["properties"])
    assert shown["additionalProperties"] is read["additionalProperties"] is False
