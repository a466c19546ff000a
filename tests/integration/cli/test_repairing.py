"""Redrive and cancel as a person does them, with an answer for each job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsroom.desk import Desk
from wireroom.errors import Transient

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def quarantined(desk: Desk, **fields: str) -> int:
    job = desk.job(**fields)
    leg, stage = ("fetch", "ingest") if "url" in fields else ("process", "parse")
    flight = desk.flight(leg)  # type: ignore[arg-type]
    desk.db.execute("UPDATE line SET failures = 5 WHERE job_id = %s", [job])
    desk.fail(flight, job, Transient("the sky fell"), stage)
    return job


def on_the_line(desk: Desk) -> list[tuple[int, str]]:
    return desk.db.execute("SELECT job_id, leg FROM line ORDER BY 1").fetchall()


def test_named_jobs_go_back_to_the_line_by_the_users_name(wireroom: CommandLine, desk: Desk) -> None:
    one, two, three = (quarantined(desk) for _ in range(3))
    ended = wireroom("redrive", str(one), str(three), str(one))
    assert ended == (0, f"job {one} is back on the line\njob {three} is back on the line\n", "")
    assert on_the_line(desk) == [(one, "process"), (three, "process")]
    assert desk.value("SELECT job_id FROM quarantine") == two
    assert desk.value("SELECT cause FROM attempts WHERE kind = 'redriven'") == "redriven by cli:ada"
    desk.check()


def test_all_of_a_source_go_back(wireroom: CommandLine, desk: Desk) -> None:
    jobs = [quarantined(desk, source=source) for source in ("Tide", "Harbour Wire", "Tide")]
    ended = wireroom("redrive", "--all", "--source", "Tide", "--json")
    assert (ended.code, [line["job_id"] for line in ended.lines]) == (0, [jobs[0], jobs[2]])
    assert desk.value("SELECT job_id FROM quarantine") == jobs[1]


def test_refetching_all_leaves_what_has_no_url(wireroom: CommandLine, desk: Desk) -> None:
    inline, fetched = quarantined(desk), quarantined(desk, url="https://news.example/a")
    ended = wireroom("redrive", "--all", "--refetch")
    assert ended.code == 1
    assert ended.err == f"stays: job {inline} came inline, without a URL to fetch\n"
    assert on_the_line(desk) == [(fetched, "fetch")]


def test_refetching_a_named_job_without_url_is_an_error(wireroom: CommandLine, desk: Desk) -> None:
    job = quarantined(desk)
    ended = wireroom("redrive", str(job), "--refetch")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(f"error: job {job} came inline")
    assert on_the_line(desk) == []


def test_what_is_not_in_quarantine_is_told_and_the_others_go(wireroom: CommandLine, desk: Desk) -> None:
    job, ready = quarantined(desk), desk.job()
    ended = wireroom("redrive", str(ready), "99", str(job))
    assert (ended.code, ended.out) == (1, f"job {job} is back on the line\n")
    assert ended.err.splitlines() == [
        f"stays: job {ready} is not in quarantine: it is ready",
        "stays: there is no job 99",
    ]


def test_more_than_a_chunk_goes_back(wireroom: CommandLine, desk: Desk) -> None:
    desk.jobs(503)
    desk.db.execute(
        "WITH gone AS (DELETE FROM line RETURNING job_id, run, leg, lane, host, bytes, offer, capture_day, capture_id)"
        " INSERT INTO quarantine SELECT *, 'parse', 'transient', 'the sky fell' FROM gone"
    )
    assert len(wireroom("redrive", "--all", "--json").lines) == 503
    assert len(on_the_line(desk)) == 503
    desk.check()


def test_an_empty_quarantine_is_no_failure(wireroom: CommandLine) -> None:
    assert wireroom("redrive", "--all") == (0, "", "nothing is in quarantine\n")


def test_a_cancelled_job_is_rejected_by_the_users_name(wireroom: CommandLine, desk: Desk) -> None:
    ready, waiting = desk.job(), quarantined(desk)
    ended = wireroom("cancel", str(ready), str(waiting))
    assert ended == (0, f"job {ready} is cancelled\njob {waiting} is cancelled\n", "")
    rows = desk.db.execute("SELECT outcome, reason, cause FROM outcomes").fetchall()
    assert rows == [("rejected", "cancelled", "cancelled by cli:ada")] * 2
    desk.check()


def test_what_has_ended_keeps_its_outcome(wireroom: CommandLine, desk: Desk) -> None:
    ended_job, ready = desk.job(), desk.job()
    desk.flight(stage="store")
    desk.finish((ended_job, 1))
    ended = wireroom("cancel", str(ended_job), "99", str(ready), "--json")
    assert ended.code == 1
    assert [(line["job_id"], line["state"], line["reason"]) for line in ended.lines] == [
        (ended_job, "finished", "test"),
        (99, "unknown", None),
        (ready, "ended", None),
    ]
    assert ended.err.splitlines() == [
        f"not cancelled: job {ended_job} has ended already: rejected (test)",
        "not cancelled: there is no job 99",
    ]
    desk.check()
