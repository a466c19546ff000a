"""Reading what is given to `submit` and `try`: addresses, files, folders, lines on stdin."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from wireroom import charset
from wireroom.contracts import ArticleJob, FetchedPage
from wireroom.errors import Unusable
from wireroom.ledger.offer import Refused
from wireroom.ledger.reading import read_job

STDIN = "-"
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_FIELDS = {".html": ("html", "text/html"), ".htm": ("html", "text/html"), ".txt": ("text", "text/plain")}
"""Suffix of a file -> the field for its content, and its media type where the charset has to be looked at."""
_LINES = (".ndjson", ".jsonl")
_SAMPLE = 65_536


@dataclass(frozen=True)
class Given:
    """One article as it was given: where it stood, what it offers, and the name of its file if it has one."""

    where: str
    job: ArticleJob
    name: str = ""


@dataclass(frozen=True)
class Unreadable:
    """Something that cannot be offered: where it stood, and why, with the fix; the field if one is to blame."""

    where: str
    cause: str
    field: str | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.field, self.cause) if part)


Place = Path | str | Unreadable
"""A file; an address or `STDIN`; or what is neither."""


def is_address(argument: str) -> bool:
    """Whether it is a URL, not the name of a file."""
    return _ADDRESS.match(argument) is not None


def walk(argument: str) -> Iterator[Place]:
    """Where the articles of an argument stand: of a folder its files, sorted, deep, without hidden ones."""
    path = Path(argument)
    if not argument:
        # An unset variable of a shell must not mean the whole folder one is in.
        yield Unreadable("an argument", "it is empty: give a file, a folder or a URL")
    elif argument == STDIN or is_address(argument):
        yield argument
    elif not path.is_dir():
        yield path
    else:
        found = list(_files(path))
        yield from found or [Unreadable(argument, "there are no files in this folder")]


def read(place: Place, stdin: BinaryIO, content_bytes: int) -> Iterator[Given | Unreadable]:
    """What stands at one place; content has at most `content_bytes`."""
    if isinstance(place, Unreadable):
        yield place
    elif isinstance(place, Path):
        yield read_file(place, content_bytes)
    elif place == STDIN:
        yield from read_lines(stdin, content_bytes)
    else:
        yield Given(place, ArticleJob(url=place))


def read_file(path: Path, content_bytes: int) -> Given | Unreadable:
    """The article in a file."""
    where, suffix = str(path), path.suffix.lower()
    if suffix in _LINES:
        return Unreadable(where, f"it holds lines of JSON: give them on stdin, as `wireroom submit - < {path.name}`")
    try:
        with path.open("rb") as file:
            content = file.read(content_bytes + 1)
    except OSError as error:
        return Unreadable(where, _why(error))
    if len(content) > content_bytes:
        return Unreadable(where, f"it has more than the {content_bytes:,} bytes that an article may have")
    if not content.strip():
        return Unreadable(where, "the file is empty")
    try:
        charset.decode(FetchedPage(body=content[:_SAMPLE]))
    except Unusable as unusable:
        return Unreadable(where, f"{unusable}; submit the article as HTML or plain text")
    return Given(where, _file_job(suffix, content), path.name)


def read_lines(stdin: BinaryIO, content_bytes: int) -> Iterator[Given | Unreadable]:
    """An article for each line: an ArticleJob as JSON, or a URL. Empty lines are passed over."""
    # JSON's escapes make content longer, at worst six times: \u0041.
    longest = content_bytes * 6 + 1_000_000
    for number, line in enumerate(_lines(stdin, longest), 1):
        where, text = f"line {number}", line.removeprefix(b"\xef\xbb\xbf").strip()
        if len(line) > longest:
            yield Unreadable(where, f"it has more than {longest:,} bytes")
        elif text:
            yield _read_line(where, text)


def _lines(stdin: BinaryIO, longest: int) -> Iterator[bytes]:
    """The lines, each of at most `longest` + 1 bytes: what is beyond is read and dropped."""
    while line := stdin.readline(longest + 1):
        rest = line
        while len(rest) > longest and not rest.endswith(b"\n"):
            rest = stdin.readline(longest + 1)
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


def _file_job(suffix: str, content: bytes) -> ArticleJob:
    field, media_type = _FIELDS.get(suffix, ("body", None))
    try:
        text = content.decode()
    except UnicodeDecodeError:
        # Its charset is for parse to find.
        return ArticleJob(body=content, content_type=media_type)
    match field:
        case "html":
            return ArticleJob(html=text)
        case "text":
            return ArticleJob(text=text)
    return ArticleJob(body=content)


def _files(folder: Path) -> Iterator[Path | Unreadable]:
    troubles: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=troubles.append):
        here = Path(name)
        links = {one for one in folders if (here / one).is_symlink()}
        folders[:] = sorted(one for one in folders if one not in links and not one.startswith("."))
        for one in sorted(links.union(files)):
            if not one.startswith("."):
                yield _file(here / one)
    for trouble in troubles:
        yield Unreadable(str(trouble.filename), _why(trouble))


def _file(path: Path) -> Path | Unreadable:
    """The path, unless it is no file: a pipe in a folder would keep everybody waiting."""
    if path.is_file():
        return path
    what = "a link to a folder: name that folder itself" if path.is_dir() else "not a file"
    return Unreadable(str(path), f"this is {what}")


def _why(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file; an address begins with http:// or https://"
    return f"it cannot be read: {error.strerror or error}"
