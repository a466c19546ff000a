"""What the systems work on: text articles, and real news pages where they are at hand."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from newsroom.line import story
from newsroom.pages import page
from wireroom.contracts import ArticleJob

Kind = Literal["text", "page"]
PAGES = Path(__file__).parents[2] / "shared" / "data" / "extract" / "pages.tar.gz"
"""Real pages, which are not part of the repository: `index.jsonl` names them, the bytes are beside it."""


def articles(kind: Kind, start: int, stop: int) -> list[ArticleJob]:
    """The articles of these numbers, as a producer offers them; all different."""
    if kind == "text":
        return [ArticleJob(text=story(number)) for number in range(start, stop)]
    return [_page(number) for number in range(start, stop)]


def described(kind: Kind) -> str:
    """Where the articles come from, and how large they are."""
    if kind == "text":
        return f"made text articles of {len(story(0)):,} bytes"
    if not (found := pages()):
        return f"MADE pages of {len(page(0)):,} bytes, for there are no real ones in {PAGES}"
    mean = sum(len(body) for _, body in found) // len(found)
    return f"{len(found)} real pages of {mean:,} bytes on average, under as many addresses as needed"


@cache
def pages() -> list[tuple[str, bytes]]:
    """URL and bytes of every real page; none where they are absent."""
    return list(dict(_unpacked()).items()) if PAGES.exists() else []


def _unpacked() -> Iterator[tuple[str, bytes]]:
    # As a stream: going back in it would decompress it anew for each page.
    with tarfile.open(PAGES, "r|gz") as archive:
        files = {one.name: file.read() for one in archive if (file := archive.extractfile(one))}
    for row in map(json.loads, files["index.jsonl"].splitlines()):
        yield row["url"], gzip.decompress(files[row["html"]])


def _page(number: int) -> ArticleJob:
    found = pages()
    if not found:
        return ArticleJob(url=f"https://made.example/{number}", html=page(number))
    turn, place = divmod(number, len(found))
    url, body = found[place]
    # Under an address of another site, so that the page's canonical link does not make it the same article.
    return ArticleJob(url=f"https://turn{turn}.example/{place}" if turn else url, body=body, content_type="text/html")
