"""`wireroom redrive` and `cancel`: what a person does to jobs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.looking import LARGEST_ID, Source
from wireroom.cli.output import AsLines, answer, say, write_lines
from wireroom.cli.submissions import Submission, no_submission
from wireroom.database import Connection
from wireroom.ledger import look, repair, submissions
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.repair import Judged

_EVERY_ONE = 2**31 - 1


@app.command()
def redrive(
    job_ids: Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything in quarantine.")] = False,
    source: Source = None,
    refetch: Annotated[bool, typer.Option("--refetch", help="Ask the publisher for the page again.")] = False,
    as_json: AsLines = False,
) -> None:
    """Send jobs from quarantine back to the line, with nothing held against them.

    With --all --refetch, jobs that came without a URL stay where they are.
    The exit code is 1 if any job stayed.

    Examples:
    [bold]wireroom redrive 7 12[/]
    [bold]wireroom redrive --all --source "Harbour Wire" --refetch[/]
    """
    if bool(job_ids) == every or (source and not every):
        raise typer.BadParameter("give the ids of jobs, or --all, which may have a --source")
    with open_ledger() as ledger, open_broker() as broker:
        wanted = _quarantined(ledger, source, refetch=refetch) if every else dict.fromkeys(job_ids or ())
        jobs, stayed = [job for job, why in wanted.items() if why is None], {j: w for j, w in wanted.items() if w}
        for chunk in _chunks(jobs):
            done = repair.redrive(ledger, chunk, me(), refetch=refetch)
            broker.wake()
            _tell_redriven(done, as_json=as_json)
            stayed |= _why_not(ledger, [job for job in chunk if job not in done])
    for why in stayed.values():
        say(why, head="stays: ")
    if not wanted:
        say("nothing is in quarantine" + (f" of {source}" if source else ""))
    if stayed:
        raise typer.Exit(1)


@app.command()
def cancel(
    job_ids: Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)] = None,
    submission: Submission = None,
    as_json: AsLines = False,
) -> None:
    """End jobs that nobody wants any more, wherever they are; their outcome is rejected, by your name.

    What has ended already keeps its outcome; of jobs named one by one, then the exit code is 1.
    Jobs of a submission that others submitted too go on.

    Examples:
    [bold]wireroom cancel 7 12[/]
    [bold]wireroom cancel --submission import-7[/]
    """
    if bool(job_ids) == (submission is not None):
        raise typer.BadParameter("give the ids of jobs, or a --submission")
    if submission is not None:
        _cancel_submission(submission, as_json=as_json)
        return
    with open_ledger() as ledger:
        judged = repair.cancel(ledger, list(dict.fromkeys(job_ids or ())), me())
    for job, one in judged.items():
        _tell_cancelled(job, one, as_json=as_json)
    if any(one.state != "ended" for one in judged.values()):
        raise typer.Exit(1)


def _cancel_submission(name: str, *, as_json: bool) -> None:
    with open_ledger() as ledger:
        found = submissions.cancel(ledger, name, me())
    if found is None:
        raise no_submission(name)
    if as_json:
        write_lines([{"submission": name} | found._asdict()])
    else:
        answer(f"{found.cancelled} cancelled, {found.ended_before} had ended, {found.shared} are wanted by others too")


def _tell_cancelled(job: int, judged: Judged, *, as_json: bool) -> None:
    if as_json:
        write_lines([{"job_id": job} | judged._asdict()])
    match judged:
        case Judged("ended"):
            if not as_json:
                answer(f"job {job} is cancelled")
        case Judged("finished", outcome, reason):
            say(f"job {job} has ended already: {outcome}" + (f" ({reason})" if reason else ""), head="not cancelled: ")
        case _:
            say(f"there is no job {job}", head="not cancelled: ")


def _quarantined(ledger: Connection, source: str | None, *, refetch: bool) -> dict[int, str | None]:
    """Every job in quarantine; and why it stays there, where it has to."""
    return {
        one.job_id: f"job {one.job_id} came inline, without a URL to fetch" if refetch and one.url is None else None
        for one in look.quarantined(ledger, source=source, limit=_EVERY_ONE)
    }


def _why_not(ledger: Connection, jobs: Sequence[int]) -> dict[int, str]:
    """Why these were not redriven."""
    known = {one.job_id: one.state for one in look.jobs(ledger, ids=jobs, limit=len(jobs))} if jobs else {}
    return {
        job: f"job {job} is not in quarantine: it is {known[job]}" if job in known else f"there is no job {job}"
        for job in jobs
    }


def _chunks(jobs: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(jobs), CHUNK):
        yield jobs[start : start + CHUNK]


def _tell_redriven(jobs: Sequence[int], *, as_json: bool) -> None:
    if as_json:
        write_lines({"job_id": job, "redriven": True} for job in jobs)
        return
    for job in jobs:
        answer(f"job {job} is back on the line")
