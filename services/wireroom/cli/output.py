"""What the commands print: answers to stdout, sentences to stderr, nothing that could take over a terminal."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.measure import Measurement
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

SHORT = 160
WIDTH = 120
"""Characters in a line where no terminal says how many it has."""
_WIDEST = 10_000
_BREAKS = re.compile(r"[\t\n\r\v\f\x85\u2028\u2029]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def _open(*, stderr: bool = False) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    known = "COLUMNS" in os.environ or (stream is not None and stream.isatty())
    return Console(stderr=stderr, highlight=False, width=None if known else WIDTH)


console = _open()
"""Answers, on stdout."""
messages = _open(stderr=True)
"""Everything else, on stderr."""

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
AsLines = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, and nothing else.")]


def plain(text: str) -> str:
    """`text` in one line, without what takes over a terminal and what cannot be written."""
    return _UNPRINTABLE.sub("\ufffd", _BREAKS.sub(" ", text))


def cell(text: object, style: str = "") -> Text:
    """A value of somebody else's for a table or a line: shown as it is, never read as markup."""
    return Text("" if text is None else plain(str(text)), style=style, overflow="fold")


def short(text: str | None) -> str:
    """At most `SHORT` characters of a name or an address, for a person; `--json` has it whole."""
    text = text or ""
    return text if len(text) <= SHORT else f"{text[: SHORT - 2]} …"


def clock(moment: datetime) -> str:
    """A time for a person, to the second."""
    return moment.isoformat(" ", timespec="seconds").replace("+00:00", "Z")


def answer(sentence: str) -> None:
    """A line of the answer."""
    console.print(cell(sentence), soft_wrap=True)


def say(sentence: str, *, head: str = "") -> None:
    """A line on stderr, its head in red."""
    line = " ".join(sentence.split())
    messages.print(Text.assemble(cell(head, "bold red"), cell(line)), soft_wrap=True)


def write_json(value: object) -> None:
    """One JSON document, in UTF-8 whatever the locale."""
    write_lines([value])


def write_lines(values: Iterable[object]) -> None:
    """One JSON value a line."""
    for value in values:
        sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def as_objects(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Named tuples as JSON objects."""
    return [row._asdict() for row in rows]


def table(*columns: str) -> Table:
    """An empty table; the last column takes what room there is."""
    made = Table(box=None, pad_edge=False, header_style="dim")
    for column in columns[:-1]:
        made.add_column(column, no_wrap=column in _NARROW)
    made.add_column(columns[-1], ratio=1)
    return made


def show_table(rows: Table) -> None:
    """Print a table; into a pipe or a file as wide as it is, so that no address is broken."""
    if console.is_terminal or "COLUMNS" in os.environ:
        console.print(rows)
        return
    wide = console.options.update(max_width=_WIDEST)
    Console(highlight=False, width=Measurement.get(console, wide, rows).maximum).print(rows)


def progress_bar(doing: str, total: int | None, done: str = "") -> Progress:
    """A bar on stderr with one task, which is gone when it stops; nothing where that is no terminal."""
    columns = (TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(done), TimeElapsedColumn())
    bar = Progress(*columns, console=messages, transient=True, redirect_stdout=False, disable=not messages.is_terminal)
    bar.add_task(doing, total=total)
    return bar


_NARROW = ("job", "state", "article", "at", "what")
