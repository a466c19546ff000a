"""Lists of sources as people hand them over: OPML, addresses one a line, rows of a table, lines of JSON."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from wireroom.errors import Unusable
from wireroom.formats import opml
from wireroom.ledger.offer import Refused
from wireroom.ledger.reading import misfit
from wireroom.ledger.sources import Wanted, check

_MARK = b"\xef\xbb\xbf"
_ADDRESSES = ("url", "link", "xmlurl", "feed")
_NAMES = ("source", "name")
_WANTED = "give OPML, a URL a line, or a table with a column url"
_LINE = 1_000_000
_TOLD = 200


class Read(NamedTuple):
    """Something in a list: where it stood, and the source that it names, or what is wrong with it."""

    where: str
    said: Wanted | Refused


def read_sources(body: bytes) -> Iterator[Read]:
    """What a list names, in its order, each checked; what the list is shows in how it begins."""
    body = body.removeprefix(_MARK)
    for one in _read(body):
        refused = check(one.said) if isinstance(one.said, Wanted) else None
        yield Read(one.where, refused or one.said)


def labelled(said: Wanted, label: Wanted) -> Wanted:
    """What the list names, with what somebody says of all of it: that goes before."""
    given = {name: getattr(label, name) for name in label.__struct_fields__ if name != "url"}
    usual = Wanted(url="")
    return replace(said, **{name: value for name, value in given.items() if value != getattr(usual, name)})


def write_opml(sources: Iterable[tuple[str, str | None, str]]) -> bytes:
    """OPML of address, title and publisher of each, which any feed reader takes."""
    return opml.write(opml.Subscription(url, title, [source]) for url, title, source in sources)


def _read(body: bytes) -> Iterator[Read]:
    start = body[:_LINE]
    if start.lstrip().startswith(b"<"):
        return _read_opml(body)
    number, head = next(_told(start), (1, b""))
    if b"\0" in start or head[:1] == b"[" or head == b"{":
        return iter([Read("the list", Refused("", "not_a_list", f"{_WANTED}; JSON as an object a line"))])
    columns = _columns(head) if not head.startswith(b"{") and b"://" not in head else []
    if _column(columns):
        return _read_table(body, number - 1)
    if len(columns) > 1:
        told = ", ".join(columns)[:_TOLD]
        why = f"a table needs a column named {', '.join(_ADDRESSES[:-1])} or {_ADDRESSES[-1]}; its columns are: {told}"
        return iter([Read("line 1", Refused("url", "not_a_list", why))])
    return _read_lines(body)


def _told(text: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that say something, each with its number: empty ones do not, nor do comments."""
    for number, line in enumerate(text.split(b"\n"), 1):
        said = line.strip()
        if said and not said.startswith(b"#"):
            yield number, said


def _read_opml(body: bytes) -> Iterator[Read]:
    try:
        found, problems = opml.read(body)
    except Unusable as error:
        yield Read("the list", Refused("", error.reason, str(error)))
        return
    if not found and not problems:
        yield Read(
            "the list", Refused("", "empty", "this OPML names no feed: no outline has an xmlUrl, or it is cut short")
        )
    for number, one in enumerate(found, 1):
        yield Read(f"feed {number}", Wanted(url=one.url, title=one.title))
    for problem in problems:
        yield Read("the list", Refused("", "left_out", problem))


def _read_lines(body: bytes) -> Iterator[Read]:
    for number, text in _told(body):
        yield Read(f"line {number}", _line(text))


def _line(text: bytes) -> Wanted | Refused:
    if not text.startswith(b"{"):
        return Wanted(url=text.decode("utf-8", "replace"))
    try:
        return msgspec.json.decode(text, type=Wanted)
    except msgspec.ValidationError as error:
        return misfit(str(error), Wanted, "a source")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return Refused("", "malformed", f"the JSON is malformed: {error}")


def _read_table(body: bytes, head: int) -> Iterator[Read]:
    """The rows under the line with the names of the columns, which has so many before it."""
    lines = body.decode("utf-8", "replace").splitlines()
    columns = _columns(lines[head].encode())
    address = _column(columns)
    rows = csv.DictReader(lines[head + 1 :], columns, delimiter=_delimiter(lines[head]))
    try:
        for row in rows:
            cells = {name: cell.strip() for name, cell in row.items() if name and isinstance(cell, str)}
            source = next((cells[name] for name in _NAMES if cells.get(name)), "")
            named = cells | {"url": cells.get(address, ""), "source": source}
            yield Read(f"line {1 + head + rows.line_num}", _row({name: cell for name, cell in named.items() if cell}))
    except csv.Error as error:
        yield Read(f"line {1 + head + rows.line_num}", Refused("", "malformed", f"the table is broken here: {error}"))


def _row(cells: dict[str, str]) -> Wanted | Refused:
    """What the columns say that are fields of a source; all others are its owner's own."""
    said = {name: cell for name, cell in cells.items() if name in Wanted.__struct_fields__}
    try:
        return msgspec.convert(said, Wanted, strict=False)
    except msgspec.ValidationError as error:
        return misfit(str(error), Wanted, "a source")


def _columns(head: bytes) -> list[str]:
    text = head.decode("utf-8", "replace")
    return [name.strip().lower() for name in next(csv.reader([text], delimiter=_delimiter(text)), [])]


def _column(columns: Iterable[str]) -> str:
    """The column with the addresses; empty where there is none."""
    return next((name for name in columns if name in _ADDRESSES), "")


def _delimiter(head: str) -> str:
    return max(",;\t|", key=head.count)
