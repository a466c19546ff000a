"""What failed for good, by cause and job by job; sent back or ended, with an answer for each job that was named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsroom.desk import Desk
from wireroom.errors import Transient

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def quarantined(desk: Desk, cause: str = "the sky fell", **fields: str) -> int:
    return desk.quarantined(Transient(cause), **fields)


def fingerprint(desk: Desk, job: int) -> str:
    return str(desk.value("SELECT fingerprint FROM quarantine WHERE job_id = %s", job))


def on_the_line(desk: Desk) -> list[tuple[int, str]]:
    return desk.db.execute("SELECT job_id, leg FROM line ORDER BY 1").fetchall()


def test_quarantine_is_shown_by_cause_the_most_frequent_first(wireroom: CommandLine, desk: Desk) -> None:
    rare = quarantined(desk, "no route", url="https://news.example/a")
    jobs = [quarantined(desk, f"number {number} is odd", source=source) for number, source in enumerate("ABCDA")]
    large, small = wireroom("quarantine", "--json").lines
    cause = fingerprint(desk, jobs[0])
    assert {name: large[name] for name in ("fingerprint", "stage", "kind", "jobs", "sources", "top_sources")} == {
        "fingerprint": cause, "stage": "parse", "kind": "transient", "jobs": 5, "sources": 4,
        "top_sources": ["A", "B", "C"],
    }  # fmt: skip
    assert (large["job_id"], large["cause"], small["job_id"]) == (jobs[-1], "number 4 is odd", rare)
    row = wireroom("quarantine").out.splitlines()[1]
    assert row.split()[:4] == [cause, "5", "parse", "(transient)"]
    assert f"A, B, C and 1 more  {jobs[-1]}" in row and row.rstrip().endswith("number 4 is odd")
    assert [line["jobs"] for line in wireroom("quarantine", "--by-cause", "--source", "A", "--json").lines] == [2]


def test_a_filter_shows_single_jobs(wireroom: CommandLine, desk: Desk) -> None:
    one, two = quarantined(desk, source="Tide"), quarantined(desk, cause="no route", url="https://news.example/a")
    assert [line["job_id"] for line in wireroom("quarantine", "--by-job", "--json").lines] == [two, one]
    (line,) = wireroom("quarantine", "--json", "--source", "Tide").lines
    assert (line["job_id"], line["stage"], line["kind"], line["cause"]) == (one, "parse", "transient", "the sky fell")
    assert wireroom("quarantine", "--json", "--cause", fingerprint(desk, one)).lines == [line]
    text = wireroom("quarantine", "--stage", "ingest").out
    assert "ingest (transient)  news.example" in text and "no route" in text and "the sky fell" not in text


def test_named_jobs_go_back_to_the_line_by_the_users_name(wireroom: CommandLine, desk: Desk) -> None:
    one, two, three = (quarantined(desk) for _ in range(3))
    ended = wireroom("redrive", str(one), str(three), str(one))
    assert ended == (0, f"job {one} is back on the line\njob {three} is back on the line\n", "")
    assert on_the_line(desk) == [(one, "process"), (three, "process")]
    assert desk.value("SELECT job_id FROM quarantine") == two
    assert desk.value("SELECT cause FROM attempts WHERE kind = 'redriven'") == "redriven by cli:ada"
    desk.check()


def test_all_of_a_cause_and_a_source_go_back(wireroom: CommandLine, desk: Desk) -> None:
    jobs = [quarantined(desk, f"page {source} fell", source=f"{source}0") for source in ("1", "2", "1")]
    other = quarantined(desk, "another", source="10")
    wanted = ("--cause", fingerprint(desk, jobs[0]), "--source", "10")
    assert wireroom("redrive", *wanted, "--dry-run") == (0, "2 jobs would go back to the line\n", "")
    assert on_the_line(desk) == []
    assert wireroom("redrive", *wanted) == (0, "2 jobs are back on the line\n", "")
    assert [job for job, _ in on_the_line(desk)] == [jobs[0], jobs[2]]
    nothing = wireroom("redrive", *wanted)
    assert nothing == (0, "", f"nothing is in quarantine of cause {wanted[1]} and source 10\n")
    assert {job for (job,) in desk.db.execute("SELECT job_id FROM quarantine")} == {jobs[1], other}


def test_what_has_no_url_is_not_fetched_again(wireroom: CommandLine, desk: Desk) -> None:
    inline, fetched = quarantined(desk), quarantined(desk, url="https://news.example/a")
    counted = wireroom("redrive", "--all", "--refetch", "--dry-run", "--json")
    assert counted.lines == [{"jobs": 1, "stay": 1}]
    for wanted, answer in (("--all", "1 job is back on the line\n"), (str(inline), "")):
        ended = wireroom("redrive", wanted, "--refetch")
        assert ended == (1, answer, f"stays: job {inline} came inline, without a URL to fetch\n")
    assert on_the_line(desk) == [(fetched, "fetch")]


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


def test_what_is_rejected_carries_the_users_name_and_reason(wireroom: CommandLine, desk: Desk) -> None:
    job, twin, other, ready = quarantined(desk), quarantined(desk), quarantined(desk, "no route"), desk.job()
    by_cause = ("--cause", fingerprint(desk, job), "--why", "test pages")
    assert wireroom("reject", *by_cause, "--dry-run").out == "2 jobs would be rejected\n"
    assert wireroom("reject", *by_cause).out == "2 jobs are rejected\n"
    rows = desk.db.execute("SELECT job_id, outcome, reason, cause FROM outcomes ORDER BY 1").fetchall()
    assert rows == [(one, "rejected", "by_hand", "test pages (cli:ada)") for one in (job, twin)]
    ended = wireroom("reject", str(other), str(ready), "--why", "not news", "--json")
    assert (ended.code, ended.lines) == (1, [{"job_id": other, "rejected": True}])
    assert ended.err == f"stays: job {ready} is not in quarantine: it is ready\n"
    last = wireroom("job", str(other), "--json").document["timeline"][-1]
    assert (last["what"], last["details"]) == ("rejected", "by_hand: not news (cli:ada)")
    desk.check()
