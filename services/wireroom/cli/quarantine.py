"""`wireroom quarantine`, `redrive`, `reject`: what failed for good, and what a person makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.looking import LARGEST_ID, Limit, Source
from wireroom.cli.output import AsLines, answer, as_objects, cell, clock, say, short, show_table, table, write_lines
from wireroom.database import Connection
from wireroom.ledger import quarantine
from wireroom.ledger.offer import check_name
from wireroom.ledger.quarantine import Group, Quarantined, Step, Wanted, check_wanted


def _cause(text: str | None) -> str | None:
    return _check(Wanted(cause=text)).cause


def _stage(text: str | None) -> str | None:
    return _check(Wanted(stage=text)).stage


def _check(wanted: Wanted) -> Wanted:
    if refused := check_wanted(wanted):
        raise typer.BadParameter(refused.cause)
    return wanted


def _why(text: str) -> str:
    if refused := check_name("why", text):
        raise typer.BadParameter(refused.cause)
    return text


Ids = Annotated[list[int] | None, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)]
Cause = Annotated[str | None, typer.Option(metavar="FINGERPRINT", help="Only of this cause.", callback=_cause)]
Stage = Annotated[str | None, typer.Option(help="Only what failed at this stage.", callback=_stage)]
Every = Annotated[bool, typer.Option("--all", help="Everything in quarantine.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell how many it would be.")]


@app.command("quarantine")
def show(
    cause: Cause = None,
    source: Source = None,
    stage: Stage = None,
    by_cause: Annotated[
        bool | None, typer.Option("--by-cause/--by-job", help="Groups, or single jobs; jobs where a filter is given.")
    ] = None,
    limit: Limit = 50,
    as_json: AsLines = False,
) -> None:
    """Show what failed for good and waits for a person: by cause, the most frequent first, or job by job.

    Mend the cause, then send its jobs back with [bold]wireroom redrive[/], or end them with [bold]wireroom reject[/].

    Examples:
    [bold]wireroom quarantine[/]
    [bold]wireroom quarantine --cause 72f6752a2d[/]
    [bold]wireroom quarantine --source "Harbour Wire" --by-cause[/]
    """
    wanted = Wanted(cause, source, stage)
    with open_ledger() as ledger:
        if by_cause or (by_cause is None and wanted == Wanted()):
            _show_causes(quarantine.causes(ledger, wanted, limit), as_json=as_json)
        else:
            _show_jobs(quarantine.jobs(ledger, wanted, limit), as_json=as_json)


@app.command()
def redrive(
    job_ids: Ids = None,
    every: Every = False,
    cause: Cause = None,
    source: Source = None,
    stage: Stage = None,
    refetch: Annotated[bool, typer.Option("--refetch", help="Ask the publisher for the page again.")] = False,
    dry_run: DryRun = False,
    as_json: AsLines = False,
) -> None:
    """Send jobs from quarantine back to the line, with nothing held against them.

    Of ids, cause, source and stage, all that are given must fit. With --refetch, jobs that came without a URL stay.
    The exit code is 1 if any job stayed.

    Examples:
    [bold]wireroom redrive 7 12[/]
    [bold]wireroom redrive --cause 72f6752a2d[/]
    [bold]wireroom redrive --source "Harbour Wire" --stage ingest --refetch[/]
    """
    wanted = _wanted(job_ids, cause, source, stage, every=every)
    with open_ledger() as ledger, open_broker() as broker:
        if dry_run:
            _tell_count(ledger, wanted, "would go back to the line", refetch=refetch, as_json=as_json)
            return
        told = _Told(wanted, "redriven", "back on the line", as_json=as_json)
        for step in quarantine.redrive(ledger, wanted, me(), refetch=refetch):
            broker.wake()
            told.step(step)
        told.end(ledger)


@app.command()
def reject(
    why: Annotated[str, typer.Option(help="The reason, for the history of the jobs.", callback=_why)],
    job_ids: Ids = None,
    every: Every = False,
    cause: Cause = None,
    source: Source = None,
    stage: Stage = None,
    dry_run: DryRun = False,
    as_json: AsLines = False,
) -> None:
    """End quarantined jobs for good: their outcome is rejected, by hand, with your name and reason.

    Of ids, cause, source and stage, all that are given must fit. The exit code is 1 if any job stayed.

    Examples:
    [bold]wireroom reject 7 12 --why "not news"[/]
    [bold]wireroom reject --cause 72f6752a2d --why "test pages of the publisher"[/]
    """
    wanted = _wanted(job_ids, cause, source, stage, every=every)
    with open_ledger() as ledger:
        if dry_run:
            _tell_count(ledger, wanted, "would be rejected", as_json=as_json)
            return
        told = _Told(wanted, "rejected", "rejected", as_json=as_json)
        for step in quarantine.reject(ledger, wanted, me(), why):
            told.step(step)
        told.end(ledger)


class _Told:
    """Tells what becomes of what was wanted: job by job where jobs were named, else how many they were."""

    def __init__(self, wanted: Wanted, done: str, state: str, *, as_json: bool) -> None:
        self._wanted, self._done, self._state, self._as_json = wanted, done, state, as_json
        self._moved = 0
        self._met = set[int]()
        self._stayed = False

    def step(self, step: Step) -> None:
        """A transaction was committed."""
        self._moved += len(step.moved)
        self._met |= {*step.moved, *step.stayed}
        if self._as_json:
            write_lines({"job_id": job, self._done: True} for job in step.moved)
        elif self._wanted.job_ids is not None:
            for job in step.moved:
                answer(f"job {job} is {self._state}")
        self._stay(step.stayed)

    def end(self, ledger: Connection) -> None:
        """That was all; raises `typer.Exit` where a job stayed."""
        if self._wanted.job_ids is not None:
            self._stay(quarantine.why_not(ledger, [job for job in self._wanted.job_ids if job not in self._met]))
        elif not self._met:
            say(_nothing(self._wanted))
        elif not self._as_json:
            answer(f"{_jobs(self._moved)} {'is' if self._moved == 1 else 'are'} {self._state}")
        if self._stayed:
            raise typer.Exit(1)

    def _stay(self, stayed: Mapping[int, str]) -> None:
        self._stayed |= bool(stayed)
        for why in stayed.values():
            say(why, head="stays: ")


def _wanted(ids: list[int] | None, cause: str | None, source: str | None, stage: str | None, *, every: bool) -> Wanted:
    wanted = Wanted(cause, source, stage, list(dict.fromkeys(ids)) if ids else None)
    if every == (wanted != Wanted()):
        raise typer.BadParameter("give the ids of jobs, a --cause, a --source or a --stage; or else --all")
    return wanted


def _tell_count(ledger: Connection, wanted: Wanted, sentence: str, *, refetch: bool = False, as_json: bool) -> None:
    found = quarantine.count(ledger, wanted)
    stay = found.without_url if refetch else 0
    if as_json:
        write_lines([{"jobs": found.jobs - stay, "stay": stay}])
    else:
        answer(f"{_jobs(found.jobs - stay)} {sentence}" + (f"; {stay:,} came inline and would stay" if stay else ""))


def _show_causes(groups: Sequence[Group], *, as_json: bool) -> None:
    if as_json:
        write_lines(as_objects(groups))
        return
    rows = table("cause", "jobs", "failed at", "first", "last", "sources", "newest", "the newest says")
    for one in groups:
        others = one.sources - len(one.top_sources)
        sources = ", ".join(map(short, one.top_sources)) + (f" and {others:,} more" if others else "")
        failed, first, last = f"{one.stage} ({one.kind})", clock(one.first_at), clock(one.last_at)
        rows.add_row(
            *map(cell, (one.fingerprint, f"{one.jobs:,}", failed, first, last, sources, one.job_id, short(one.cause)))
        )
    show_table(rows)


def _show_jobs(found: Sequence[Quarantined], *, as_json: bool) -> None:
    if as_json:
        write_lines(as_objects(found))
        return
    rows = table("job", "since", "failed at", "source", "what", "cause")
    for one in found:
        failed = f"{one.stage} ({one.kind})"
        facts = (one.job_id, clock(one.quarantined_at), failed, one.source, short(one.label), one.cause)
        rows.add_row(*map(cell, facts))
    show_table(rows)


def _jobs(number: int) -> str:
    return f"{number:,} job{'' if number == 1 else 's'}"


def _nothing(wanted: Wanted) -> str:
    return "nothing is in quarantine" + (f" of {wanted}" if str(wanted) else "")
