"""What a producer asks afterwards is answered as it is in the ledger, typed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from newsroom.desk import Desk
from newsroom.storing import Newsdesk, enriched
from wireroom.client import Article, Cancelled, Client, HasEnded, NotFound, Outcomes, Problem, SubmissionCancelled
from wireroom.database import Connection
from wireroom.ledger.events import sequence

STORY = "The ferry came into the harbour on Friday morning."
PATIENCE = 60.0


def end(desk: Desk, *jobs: int) -> None:
    """End these as rejected, and number their ends."""
    desk.flight(stage="store")
    desk.finish(*((job, 1) for job in jobs))
    sequence(desk.db)


def positions(pages: Iterable[Outcomes]) -> list[list[int]]:
    return [[one.position for one in page.outcomes] for page in pages]


def test_a_job_says_where_it_is(wire: Client, desk: Desk) -> None:
    job = wire.submit(text=STORY, source="harbour").job_id
    state = wire.job(job)
    assert (state.job_id, state.state, state.source, state.producer) == (job, "ready", "harbour", "crawler")
    assert state.accepted_at == desk.value("SELECT accepted_at FROM jobs") == state.timeline[0].at
    assert [step.what for step in state.timeline] == ["accepted"]


def test_a_record_has_everything_the_api_shows(wire: Client, api: httpx.Client, db: Connection, database: str) -> None:
    desk = Newsdesk(db, database)
    article = desk.end(enriched(desk.captured(url="https://news.example/a"))).article
    record = wire.article(article)
    assert set(Article.__struct_fields__) == set(api.get(f"/v1/articles/{article}").json())
    assert (record.id, record.url, record.version.number) == (article, "https://news.example/a", 1)
    assert record.title and record.blocks[0].text in record.text
    assert wire.article(article, version=1) == record


@pytest.mark.parametrize(
    ("method", "arguments"),
    [("job", [7]), ("article", [7]), ("submission", ["7"]), ("cancel", [7]), ("cancel_submission", ["7"])],
    ids=str,
)
def test_what_is_not_there_is_not_found(wire: Client, method: str, arguments: list[Any]) -> None:
    with pytest.raises(NotFound) as missing:
        getattr(wire, method)(*arguments)
    assert missing.value.status == 404 and " 7" in missing.value.detail


NAMES = ["import-7", "with / and ?", "Ferries, été", "a%2Fb", "x" * 512]


@pytest.mark.parametrize("name", NAMES, ids=["plain", "marks", "letters", "escape", "long"])
def test_a_submission_is_found_by_whatever_name(wire: Client, name: str) -> None:
    wire.submit_many([{"text": STORY}], submission=name)
    wire.submit(text=f"{STORY} Later.", submission=name)
    progress = wire.submission(name)
    assert (progress.submission, progress.jobs, progress.on_the_line, progress.done) == (name, 2, 2, False)
    assert wire.cancel_submission(name) == SubmissionCancelled(submission=name, cancelled=2, ended_before=0, shared=0)


def test_a_submission_is_waited_for_until_its_end(wire: Client, desk: Desk) -> None:
    job = wire.submit(text=STORY, submission="s").job_id
    assert not wire.submission("s", wait=0.01).done
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(wire.submission, "s", wait=math.inf)
        end(desk, job)
        progress = waiting.result(PATIENCE)
    assert (progress.done, progress.ended, progress.rejected) == (True, 1, 1)


def test_jobs_of_others_are_not_cancelled_with_a_submission(wire: Client, desk: Desk) -> None:
    wire.submit_many([{"text": STORY}, {"text": "Ours."}], submission="s")
    wire.submit(text=STORY, producer="other")
    assert wire.cancel_submission("s") == SubmissionCancelled(submission="s", cancelled=1, ended_before=0, shared=1)
    desk.check()


def test_a_job_is_cancelled_unless_it_has_ended(wire: Client, desk: Desk) -> None:
    job, ended = (wire.submit(text=f"{STORY} {n}").job_id for n in range(2))
    assert wire.cancel(job) == wire.cancel(job) == Cancelled(job_id=job, outcome="rejected", reason="cancelled")
    assert desk.value("SELECT reason FROM outcomes WHERE job_id = %s", job) == "cancelled"
    end(desk, ended)
    with pytest.raises(HasEnded) as told:
        wire.cancel(ended)
    assert (told.value.outcome, told.value.status, told.value.reason) == ("rejected", 409, "finished")


def test_outcomes_come_in_pages_from_the_cursor_on(wire: Client, desk: Desk) -> None:
    jobs = [wire.submit(text=f"{STORY} {n}", key=str(n), source="harbour").job_id for n in range(5)]
    end(desk, *jobs)
    pages = list(wire.outcomes(limit=2))
    assert positions(pages) == [[1, 2], [3, 4], [5]]
    first = pages[0].outcomes[0]
    assert (first.job_id, first.key, first.producer, first.source) == (jobs[0], "0", "crawler", "harbour")
    assert (first.outcome, first.reason, first.cause, first.article_id) == ("rejected", "test", "a test", None)
    assert positions(wire.outcomes(after=pages[0].cursor)) == [[3, 4, 5]]
    assert list(wire.outcomes(after=pages[-1].cursor)) == []


def test_the_end_is_where_nothing_has_ended_yet(wire: Client, desk: Desk) -> None:
    end(desk, wire.submit(text=STORY).job_id)
    (page,) = wire.outcomes(after="end")
    assert (page.outcomes, page.cursor) == ([], 1)
    job = wire.submit(text=f"{STORY} Later.").job_id
    end(desk, job)
    assert [one.job_id for page in wire.outcomes(after=page.cursor) for one in page.outcomes] == [job]


def test_the_cursor_goes_on_over_the_ends_of_others(wire: Client, desk: Desk) -> None:
    end(desk, wire.submit(text=STORY, producer="other").job_id)
    (page,) = wire.outcomes(producer="crawler")
    assert (page.outcomes, page.cursor) == ([], 1)
    assert positions(wire.outcomes(producer="other")) == [[1]]


def test_outcomes_are_waited_for(wire: Client, desk: Desk) -> None:
    job = wire.submit(text=STORY).job_id
    assert list(wire.outcomes(wait=0.01)) == []
    pages = wire.outcomes(wait=math.inf)
    with ThreadPoolExecutor(1) as beside:
        waiting = beside.submit(next, pages)
        end(desk, job)
        assert [one.job_id for one in waiting.result(PATIENCE).outcomes] == [job]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 10_001}, "limit"),
        ({"after": 99}, "after"),
        ({"after": -1}, "after"),
        ({"producer": ""}, "producer"),
    ],
    ids=str,
)
def test_a_question_that_makes_no_sense_is_a_problem(wire: Client, options: dict[str, Any], field: str) -> None:
    with pytest.raises(Problem) as problem:
        list(wire.outcomes(**options))
    assert (problem.value.status, problem.value.field) == (422, field)
