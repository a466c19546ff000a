"""`wireroom status`: what is going on, at a look or all the time."""

from __future__ import annotations

import time
from typing import Annotated, Any

import typer
from rich.live import Live

from wireroom.cli.app import app
from wireroom.cli.board import board
from wireroom.cli.connections import open_ledger
from wireroom.cli.output import AsJson, console, write_json
from wireroom.database import Connection
from wireroom.ledger.status import Status
from wireroom.ledger.status import status as ledger_status

LOOK_SECONDS = 1.0
_SHARE = 5
"""Of its time, the live board reads at most one part in so many: a loaded database is left in peace."""


@app.command()
def status(
    once: Annotated[bool, typer.Option("--once", help="Print it once, on a terminal too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show what waits, what is in flight, rates, times, failures, pauses, and whether everything is accounted for.

    On a terminal it is live until Ctrl-C; into a pipe or a file it is printed once.

    Examples:
    [bold]wireroom status[/]
    [bold]wireroom status --json | jq .waiting[/]
    """
    with open_ledger() as ledger:
        if as_json:
            write_json(status_view(ledger_status(ledger)))
        elif once or not console.is_terminal or console.is_dumb_terminal:
            console.print(board(ledger_status(ledger)))
        else:
            _watch(ledger)


def status_view(found: Status) -> dict[str, Any]:
    """The status as JSON."""
    view: dict[str, Any] = _objects(found)
    if found.checked and found.checked.sums:
        view["checked"]["identity"] = str(found.checked.sums)
    return view


def _watch(ledger: Connection) -> None:
    with Live(console=console, auto_refresh=False) as live:
        while True:
            begun = time.monotonic()
            live.update(board(ledger_status(ledger)), refresh=True)
            time.sleep(max(LOOK_SECONDS, _SHARE * (time.monotonic() - begun)))


def _objects(value: Any) -> Any:
    if hasattr(value, "_asdict"):
        return {name: _objects(part) for name, part in value._asdict().items()}
    return [_objects(part) for part in value] if isinstance(value, list) else value
