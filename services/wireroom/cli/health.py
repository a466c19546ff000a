"""`wireroom sources health`: from which sources less comes than used to."""

from __future__ import annotations

from typing import Annotated

import typer

from wireroom.cli.app import sources
from wireroom.cli.connections import open_ledger
from wireroom.cli.looking import Limit, Source
from wireroom.cli.output import AsJson, answer, as_objects, cell, clock, show_table, table, write_json
from wireroom.errors import WireroomError
from wireroom.volumes.look import Health
from wireroom.volumes.look import health as look
from wireroom.volumes.verdicts import UNWELL

Everyone = Annotated[bool, typer.Option("--all", help="Also those that are as they used to be.")]


@sources.command()
def health(everyone: Everyone = False, source: Source = None, limit: Limit = 1000, as_json: AsJson = False) -> None:
    """Show which sources have fallen silent, bring less than they used to, or fail more: and where to look first.

    Judged once an hour by a dispatcher. The exit code is 1 if any of them is.

    Examples:
    [bold]wireroom sources health[/]
    [bold]wireroom sources health --all --json[/]
    """
    with open_ledger() as ledger:
        found = look(ledger, everyone=everyone, source=source, limit=limit)
    if source and not found.sources:
        raise WireroomError(f"nothing of {source} was judged yet; `wireroom jobs` shows what there is")
    if as_json:
        write_json(found._asdict() | {"sources": as_objects(found.sources)})
    else:
        _show(found)
    if found.quiet_since or any(one.state in UNWELL for one in found.sources):
        raise typer.Exit(1)


def _show(found: Health) -> None:
    if found.sources:
        rows = table("source", "state", "since", "what", "look at")
        for one in found.sources:
            rows.add_row(*map(cell, (one.source, one.state, clock(one.since), one.sentence, one.look_at)))
        show_table(rows)
    if found.more:
        answer(f"and more: --limit shows more than {len(found.sources):,}")
    if found.quiet_since:
        answer(f"nothing has come from anybody since {clock(found.quiet_since)}: look at the gateway and ingest first")
    sums = ", ".join(f"{number:,} {state}" for state, number in found.states.items() if number) or "none is known yet"
    answer(f"sources: {sums}; " + (f"up to {clock(found.counted)}" if found.counted else "no hour was judged yet"))
