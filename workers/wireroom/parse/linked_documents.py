"""JSON-LD as publishers really write it: read where it is JSON, mended where it nearly is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

Thing = Mapping[str, Any]
_WRAPPED = re.compile(r"<!--|-->|(?://\s*|/\*\s*)?(?:<!\[CDATA\[|\]\]>)(?:\s*\*/)?")
_LAST_COMMA = re.compile(r",\s*(?=[}\]])")
_PAIR = re.compile(r'"(@type|headline|datePublished|dateModified)"\s*:\s*"((?:[^"\\\n]|\\.){1,400})"')
_INSIDE = (
    "@graph", "mainEntity", "mainEntityOfPage", "author", "creator", "publisher", "image", "itemReviewed", "review",
    "video", "subjectOf",
)  # fmt: skip
_DEEPEST = 8


def read_documents(documents: Sequence[str]) -> Iterator[Any]:
    """What the documents say; of one that is no JSON at all, the pairs that name the article and its times."""
    for document in documents:
        try:
            yield msgspec.json.decode(document)
        except (ValueError, RecursionError):
            yield _mended(_WRAPPED.sub("", document).strip("; \n\t"))


def things_in(data: Any, depth: int = _DEEPEST) -> Iterator[Thing]:
    """Everything with a type in a document, outermost first."""
    if depth == 0:
        return
    if isinstance(data, dict):
        if "@type" in data:
            yield data
        inner = [data[key] for key in _INSIDE if key in data]
    else:
        inner = data if isinstance(data, list) else []
    for value in inner:
        yield from things_in(value, depth - 1)


def types_of(thing: Thing) -> set[str]:
    """The names of a thing's types, without the address before them."""
    types = thing.get("@type")
    names = types if isinstance(types, list) else [types]
    return {name.rpartition("/")[2].strip() for name in names if isinstance(name, str)}


def _mended(text: str) -> Any:
    """The document with stray control characters and last commas forgiven; else what its pairs say."""
    try:
        return json.loads(_LAST_COMMA.sub("", text), strict=False)
    except (ValueError, RecursionError):
        pairs = list(_PAIR.finditer(text))
    article = next((at for at, pair in enumerate(pairs) if pair[1] == "@type" and pair[2].endswith("Article")), None)
    found: dict[str, str] = {}
    for pair in pairs[article:] if article is not None else ():
        found.setdefault(pair[1], pair[2])
    return found
