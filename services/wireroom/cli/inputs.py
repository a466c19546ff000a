"""`wireroom raw`: what a job was given or has fetched, byte for byte."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.connections import open_ledger
from wireroom.cli.looking import Id
from wireroom.cli.output import AsJson, clock, plain, say, write_json
from wireroom.errors import WireroomError
from wireroom.ledger.inputs import NoInput, RawInput, raw_input


@app.command()
def raw(
    job_id: Id,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write the bytes into this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Write the raw input of a job, exactly as it came, to stdout or into a file; its facts to stderr.

    With --json, the facts to stdout: address, status, headers, content type, digest. Then the bytes go only into the
    file, if one is named.

    Examples:
    [bold]wireroom raw 7 --output page.html[/]
    [bold]wireroom raw 7 --json | jq .headers[/]
    """
    with open_ledger() as ledger:
        found = raw_input(ledger, job_id)
    if isinstance(found, NoInput):
        raise WireroomError(found.sentence)
    if output is not None:
        _write(output, found.body)
    if as_json:
        facts = {name: value for name, value in found._asdict().items() if name != "body"}
        write_json({"job_id": job_id} | facts)
    elif output is None:
        _spill(found)
    if not as_json:
        say(_facts(found), head=f"job {job_id}: ")


def _write(output: Path, body: bytes) -> None:
    try:
        output.write_bytes(body)
    except OSError as error:
        raise WireroomError(f"cannot write {output}: {error.strerror}") from error


def _spill(found: RawInput) -> None:
    if sys.stdout.isatty() and not is_plain(found.body):
        raise WireroomError(
            "the input has bytes that a terminal must not get: write it into a file with --output, or into a pipe"
        )
    sys.stdout.buffer.write(found.body)
    sys.stdout.buffer.flush()


def is_plain(body: bytes) -> bool:
    """Whether it is text that does nothing to a terminal."""
    try:
        return all(plain(part) == part for part in re.split(r"[\t\r\n]", body.decode()))
    except UnicodeDecodeError:
        return False


def _facts(found: RawInput) -> str:
    status = f"status {found.status}" if found.status else "came inline"
    parts = (f"{found.size:,} bytes", found.content_type, status, found.url, clock(found.fetched_at))
    return " · ".join(part for part in parts if part)
