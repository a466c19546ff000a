"""What a producer offers by the client arrives as it meant it, once, and with an answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from newsroom.desk import Desk
from wireroom.client import Accepted, Answer, ArticleJob, ArticleRefused, AsyncClient, Client, Problem, Refused

STORY = "The ferry came into the harbour on Friday morning."
URL = "https://news.example/ferry"


def test_an_article_is_in_the_ledger_with_every_field(wire: Client, desk: Desk) -> None:
    answer = wire.submit(
        url=URL, text=STORY, key="k", source="harbour", external_id="7", lane="backfill", published="2025-05-02",
        meta={"desk": "sea"},
    )  # fmt: skip
    assert answer == Accepted(job_id=answer.job_id, duplicate=False, key="k")
    row = desk.db.execute("SELECT producer, key, source, lane, url, external_id, published, meta FROM jobs").fetchone()
    assert row == ("crawler", "k", "harbour", "backfill", URL, "7", "2025-05-02", {"desk": "sea"})
    assert desk.value("SELECT job_id FROM captures") == answer.job_id
    desk.check()


@pytest.mark.parametrize(
    "job", [ArticleJob(url=URL, producer="other"), {"url": URL, "producer": "other"}], ids=["job", "dict"]
)
def test_a_job_may_be_one_or_a_dict_and_name_its_own_producer(wire: Client, desk: Desk, job: Any) -> None:
    wire.submit(job)
    assert desk.value("SELECT producer FROM jobs") == "other"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        ({"html": "<p>Été"}, "text/html; charset=utf-8"),
        ({"text": "Été"}, "text/plain; charset=utf-8"),
        ({"body": b"\xc9t\xe9"}, ""),
        ({"html": b"<p>\xc9t\xe9"}, "text/html"),
        ({"text": b"\xc9t\xe9"}, "text/plain"),
        ({"html": b"<p>\xc9t\xe9", "content_type": "text/html; charset=latin-1"}, "text/html; charset=latin-1"),
        ({"body": bytearray(b"\xc9t\xe9")}, ""),
    ],
    ids=str,
)
def test_content_is_kept_byte_by_byte(wire: Client, desk: Desk, content: Any, media_type: str) -> None:
    wire.submit(**content)
    given = content.get("body") or content.get("html") or content["text"]
    size = len(given.encode() if isinstance(given, str) else given)
    assert desk.db.execute("SELECT content_type, bytes FROM captures").fetchone() == (media_type, size)


def test_an_article_without_a_key_gets_one_of_its_own(wire: Client, desk: Desk) -> None:
    first, second = (wire.submit(text=f"{STORY} {n}") for n in range(2))
    assert first.key != second.key
    assert [key for (key,) in desk.db.execute("SELECT key FROM jobs ORDER BY id")] == [first.key, second.key]


def test_the_same_key_again_is_the_same_job(wire: Client, desk: Desk) -> None:
    assert wire.submit(text=STORY, key="k") == wire.submit(text=STORY, key="k")
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_what_is_on_offer_is_a_duplicate(wire: Client) -> None:
    first, second = (wire.submit(url=URL) for _ in range(2))
    assert (first.duplicate, second.duplicate) == (False, True)
    assert first.job_id == second.job_id


@pytest.mark.parametrize(
    ("job", "status", "field", "reason"),
    [
        ({"url": "ftp://news.example"}, 422, "url", "bad_url"),
        ({"url": 7}, 422, "url", "wrong_type"),
        ({"text": "half \ud800"}, 400, None, "lone_surrogate"),
        ({"text": STORY, "key": "taken"}, 409, "key", "key_reused"),
        ({"text": "x" * 1_600_000}, 413, None, "too_large"),
    ],
    ids=["bad", "of another type", "half a character", "with a key in use", "too large"],
)
def test_a_refusal_is_raised_with_its_parts(
    wire: Client, job: dict[str, Any], status: int, field: str | None, reason: str
) -> None:
    wire.submit(text="Another story.", key="taken")
    with pytest.raises(ArticleRefused) as refused:
        wire.submit(job)
    problem = refused.value
    assert (problem.status, problem.field, problem.reason) == (status, field, reason)
    assert problem.detail and problem.detail in str(problem) and reason in str(problem)


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ({"titel": "A"}, "titel"),
        (URL, "by its fields, as url=..."),
        ({"url": URL, "key": b"7"}, "key must be a str"),
        ({"html": b"<p>", "body": b"<p>"}, "html or body"),
        ({"url": URL, "meta": {"a": object()}}, "object"),
    ],
    ids=["unknown field", "a bare address", "bytes for a name", "content twice", "what JSON cannot say"],
)
def test_what_cannot_be_sent_is_a_type_error(wire: Client, desk: Desk, job: Any, words: str) -> None:
    for submit in (wire.submit, lambda given: wire.submit_many([given])):
        with pytest.raises(TypeError, match=words):
            submit(job)
    assert desk.value("SELECT count(*) FROM jobs") == 0


def test_a_job_and_fields_beside_it_are_a_type_error(wire: Client) -> None:
    with pytest.raises(TypeError, match="key"):
        wire.submit({"url": URL}, key="7")


def test_many_are_answered_each_in_order(wire: Client, desk: Desk) -> None:
    jobs: list[Any] = [{"text": f"{STORY} {n}", "key": str(n)} for n in range(1200)]
    jobs[700] = {"url": "ftp://news.example", "key": "700"}
    jobs[1100] = jobs[3]
    answers = wire.submit_many(iter(jobs), submission="import-7")
    assert [answer.key for answer in answers] == [job["key"] for job in jobs]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [(one.key, one.status, one.field, one.reason) for one in refused] == [("700", 422, "url", "bad_url")]
    ids = [answer.job_id for answer in answers if isinstance(answer, Accepted)]
    keys: dict[int, str] = dict(desk.db.execute("SELECT id, key FROM jobs").fetchall())
    assert [keys[job_id] for job_id in ids] == [job["key"] for job in jobs if job["key"] != "700"]
    assert desk.value("SELECT count(*) FROM submitted WHERE submission = 'import-7'") == 1198 == len(keys)
    desk.check()


def test_a_stream_is_answered_batch_by_batch(wire: Client, desk: Desk) -> None:
    made: list[str] = []

    def endless() -> Any:
        while True:
            made.append(f"{STORY} {len(made)}")
            yield {"text": made[-1]}

    answers = wire.submit_stream(endless())
    next(answers)
    assert len(made) == 500 == desk.value("SELECT count(*) FROM jobs")
    answers.close()  # type: ignore[attr-defined]


def test_large_articles_go_in_requests_of_their_own(wire: Client, api: httpx.Client) -> None:
    answers = wire.submit_many({"text": f"{n} " + "x" * 990_000} for n in range(20))
    assert len({answer.job_id for answer in answers if isinstance(answer, Accepted)}) == 20


def test_what_is_too_large_is_refused_and_the_others_are_not(wire: Client) -> None:
    jobs = [{"text": STORY}, {"text": "x" * 1_100_000}, {"text": "y" * 1_700_000}, {"text": "z" * 20_000_000}]
    answers = wire.submit_many([*jobs, {"text": f"{STORY} Later."}])
    reasons = [answer.reason if isinstance(answer, Refused) else None for answer in answers]
    assert reasons == [None, "too_large", "too_large", "too_large", None]


def test_nothing_is_submitted_by_nothing(wire: Client) -> None:
    assert wire.submit_many([]) == []


def test_a_submission_that_cannot_be_named_so_is_a_problem(wire: Client, desk: Desk) -> None:
    for submit in (
        lambda: wire.submit(url=URL, submission="n" * 513),
        lambda: wire.submit_many([{"url": URL}], submission="n" * 513),
    ):
        with pytest.raises(Problem) as problem:
            submit()
        assert (problem.value.status, problem.value.field) == (422, "submission")
    assert desk.value("SELECT count(*) FROM jobs") == 0


def test_threads_may_share_a_client(api: httpx.Client, desk: Desk) -> None:
    with Client(str(api.base_url)) as wire, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: wire.submit(text=f"{STORY} {n}"), range(40)))
    assert len({answer.job_id for answer in answers}) == 40 == desk.value("SELECT count(*) FROM jobs")


def test_tasks_may_share_a_client_and_give_what_they_await(api: httpx.Client, desk: Desk) -> None:
    async def found() -> AsyncIterator[dict[str, str]]:
        for n in range(3):
            await asyncio.sleep(0)
            yield {"text": f"{STORY} {n}"}

    async def submit() -> list[Answer]:
        async with AsyncClient(str(api.base_url)) as wire:
            together = await asyncio.gather(*(wire.submit(text=f"Together {n}") for n in range(40)))
            return [*together, *await wire.submit_many(found())]

    answers = asyncio.run(submit())
    jobs = {answer.job_id for answer in answers if isinstance(answer, Accepted)}
    assert len(jobs) == 43 == desk.value("SELECT count(*) FROM jobs")
