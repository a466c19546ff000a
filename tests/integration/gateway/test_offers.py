"""What is answered 202 is in the ledger, once."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from newsroom.desk import Desk
from wireroom.ledger.accept import Tickets

Post = Callable[..., httpx.Response]

STORY = "The ferry came into the harbour on Friday morning."
URL = "https://news.example/ferry"


def test_an_accepted_article_is_in_the_ledger_before_the_answer(post: Post, desk: Desk) -> None:
    answer = post(url=URL, source="harbour", lane="backfill", meta={"desk": "sea"})
    assert answer.status_code == 202
    job = answer.json()["job_id"]
    assert answer.json() == {"job_id": job, "duplicate": False}
    assert answer.headers["location"] == f"/v1/jobs/{job}"
    row = desk.db.execute("SELECT producer, source, lane, url, meta FROM jobs WHERE id = %s", [job]).fetchone()
    assert row == ("anonymous", "harbour", "backfill", URL, {"desk": "sea"})
    assert desk.value("SELECT leg FROM line WHERE job_id = %s", job) == "fetch"
    desk.check()


@pytest.mark.parametrize(
    "content", [{"text": STORY}, {"html": STORY}, {"body": base64.b64encode(STORY.encode()).decode()}], ids=str
)
def test_inline_content_is_kept_with_the_job(post: Post, desk: Desk, content: dict[str, str]) -> None:
    job = post(**content).json()["job_id"]
    assert desk.value("SELECT bytes FROM captures WHERE job_id = %s", job) == len(STORY)
    assert desk.value("SELECT leg FROM line WHERE job_id = %s", job) == "process"
    desk.check()


def test_the_producers_own_name_is_kept(post: Post, desk: Desk) -> None:
    post(url=URL, producer="crawler")
    assert desk.value("SELECT producer FROM jobs") == "crawler"


def test_the_same_article_again_is_a_duplicate(post: Post, desk: Desk) -> None:
    first, second = post(url=URL), post(url=URL + "?utm_source=mail", producer="other")
    assert second.status_code == 202
    assert second.json() == {"job_id": first.json()["job_id"], "duplicate": True}
    assert second.headers["location"] == first.headers["location"]
    assert desk.value("SELECT count(*) FROM jobs") == 1
    desk.check()


def test_a_repeat_with_the_same_key_gets_the_same_answer(post: Post, desk: Desk) -> None:
    first, second = (post(text=STORY, key="k1", producer="p") for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert desk.value("SELECT count(*) FROM jobs") == 1
    assert desk.value("SELECT count(*) FROM sightings") == 0


def test_a_key_for_another_article_is_refused(post: Post, desk: Desk) -> None:
    post(text=STORY, key="k1", producer="p")
    answer = post(text=STORY + " Later.", key="k1", producer="p")
    assert answer.status_code == 409
    assert (answer.json()["field"], answer.json()["reason"]) == ("key", "key_reused")
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_keys_are_the_producers_own(post: Post) -> None:
    first, second = post(text=STORY, key="k", producer="p"), post(text=STORY + "!", key="k", producer="q")
    assert second.status_code == 202
    assert second.json()["job_id"] != first.json()["job_id"]


def test_many_who_offer_one_url_at_once_get_one_job(post: Post, desk: Desk) -> None:
    with ThreadPoolExecutor(40) as pool:
        answers = [one.json() for one in pool.map(lambda n: post(url=URL, producer=f"p{n}"), range(40))]
    assert len({answer["job_id"] for answer in answers}) == 1
    assert sorted(answer["duplicate"] for answer in answers) == [False] + [True] * 39
    assert desk.value("SELECT count(*) FROM jobs") == 1
    assert desk.value("SELECT count(*) FROM sightings") == 39
    desk.check()


def test_many_who_offer_one_key_at_once_get_one_job(post: Post, desk: Desk) -> None:
    with ThreadPoolExecutor(16) as pool:
        answers = [one.json() for one in pool.map(lambda _: post(url=URL, key="k", producer="p"), range(16))]
    assert len({answer["job_id"] for answer in answers}) == 1
    assert desk.value("SELECT count(*) FROM jobs") == 1
    desk.check()


def test_a_source_with_much_to_offer_does_not_crowd_out_another(post: Post, desk: Desk) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: post(text=f"{STORY} {n}", source="loud"), range(20)))
    post(text=STORY, source="quiet")
    tickets = "SELECT ticket FROM line JOIN jobs ON jobs.id = job_id WHERE source = %s ORDER BY ticket"
    loud = [ticket for (ticket,) in desk.db.execute(tickets, ["loud"])]
    assert loud == list(range(loud[0], loud[0] + 20)), "each ticket is given once"
    assert desk.value(tickets, "quiet") == loud[0]


def test_tickets_are_given_once_to_however_many_threads() -> None:
    tickets, interval = Tickets(), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            given = list(pool.map(lambda _: [tickets.next("fetch", "live", "s", 0) for _ in range(5000)], range(8)))
    finally:
        sys.setswitchinterval(interval)
    assert sorted(ticket for one in given for ticket in one) == list(range(1, 40_001))


def test_a_key_that_others_take_all_the_time_is_to_be_tried_again(post: Post, desk: Desk) -> None:
    desk.db.execute(
        "CREATE FUNCTION taken() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        " CREATE TRIGGER taken BEFORE INSERT ON receipts FOR EACH ROW EXECUTE FUNCTION taken()"
    )
    answer = post(text=STORY, key="k", producer="p")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert (answer.json()["field"], answer.json()["reason"]) == ("key", "busy")
    assert desk.value("SELECT count(*) FROM jobs") == 0
