"""`wireroom submission`: how far many articles under one name are, once or until all have ended."""

from __future__ import annotations

import shlex
import time
from typing import Annotated

import typer
from rich.progress import Progress

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.lull import Lull
from wireroom.cli.output import AsJson, answer, progress_bar, say, write_json
from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.gateway.views import submission_view
from wireroom.ledger import submissions
from wireroom.ledger.obstacles import obstacles
from wireroom.ledger.offer import check_name

POLL_SECONDS = 0.5
_SHARE = 4
"""Times that a look takes are waited before the next one: large submissions take long to count."""
_ENDS = ("stored", "updated", "unchanged", "rejected", "quarantined")


def _name(text: str | None) -> str | None:
    if refused := check_name("the name of a submission", text):
        raise typer.BadParameter(refused.cause)
    return text


Submission = Annotated[str | None, typer.Option(metavar="NAME", help="The submission's name.", callback=_name)]
Wait = Annotated[bool, typer.Option("--wait", help="Until all have ended; Ctrl-C leaves them running.")]
TimeLimit = Annotated[float | None, typer.Option(metavar="SECONDS", min=0, help="Wait, but no longer than that.")]


@app.command()
def submission(
    name: Annotated[str, typer.Argument(metavar="NAME", callback=_name)],
    wait: Wait = False,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
) -> None:
    """Tell how far the articles are that were submitted under a name.

    With --wait the exit code is 1 if the time limit was over before they had ended.

    Example: [bold]wireroom submission import-7 --wait[/]
    """
    wait = wait or time_limit is not None
    with open_ledger() as ledger:
        progress = wait_for(ledger, name, time_limit) if wait else how_far(ledger, name)
    if as_json:
        write_json(submission_view(progress))
    else:
        answer(sums(progress))
    if wait and progress.on_the_line:
        raise typer.Exit(1)


def how_far(ledger: Connection, name: str) -> submissions.Progress:
    """Raises `WireroomError` if nobody has opened it."""
    progress = submissions.how_far(ledger, name)
    if progress is None:
        raise no_submission(name)
    return progress


def no_submission(name: str) -> WireroomError:
    """Nobody has opened it."""
    return WireroomError(f"there is no submission {name}: is the name right?")


def wait_for(ledger: Connection, name: str, time_limit: float | None) -> submissions.Progress:
    """How far it is when all have ended or the time is over; meanwhile a bar tells."""
    until = time.monotonic() + time_limit if time_limit is not None else float("inf")
    try:
        with progress_bar("on the line", None, "ended") as bar:
            return _watch(ledger, name, until, bar)
    except KeyboardInterrupt:
        say(f"they go on without you; how far they are: {how_to_ask(name)}")
        raise


def how_to_ask(name: str) -> str:
    """The command that tells how far a submission is."""
    return f"wireroom submission {shlex.quote(name)}"


def sums(progress: submissions.Progress) -> str:
    """How far it is, as a sentence."""
    ends = ", ".join(f"{number} {end}" for end in _ENDS if (number := getattr(progress, end)))
    line = f", {progress.on_the_line} on the line" if progress.on_the_line else ""
    return f"{progress.ended} of {progress.jobs} ended" + (f": {ends}" if ends else "") + line


def _watch(ledger: Connection, name: str, until: float, bar: Progress) -> submissions.Progress:
    lull = Lull(lambda: obstacles(ledger, submission=name))
    while True:
        started = time.monotonic()
        progress = how_far(ledger, name)
        bar.update(bar.task_ids[0], total=progress.jobs, completed=progress.ended)
        now = time.monotonic()
        if not progress.on_the_line or now >= until:
            return progress
        lull.saw(progress.on_the_line)
        time.sleep(min(max(POLL_SECONDS, _SHARE * (now - started)), until - now))
