"""`wireroom migrate` and `reconcile`: the database up to date, and everything in it accounted for."""

from __future__ import annotations

from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.output import AsJson, answer, write_json
from wireroom.database import migrate as migrations
from wireroom.ledger import reconcile as ledger_check
from wireroom.settings import settings


@app.command()
def migrate(as_json: AsJson = False) -> None:
    """Bring the database up to date. Safe to repeat, and to run twice at once.

    Example: [bold]WIREROOM_DATABASE_URL=postgresql://wireroom@db/wireroom wireroom migrate[/]
    """
    applied = migrations.migrate(settings().database_url)
    if as_json:
        write_json({"applied": applied})
        return
    for name in applied or ["up to date"]:
        answer(name)


@app.command()
def reconcile(
    everything: Annotated[bool, typer.Option("--everything", help="Not only since the last clean pass.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check that every article is accounted for: each accepted job is in one place, each record has its job.

    Prints what must not be, and the sum. The exit code is 1 if anything was found.

    Example: [bold]wireroom reconcile --everything[/]
    """
    with open_ledger() as ledger:
        found = ledger_check.reconcile(ledger, everything=everything)
    if as_json:
        findings = [one._asdict() | {"sentence": str(one)} for one in found.findings]
        write_json({"since": found.since, "findings": findings, "sums": found.sums._asdict()})
    else:
        for finding in found.findings:
            answer(str(finding))
        answer(str(found.sums))
    if found.findings:
        raise typer.Exit(1)
