"""`wireroom sources list`, `show`, `export`: what is polled, and how its polls went."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer

from wireroom.cli.app import sources
from wireroom.cli.connections import open_ledger
from wireroom.cli.looking import LARGEST_ID, Limit
from wireroom.cli.looking import Source as OfSource
from wireroom.cli.lull import Lull
from wireroom.cli.output import (
    AsJson,
    AsLines,
    answer,
    as_objects,
    cell,
    clock,
    console,
    progress_bar,
    say,
    short,
    show_table,
    table,
    write_json,
    write_lines,
)
from wireroom.errors import WireroomError
from wireroom.gateway.views import source_view
from wireroom.ledger import sources as ledger_sources
from wireroom.ledger.obstacles import obstacles
from wireroom.ledger.sources import KINDS, STATES, Asked, PollEnd, Source
from wireroom.source_lists import write_opml

LOOK_SECONDS = 0.3


def _one_of(known: tuple[str, ...]) -> Callable[[str | None], str | None]:
    def check(text: str | None) -> str | None:
        if text is not None and text not in known:
            raise typer.BadParameter(f"{text!r} is not one of: {', '.join(known)}")
        return text

    return check


Kind = Annotated[str | None, typer.Option(help=f"Only of this kind: {', '.join(KINDS)}.", callback=_one_of(KINDS))]
State = Annotated[str | None, typer.Option(help=f"Only in this state: {', '.join(STATES)}.", callback=_one_of(STATES))]
Ids = Annotated[list[int], typer.Argument(metavar="ID", min=1, max=LARGEST_ID)]


@sources.command("list")
def list_(
    source: OfSource = None,
    kind: Kind = None,
    state: State = None,
    found_by: Annotated[int | None, typer.Option(min=1, help="Only those to which this page or index led.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Only with a greater id.")] = 0,
    limit: Limit = 100,
    as_json: AsLines = False,
) -> None:
    """List what is polled: how often, when next, and what fails.

    Examples:
    [bold]wireroom sources list --state failing[/]
    [bold]wireroom sources list --source "Harbour Wire" --json[/]
    """
    asked = Asked(source=source, kind=kind, state=state, found_by=found_by)
    with open_ledger() as ledger:
        found = ledger_sources.find(ledger, asked, limit, after)
    if as_json:
        write_lines(source_view(one) for one in found)
    elif found:
        _table(found)
    else:
        say("no source is as asked; `wireroom sources add URL` makes one")


@sources.command()
def show(
    source_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=LARGEST_ID)],
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many polls.")] = ledger_sources.SHOWN_POLLS,
    as_json: AsJson = False,
) -> None:
    """Show a source, and how its last polls ended: what each saw, and what became of every entry.

    Example: [bold]wireroom sources show 7[/]
    """
    with open_ledger() as ledger, ledger.transaction():
        found = ledger_sources.find(ledger, Asked(ids=[source_id]), 1)
        if not found:
            raise WireroomError(f"there is no source {source_id}; see `wireroom sources list`")
        polls = ledger_sources.last_polls(ledger, source_id, limit)
    if as_json:
        write_json(source_view(found[0]) | {"polls": as_objects(polls)})
        return
    _head(found[0])
    _polls(polls)


@sources.command()
def export(
    opml: Annotated[bool, typer.Option("--opml/--lines", help="OPML, or lines of JSON with all that is set.")] = True,
) -> None:
    """Write what is polled to stdout: as OPML, which any feed reader takes, or as lines that `import` takes.

    OPML is without pages; both are without what a sitemap index names.

    Example: [bold]wireroom sources export > feeds.opml[/]
    """
    with open_ledger() as ledger:
        if opml:
            sys.stdout.buffer.write(write_opml(ledger_sources.subscriptions(ledger)))
            sys.stdout.buffer.flush()
        else:
            write_lines(ledger_sources.wanted(ledger))


def show_ends(ids: Sequence[int], *, as_json: bool) -> bool:
    """What these turned out to be, and how their last poll ended; whether that of each went well."""
    with open_ledger() as ledger:
        found = ledger_sources.find(ledger, Asked(ids=ids), len(ids))
        led = [one for id_ in ids for one in ledger_sources.find(ledger, Asked(found_by=id_), 1000)]
    if as_json:
        write_lines(source_view(one) for one in (*found, *led))
    else:
        _table([*found, *led])
    return not any(one.failures for one in found)


def wait_for_polls(ids: Sequence[int], before: Mapping[int, int]) -> None:
    """Return when each was polled once more than `before`, or is paused; Ctrl-C leaves them as they are."""
    left = list(ids)
    with open_ledger() as ledger, progress_bar("polling", len(ids)) as bar:
        lull = Lull(lambda: obstacles(ledger, sources=left))
        while True:
            counts = ledger_sources.poll_counts(ledger, ids)
            left = [id_ for id_ in ids if counts.get(id_, 0) <= before.get(id_, 0)]
            bar.update(bar.task_ids[0], completed=len(ids) - len(left))
            paused = {one.id for one in ledger_sources.find(ledger, Asked(ids=left, state="paused"), len(left) or 1)}
            if set(left) <= paused:
                return
            lull.saw(len(left))
            time.sleep(LOOK_SECONDS)


def _table(found: Sequence[Source]) -> None:
    rows = table("id", "state", "kind", "source", "every", "next", "last", "address, cause")
    now = datetime.now(UTC)
    for one in found:
        last = f"{one.status} {clock(one.polled_at)}" if one.polled_at else ""
        what = " · ".join(part for part in (short(one.url), short(one.cause)) if part)
        next_ = "" if one.paused_at else "now" if one.polling or one.due_at <= now else clock(one.due_at)
        facts = (one.id, one.state, one.kind, short(one.source), _often(one.pace), next_, last, what)
        rows.add_row(*map(cell, facts))
    show_table(rows)


def _head(one: Source) -> None:
    parts = (f"source {one.id}", one.state, one.kind, short(one.source), short(one.title), short(one.url))
    console.print(cell(" · ".join(part for part in parts if part), "bold"))
    answer(f"lane {one.lane}, every {_often(one.pace) or '?'}, next {clock(one.due_at)}, added by {one.added_by}")
    if one.paused_at:
        answer(
            f"paused since {clock(one.paused_at)} by {one.paused_by}"
            + (f": {one.paused_why}" if one.paused_why else "")
        )
    if one.failures:
        answer(f"failed {one.failures} times in a row: {one.cause or '?'}")
    if not one.robots:
        answer("robots.txt is not obeyed for it")


def _polls(polls: Sequence[PollEnd]) -> None:
    rows = table("at", "status", "http", "seen", "known", "new", "sighted", "refused", "cause")
    for one in polls:
        moved = f"moved to {one.moved_to}" if one.moved_to else None
        cause = " · ".join(part for part in (moved, one.cause) if part)
        facts = (
            clock(one.at),
            one.status,
            one.http_status,
            one.seen,
            one.known,
            one.accepted,
            one.sighted,
            one.refused,
        )
        rows.add_row(*map(cell, (*facts, cause)))
    show_table(rows)


def _often(pace: float | None) -> str:
    if pace is None:
        return ""
    for seconds, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if pace >= seconds:
            return f"{pace / seconds:.3g}{unit}"
    return f"{pace:.3g}s"
