"""Pages with gold, as a folder holds them: `index.jsonl` and the pages beside it, or an archive of both; `score.py`."""

from __future__ import annotations

import gzip
import json
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from wireroom.errors import WireroomError

_INDEX = "index.jsonl"


@dataclass(frozen=True)
class Page:
    """One page: where its bytes are (gzip), and its row of the index, which has the gold."""

    id: str
    url: str | None
    domain: str
    place: Path
    bodies: list[str]
    """The alternatives of the gold body; none where there is no gold for it."""
    row: dict[str, Any]

    @property
    def held_back(self) -> bool:
        """Whether it is of a site that nobody looks at while the parser is made."""
        return is_held_back(self.domain)

    def read(self) -> bytes:
        """The page as it was captured."""
        return gzip.decompress(self.place.read_bytes())


def is_held_back(domain: str) -> bool:
    """Whether the pages of a site only tell how well what was learned from others carries over: two sites of nine."""
    return int(sha256(domain.encode()).hexdigest(), 16) % 9 < 2


def read_pages(data: Path, directory: Path) -> list[Page]:
    """All pages of a folder, in its order; an archive is unpacked into `directory`. Raises `WireroomError`."""
    index = _index(data, directory)
    try:
        return [_page(json.loads(line), index.parent) for line in index.read_text("utf-8").splitlines()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise WireroomError(f"{index}: a row is no JSON object with id, set, domain, html, gold: {error!r}") from error


def _page(row: dict[str, Any], folder: Path) -> Page:
    bodies = row["gold"].get("body") or []
    return Page(row["id"], row.get("url"), row["domain"], folder / row["html"], list(bodies), row)


def spread(pages: Sequence[Page], number: int | None) -> list[Page]:
    """So many of the pages, evenly over all; all of them without a number."""
    if number is None or number >= len(pages):
        return list(pages)
    return [pages[at * len(pages) // number] for at in range(number)]


def _index(data: Path, directory: Path) -> Path:
    for place in (data / _INDEX, data / "pages" / _INDEX):
        if place.exists():
            return place
    archive = next(iter(sorted(data.glob("*.tar.gz"))), None)
    if archive is None:
        raise WireroomError(f"DATA={data}: there is neither {_INDEX} nor pages/{_INDEX} nor an archive (.tar.gz) of it")
    with tarfile.open(archive) as packed:
        packed.extractall(directory, filter="data")
    if not (directory / _INDEX).exists():
        raise WireroomError(f"{archive} holds no {_INDEX}")
    return directory / _INDEX
