"""Many articles in one file, or on stdin: a line each, as a URL or as JSON, or the rows of a table."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from msgspec.structs import replace

from wireroom.cli.given import Given, Unreadable, is_address
from wireroom.contracts import ArticleJob
from wireroom.ledger.offer import Refused
from wireroom.ledger.reading import read_job

LINES = (".ndjson", ".jsonl")
TABLES = (".csv", ".tsv")
"""Suffixes of files that hold many articles."""

_MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 20
"""How many lines of a text tell whether all of them are URLs."""
_URL = re.compile(rb"https?://\S+", re.IGNORECASE)
_LIKE_ADDRESS = re.compile(rb"[!-~]+\.[!-~]+")
"""Perhaps without http://, as people write it."""
_LONGEST_ROW = 1_000_000
_DELIMITERS = ",;\t|"
_ADDRESSES = ("url", "link")
_FIELDS = ("source", "published", "external_id", "key")
"""Columns that say something of the article; all others become its meta."""
_NOT_TEXT = re.compile("[\udc80-\udcff]")


def is_list(path: Path, head: bytes) -> bool:
    """Whether a file that begins so holds many articles: by its name, or because its text is lines of addresses.

    A line may be spoiled: it is refused then, where a text that is none would be an article, and the others lost.
    """
    if path.suffix.lower() in LINES + TABLES:
        return True
    lines = [line.strip() for line in head.removeprefix(_MARK).splitlines()[:_LOOKED_AT]]
    told = [line for line in lines if line and not line.startswith(b"#")]
    if not told or not _URL.fullmatch(told[0]):
        return False
    addresses = sum(is_address(line.decode(errors="replace")) and len(line.split()) == 1 for line in told)
    return 2 * addresses > len(told) or all(map(_LIKE_ADDRESS.fullmatch, told))


def read_list(path: Path, content_bytes: int) -> Iterator[Given | Unreadable]:
    """The articles of such a file; content has at most `content_bytes`."""
    with path.open("rb") as file:
        if path.suffix.lower() in TABLES:
            yield from read_table(file, f"{path}, ")
        else:
            yield from read_lines(file, content_bytes, f"{path}, ")


def read_lines(file: BinaryIO, content_bytes: int, where: str = "") -> Iterator[Given | Unreadable]:
    """An article for each line: an ArticleJob as JSON, or a URL. Empty lines and `#` comments are passed over."""
    # JSON's escapes make content longer, at worst six times: \u0041.
    longest = content_bytes * 6 + 1_000_000
    for number, line in enumerate(_lines(file, longest), 1):
        here, text = f"{where}line {number}", line.removeprefix(_MARK).strip()
        if len(line) > longest:
            yield Unreadable(here, f"it has more than {longest:,} bytes")
        elif text and not text.startswith(b"#"):
            yield _read_line(here, text)


def read_table(file: BinaryIO, where: str = "") -> Iterator[Given | Unreadable]:
    """An article for each row of a table with a header: its `url` or `link`, what else is known of it, and meta."""
    head = file.readline(_LONGEST_ROW).removeprefix(_MARK).decode("utf-8", "surrogateescape")
    delimiter = max(_DELIMITERS, key=head.count)
    columns = [name.strip() for name in next(csv.reader([head], delimiter=delimiter), [])]
    address = next((name for name in columns if name.lower() in _ADDRESSES), None)
    if address is None:
        named = ", ".join(columns)[:200] or "none"
        yield Unreadable(f"{where}line 1", f"the table needs a column named url or link; its columns are: {named}")
        return
    rows = csv.reader(_texts(file), delimiter=delimiter)
    try:
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _read_row(f"{where}line {1 + rows.line_num}", columns, address, row)
    except csv.Error as error:
        yield Unreadable(
            f"{where}line {1 + rows.line_num}", f"the table is broken here, and the rest was not read: {error}"
        )


def _texts(file: BinaryIO) -> Iterator[str]:
    for line in _lines(file, _LONGEST_ROW):
        yield line.decode("utf-8", "surrogateescape")


def _lines(file: BinaryIO, longest: int) -> Iterator[bytes]:
    """The lines, each of at most `longest` + 1 bytes: what is beyond is read and dropped."""
    while line := file.readline(longest + 1):
        rest = line
        while len(rest) > longest and not rest.endswith(b"\n"):
            rest = file.readline(longest + 1)
        yield line


def _read_line(where: str, text: bytes) -> Given | Unreadable:
    if not text.startswith(b"{"):
        return _read_address(where, text)
    job = read_job(text)
    if isinstance(job, Refused):
        return Unreadable(where, job.cause, job.field or None)
    return Given(where, job)


def _read_address(where: str, text: bytes) -> Given | Unreadable:
    address = text.decode(errors="replace")
    if not is_address(address):
        return Unreadable(where, "it is neither a URL nor a JSON object: give one of them a line")
    return Given(where, ArticleJob(url=address))


def _read_row(where: str, columns: Sequence[str], address: str, row: Sequence[str]) -> Given | Unreadable:
    if len(row) > len(columns):
        return Unreadable(
            where,
            f"the row has {len(row)} cells, but there are {len(columns)} columns: quote what has a delimiter in it",
        )
    cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if cell.strip()}
    for name, cell in cells.items():
        if _NOT_TEXT.search(cell):
            return Unreadable(where, "it is not UTF-8: save the table as UTF-8", name)
    url = cells.pop(address, "")
    if not is_address(url):
        return Unreadable(
            where, "it is not a URL that begins with http:// or https://" if url else "it is empty", address
        )
    fields = {field: cells.pop(name) for name in list(cells) if (field := name.lower()) in _FIELDS}
    return Given(where, replace(ArticleJob(url=url, meta=dict(cells)), **fields))
