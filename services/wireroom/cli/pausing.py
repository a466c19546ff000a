"""`wireroom pause`, `resume`, `pauses`: what operations hold up."""

from __future__ import annotations

from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.output import (
    AsJson,
    AsLines,
    answer,
    as_objects,
    cell,
    clock,
    say,
    show_table,
    table,
    write_json,
    write_lines,
)
from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.ledger import pauses as ledger_pauses
from wireroom.ledger.pauses import NAMES, NEWEST, Target

What = Annotated[str, typer.Argument(metavar="|".join(NAMES))]
Name = Annotated[str | None, typer.Argument(help="Of the leg, lane, source or host; the line has none.")]
Why = Annotated[str | None, typer.Option(help="The reason; others will see it.")]


@app.command()
def pause(what: What, name: Name = None, why: Why = None, as_json: AsJson = False) -> None:
    """Hold the line, a leg (fetch, process, poll), a lane (live, backfill), a source, or the fetches from a host.

    Flights under way finish; nothing is lost, and articles are accepted as ever.

    Examples:
    [bold]wireroom pause source "Harbour Wire" --why "their pages are broken"[/]
    [bold]wireroom pause lane backfill[/]
    """
    target = _target(what, name)
    with open_ledger() as ledger:
        new = ledger_pauses.pause(ledger, target, me(), why)
        if as_json:
            write_json(target._asdict() | {"paused": True, "changed": new})
        else:
            rest = "a request under way finishes" if target.what == "host" else "flights under way finish"
            answer(f"{target} is paused; {rest}" if new else _since(ledger, target))
        _note_unknown(ledger, target)


@app.command()
def resume(what: What, name: Name = None, as_json: AsJson = False) -> None:
    """Let go on what was paused. The exit code is 1 if it was not.

    Example: [bold]wireroom resume source "Harbour Wire"[/]
    """
    target = _target(what, name)
    with open_ledger() as ledger, open_broker() as broker:
        was_paused = ledger_pauses.resume(ledger, target)
        broker.wake()
        still = "; others still are, see wireroom pauses" if ledger_pauses.pauses(ledger) else ""
    if as_json:
        write_json(target._asdict() | {"paused": False, "changed": was_paused})
    elif was_paused:
        answer(f"{target} goes on{still}")
    if not was_paused:
        say(f"{target} is not paused{still}", head="not resumed: ")
        raise typer.Exit(1)


@app.command()
def pauses(as_json: AsLines = False) -> None:
    """List what is paused, since when, by whom and why.

    Example: [bold]wireroom pauses[/]
    """
    with open_ledger() as ledger:
        found = ledger_pauses.pauses(ledger)
    if as_json:
        write_lines(as_objects(found))
        return
    if not found:
        say("nothing is paused")
        return
    rows = table("what", "since", "who", "why")
    for one in found:
        rows.add_row(*map(cell, (str(one), clock(one.since), one.who, one.why)))
    show_table(rows)


def _target(what: str, name: str | None) -> Target:
    try:
        return ledger_pauses.target(what, name)
    except WireroomError as error:
        raise typer.BadParameter(str(error)) from error


def _since(ledger: Connection, target: Target) -> str:
    found = (one for one in ledger_pauses.pauses(ledger) if str(one) == str(target))
    return next((f"{one} is paused already, since {clock(one.since)} by {one.told}" for one in found), "")


def _note_unknown(ledger: Connection, target: Target) -> None:
    """A name may be misspelt; or its first article is still to come."""
    if not ledger_pauses.is_known(ledger, target):
        none = f"none of the newest {NEWEST:,} jobs is" if target.what == "source" else "no page was asked for yet"
        say(f"{none} {'of' if target.what == 'source' else 'from'} {target}; what comes will be held", head="note: ")
