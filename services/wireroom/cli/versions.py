"""`wireroom diff`: what a publisher corrected, or another parser read otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import msgspec
import typer
from rich.text import Text

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.looking import Id
from wireroom.cli.output import AsJson, cell, clock, console, write_json
from wireroom.gateway.views import difference_view
from wireroom.records import Version
from wireroom.records.changes import FieldChange, Passage
from wireroom.records.differences import Difference, difference

VALUE = 2000
"""Most characters shown of a value or a paragraph; `--json` has it whole."""
_WHY = {"first": "its first version", "publisher": "changed by the publisher", "reparse": "read anew"}


@app.command("diff")
def show_difference(
    article_id: Id,
    before: Annotated[
        int | None, typer.Option("--from", help="The one before, if absent.", min=1, max=2**31 - 1)
    ] = None,
    after: Annotated[int | None, typer.Option("--to", help="The current one, if absent.", min=1, max=2**31 - 1)] = None,
    as_json: AsJson = False,
) -> None:
    """Show what a version of an article says otherwise than the one before it, and why it was made.

    Example: [bold]wireroom diff 3 --from 1[/]
    """
    with open_ledger() as ledger, ledger.transaction():
        found = difference(ledger, article_id, before, after)
    if as_json:
        write_json(difference_view(found))
        return
    console.rule(cell(_head(found)), align="left")
    for line in _lines(found):
        console.print(line)


def _head(found: Difference) -> str:
    old, new = found.before, found.after
    parts = (f"article {new.article_id}, version {old.version.number} to {new.version.number}", new.source, new.url)
    return " · ".join(part for part in parts if part)


def _lines(found: Difference) -> Iterator[Text]:
    yield from map(_step, found.steps)
    if found.before.parsed.parser != found.after.parsed.parser:
        yield cell(f"parsers: {found.before.parsed.parser}, {found.after.parsed.parser}", "dim")
    for field in found.fields:
        yield from _field(field)
    for passage in found.body:
        yield from _passage(passage)


def _step(version: Version) -> Text:
    return cell(f"version {version.number}: {_WHY[version.why]}, page of {clock(version.captured_at)}", "dim")


def _field(field: FieldChange) -> Iterator[Text]:
    yield cell(f"{field.field}: {field.change}", "bold")
    yield from _marked("-", "red", [] if field.change == "gained" else [_value(field.before)])
    yield from _marked("+", "green", [] if field.change == "lost" else [_value(field.after)])


def _value(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _passage(passage: Passage) -> Iterator[Text]:
    if passage.same:
        yield cell(f"  {passage.same} paragraph{'s' if passage.same > 1 else ''} as before", "dim")
    yield from _marked("-", "red", (block.text for block in passage.before))
    yield from _marked("+", "green", (block.text for block in passage.after))


def _marked(mark: str, style: str, texts: Iterable[str]) -> Iterator[Text]:
    for text in texts:
        more = " …" if len(text) > VALUE else ""
        yield cell(f"{mark} {text[:VALUE]}{more}", style)
