"""`wireroom drift`: which sources are not what they were."""

from __future__ import annotations

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.looking import Source
from wireroom.cli.output import AsJson, answer, cell, clock, show_table, table, write_json
from wireroom.drift.breaks import LEAST_HISTORY
from wireroom.drift.look import Drift, SourceBreak
from wireroom.drift.look import drift as look
from wireroom.drift.windows import ARTICLES
from wireroom.errors import WireroomError


@app.command()
def drift(source: Source = None, as_json: AsJson = False) -> None:
    """Show in which sources parse does not find what it used to: a site may have a new layout.

    A line for each break: what was and what is, since when, and an article to look at. The exit code is 1 if any was
    found.

    Examples:
    [bold]wireroom drift[/]
    [bold]wireroom drift --source news.example --json[/]
    """
    with open_ledger() as ledger:
        found = look(ledger, source)
    if source and not found.compared + found.too_short:
        raise WireroomError(f"no article of {source} was looked at yet; `wireroom jobs` shows what there is")
    if as_json:
        write_json(found._asdict() | {"breaks": [one._asdict() | {"sentence": str(one)} for one in found.breaks]})
    else:
        _show(found)
    if found.breaks:
        raise typer.Exit(1)


def _show(found: Drift) -> None:
    if found.breaks:
        rows = table("source", "field", "what", "since", "look at")
        for one in found.breaks:
            rows.add_row(*map(cell, (one.source, one.field, str(one), clock(one.since), _example(one))))
        show_table(rows)
    answer(_sum(found))


def _example(one: SourceBreak) -> str:
    return f"job {one.job_id}" + (f", article {one.article_id}" if one.article_id else "")


def _sum(found: Drift) -> str:
    parts = [
        f"breaks: {len(found.breaks)}" if found.breaks else "no break",
        f"sources compared with their own history: {found.compared}",
        f"with too short a history (under {(LEAST_HISTORY + 1) * ARTICLES} articles): {found.too_short}",
    ]
    return "; ".join([*parts, f"ends not looked at yet: {found.unread}"] if found.unread else parts)
