"""What is accepted is durable, once, and answered the same however often it is repeated."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from newsroom.desk import Desk, offer
from wireroom.contracts import ArticleJob
from wireroom.database import Connection
from wireroom.ledger.accept import Accepted, Answer, Tickets, accept
from wireroom.ledger.offer import Offer, Refused, prepare


def race(connection: Callable[[], Connection], *offers: Offer) -> list[Answer]:
    """Every offer accepted at once, by a connection of its own."""
    connections = [connection() for _ in offers]
    start = Barrier(len(offers))

    def run(db: Connection, one: Offer) -> Answer:
        start.wait()
        return accept(db, [one], Tickets())[0]

    with ThreadPoolExecutor(len(offers)) as pool:
        return list(pool.map(run, connections, offers))


def test_ten_racing_offers_of_one_url_are_one_job_and_nine_sightings(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    answers = race(connection, *(offer(url=f"https://www.news.example/story?utm_source={n}") for n in range(10)))
    assert len({answer.job_id for answer in answers if isinstance(answer, Accepted)}) == 1
    assert sum(answer.duplicate for answer in answers if isinstance(answer, Accepted)) == 9
    assert desk.value("SELECT count(*) FROM jobs") == 1
    assert desk.value("SELECT count(*) FROM sightings") == 9
    desk.check()


def test_ten_racing_uses_of_one_key_are_one_job(desk: Desk, connection: Callable[[], Connection]) -> None:
    answers = race(connection, *(offer(text="The same", key="k") for _ in range(10)))
    assert len(set(answers)) == 1 and isinstance(answers[0], Accepted)
    assert desk.value("SELECT count(*) FROM sightings") == 0


def test_racing_uses_of_one_key_for_different_articles_accept_one_of_them(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    answers = race(connection, *(offer(text=f"Number {n}", key="k") for n in range(6)))
    assert sum(isinstance(answer, Accepted) for answer in answers) == 1
    assert {answer.reason for answer in answers if isinstance(answer, Refused)} == {"key_reused"}
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_batches_in_opposite_order_do_not_deadlock(desk: Desk, connection: Callable[[], Connection]) -> None:
    urls = [offer(url=f"https://news.example/{n}") for n in range(200)]
    connections, start = [connection() for _ in range(4)], Barrier(4)

    def run(number: int) -> list[Answer]:
        start.wait()
        return accept(connections[number], urls if number % 2 else urls[::-1], Tickets())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert desk.value("SELECT count(*) FROM jobs") == 200
    desk.check()


def test_a_repeated_key_is_answered_with_the_same_job(desk: Desk) -> None:
    first = desk.accept(offer(text="A", key="k"))
    assert desk.accept(offer(text="A", key="k")) == first
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_a_key_belongs_to_its_producer(desk: Desk) -> None:
    first = desk.accept(offer(text="A", key="k", producer="one"))
    second = desk.accept(offer(text="B", key="k", producer="two"))
    assert isinstance(second[0], Accepted) and second != first


def test_a_key_reused_for_another_article_is_refused(desk: Desk) -> None:
    desk.accept(offer(text="A", key="k"))
    (answer,) = desk.accept(offer(text="B", key="k"))
    assert isinstance(answer, Refused) and (answer.field, answer.reason) == ("key", "key_reused")


def test_a_key_is_kept_for_30_days(desk: Desk) -> None:
    desk.accept(offer(text="A", key="k"))
    desk.db.execute("UPDATE receipts SET accepted_at = now() - interval '30 days 1 second'")
    (answer,) = desk.accept(offer(text="B", key="k"))
    assert isinstance(answer, Accepted)


def test_twins_within_one_request_are_one_job(desk: Desk) -> None:
    answers = desk.accept(offer(text="A", key="k"), offer(text="A"), offer(text="A", key="k"), offer(text="B", key="k"))
    job = desk.value("SELECT id FROM jobs")
    assert answers[:3] == [Accepted(job), Accepted(job, duplicate=True), Accepted(job)]
    assert isinstance(answers[3], Refused) and answers[3].reason == "key_reused"


def test_a_thing_is_on_offer_again_15_minutes_after_its_end(desk: Desk) -> None:
    job = desk.job(text="A")
    desk.finish((job, 1))
    assert desk.accept(offer(text="A")) == [Accepted(job, duplicate=True)]
    desk.db.execute("UPDATE offers SET until = until - interval '15 minutes'")
    (again,) = desk.accept(offer(text="A"))
    assert isinstance(again, Accepted) and again.job_id != job and not again.duplicate
    desk.check()


def test_sources_take_turns(desk: Desk) -> None:
    big = desk.jobs(50, source="big")
    small = desk.jobs(2, source="small")
    order = [job for flight in desk.launch() for job in flight.jobs]
    assert order.index(small[1]) <= 3
    assert sorted(order) == sorted(big + small)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({}, "url", "missing"),
    ({"url": "ftp://news.example/a"}, "url", "bad_url"),
    ({"url": "https://news.example/\ud800"}, "url", "bad_url"),
    ({"text": ""}, "text", "empty"),
    ({"text": " \n"}, "text", "empty"),
    ({"text": "a", "html": "<p>a"}, "text", "ambiguous"),
    ({"text": "a \ud800 b"}, "text", "unstorable"),
    ({"body": b"x" * 1_000_001}, "body", "too_large"),
    ({"text": "a", "key": ""}, "key", "empty"),
    ({"text": "a", "key": "k" * 513}, "key", "too_long"),
    ({"text": "a", "key": "\N{SNOWMAN}" * 171}, "key", "too_long"),
    ({"text": "a", "source": "a\0b"}, "source", "unstorable"),
    ({"text": "a", "external_id": "\udfff"}, "external_id", "unstorable"),
    ({"text": "a", "published": "yesterday"}, "published", "not_a_time"),
    ({"text": "a", "meta": {"k": "\0"}}, "meta", "unstorable"),
    ({"text": "a", "meta": {"k": "\ud800"}}, "meta", "not_json"),
    ({"text": "a", "meta": {"k": "x" * 64_000}}, "meta", "too_large"),
]


@pytest.mark.parametrize(("fields", "field", "reason"), BAD)
def test_a_bad_offer_is_refused_by_field_and_reason(fields: dict[str, Any], field: str, reason: str) -> None:
    refused = prepare(ArticleJob(**fields), 1_000_000)
    assert isinstance(refused, Refused)
    assert (refused.field if reason != "ambiguous" else "text", refused.reason) == (field, reason)
    assert refused.cause


def test_meta_with_a_backslash_before_u0000_is_not_a_nul(desk: Desk) -> None:
    job = desk.job(text="a", meta={"path": "C:\\u0000"})
    assert desk.value("SELECT meta->>'path' FROM jobs WHERE id = %s", job) == "C:\\u0000"


def test_what_an_offer_says_is_kept(desk: Desk) -> None:
    job = desk.job(
        html="<p>a", url="https://news.example/a", source="News", external_id="7", lane="backfill",
        published="2025-05-02", meta={"desk": ["a", 1]},
    )  # fmt: skip
    row = desk.db.execute("SELECT url, source, external_id, lane, published, meta FROM jobs WHERE id = %s", [job])
    assert row.fetchone() == ("https://news.example/a", "News", "7", "backfill", "2025-05-02", {"desk": ["a", 1]})


def test_addresses_of_one_family_are_one_job_and_each_sighting_keeps_its_own(desk: Desk) -> None:
    ordinary = "https://www.news.example/2025/the-pier"
    others = ["https://m.news.example/2025/the-pier", f"{ordinary}/amp/", f"{ordinary}/?utm_source=feed"]
    answers = desk.accept(*(offer(url=url) for url in (ordinary, *others)))
    assert {answer.job_id for answer in answers if isinstance(answer, Accepted)} == {1}
    assert desk.value("SELECT array_agg(url ORDER BY id) FROM sightings") == others
    assert desk.job(url=f"{ordinary}-2") != 1
