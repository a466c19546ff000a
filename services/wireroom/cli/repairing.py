"""`wireroom cancel`: jobs that nobody wants any more."""

from __future__ import annotations

from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import me, open_ledger
from wireroom.cli.looking import LARGEST_ID
from wireroom.cli.output import AsLines, answer, say, write_lines
from wireroom.cli.submissions import Submission, no_submission
from wireroom.ledger import repair, submissions
from wireroom.ledger.repair import Judged


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
