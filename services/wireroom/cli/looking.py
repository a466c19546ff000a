"""`wireroom jobs`, `job`, `refusals`, `article`: where everything is, and what became of it."""

from __future__ import annotations

from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.output import (
    AsJson,
    AsLines,
    as_objects,
    cell,
    clock,
    console,
    short,
    show_table,
    table,
    write_json,
    write_lines,
)
from wireroom.cli.show import show_article, show_seen
from wireroom.errors import WireroomError
from wireroom.gateway.views import article_view, job_view
from wireroom.ledger import look, refusals
from wireroom.ledger.offer import check_name
from wireroom.records import StoredArticle, article, seen, versions

LARGEST_ID = 2**63 - 1


def _state(text: str | None) -> str | None:
    state = text.replace("-", " ").strip().lower() if text is not None else None
    if state is not None and state not in look.STATES:
        raise typer.BadParameter(f"{text!r} is not one of: {', '.join(look.STATES)}")
    return state


def _source(text: str | None) -> str | None:
    if refused := check_name("source", text):
        raise typer.BadParameter(refused.cause)
    return text


Id = Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)]
Source = Annotated[str | None, typer.Option(help="Only of this publisher or feed.", callback=_source)]
State = Annotated[str | None, typer.Option(help=f"Only in this state: {', '.join(look.STATES)}.", callback=_state)]
Limit = Annotated[int, typer.Option(min=1, max=1_000_000, help="At most so many.")]


@app.command()
def jobs(state: State = None, source: Source = None, limit: Limit = 50, as_json: AsLines = False) -> None:
    """List the newest jobs and where each is.

    Example: [bold]wireroom jobs --state quarantined --source "Harbour Wire"[/]
    """
    with open_ledger() as ledger:
        found = look.jobs(ledger, source=source, state=state, limit=limit)
    if as_json:
        write_lines(as_objects(found))
        return
    rows = table("job", "accepted", "state", "article", "source", "address or cause")
    for one in found:
        what = " · ".join(part for part in (short(one.label), one.cause) if part)
        number = f"{one.article_id} v{one.version}" if one.article_id else ""
        rows.add_row(*map(cell, (one.job_id, clock(one.accepted_at), one.state, number, one.source, what)))
    show_table(rows)


@app.command()
def job(job_id: Id, as_json: AsJson = False) -> None:
    """Tell what happened to a job, step by step: stages, tries, times, and the cause where it failed.

    Example: [bold]wireroom job 7[/]
    """
    with open_ledger() as ledger, ledger.transaction():
        found = look.jobs(ledger, ids=[job_id])
        if not found:
            raise WireroomError(f"there is no job {job_id}; see `wireroom jobs`")
        steps = look.timeline(ledger, found[0])
    if as_json:
        write_json(job_view(found[0], steps))
        return
    one = found[0]
    head = " · ".join(part for part in (f"job {one.job_id}", one.state, one.source, short(one.label)) if part)
    console.print(cell(head, "bold"))
    rows = table("at", "what", "details")
    for step in steps:
        rows.add_row(*map(cell, (clock(step.at), step.what, step.details)))
    show_table(rows)


@app.command("refusals")
def show_refusals(limit: Limit = 50, as_json: AsLines = False) -> None:
    """List what was pushed onto the intake list and could not be accepted, the newest first, with the reason.

    Whoever offers over HTTP or by the command line is told at once; on the list nobody listens, so it is kept here for
    30 days.

    Example: [bold]wireroom refusals --json | jq .head[/]
    """
    with open_ledger() as ledger:
        found = refusals.newest(ledger, limit)
    if as_json:
        write_lines(as_objects(found))
        return
    rows = table("at", "producer", "key", "reason", "cause", "bytes", "begins with")
    for one in found:
        cause = ": ".join(part for part in (one.field, one.cause) if part)
        facts = (clock(one.refused_at), one.producer, one.key, one.reason, cause, f"{one.bytes:,}", short(one.head))
        rows.add_row(*map(cell, facts))
    show_table(rows)


@app.command("article")
def show(
    article_id: Id,
    version: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="An earlier version.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the record of an article: its current version, or an earlier one.

    With --json the whole record: body, mentions, tails' headlines, versions, where it was seen.

    Example: [bold]wireroom article 3 --json | jq .title[/]
    """
    with open_ledger() as ledger, ledger.transaction():
        found = article(ledger, article_id, version)
        if found is None:
            which = f"version {version} of article {article_id}" if version else f"article {article_id}"
            raise WireroomError(f"there is no {which}; `wireroom jobs` shows what was stored")
        history, sightings = versions(ledger, article_id), seen(ledger, article_id)
    if as_json:
        write_json(article_view(found, history, sightings))
    else:
        show_article(console, found.parsed, found.enrichments, head=_head(found))
        show_seen(console, sightings)


def _head(found: StoredArticle) -> str:
    current = "" if found.version.number == found.current else f" (current is {found.current})"
    parts = (f"article {found.article_id}, version {found.version.number}{current}", found.source, found.url)
    return " · ".join(part for part in parts if part)
