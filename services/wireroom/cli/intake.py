"""Reading what is given to `submit` and `try`: addresses, files, folders, lines on stdin."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from wireroom import charset
from wireroom.cli.given import Given, Unreadable, is_address
from wireroom.cli.lists import is_list, read_lines, read_list
from wireroom.contracts import ArticleJob, FetchedPage
from wireroom.errors import Unusable

STDIN = "-"
_FIELDS = {".html": ("html", "text/html"), ".htm": ("html", "text/html"), ".txt": ("text", "text/plain")}
"""Suffix of a file -> the field for its content, and its media type where the charset has to be looked at."""
_SAMPLE = 65_536


Place = Path | str | Unreadable
"""A file; an address or `STDIN`; or what is neither."""


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
        yield from _read_path(place, content_bytes)
    elif place == STDIN:
        yield from read_lines(stdin, content_bytes)
    else:
        yield Given(place, ArticleJob(url=place))


def read_file(path: Path, content_bytes: int) -> Given | Unreadable:
    """The article in a file."""
    where, suffix = str(path), path.suffix.lower()
    if suffix == ".opml":
        return Unreadable(where, "it is a list of feeds: give it to `wireroom sources import`")
    try:
        with path.open("rb") as file:
            content = file.read(content_bytes + 1)
    except OSError as error:
        return Unreadable(where, _why(error))
    if is_list(path, content[:_SAMPLE]):
        return Unreadable(where, "it holds a list of articles, not one: give it to `wireroom submit`")
    if len(content) > content_bytes:
        return Unreadable(where, f"it has more than the {content_bytes:,} bytes that an article may have")
    if not content.strip():
        return Unreadable(where, "the file is empty")
    try:
        charset.decode(FetchedPage(body=content[:_SAMPLE]))
    except Unusable as unusable:
        return Unreadable(where, f"{unusable}; submit the article as HTML or plain text")
    return Given(where, _file_job(suffix, content), path.name)


def _read_path(path: Path, content_bytes: int) -> Iterator[Given | Unreadable]:
    """The article in a file, or those that it lists."""
    try:
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
        if is_list(path, head):
            yield from read_list(path, content_bytes)
            return
    except OSError as error:
        yield Unreadable(str(path), _why(error))
        return
    yield read_file(path, content_bytes)


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
