"""What one part of a page claims about the article, before any of it is believed."""

from __future__ import annotations

from typing import NamedTuple

from wireroom.contracts import Author, Kind


class Claims(NamedTuple):
    """Raw values of one origin; what is empty was not claimed."""

    origin: str
    is_article: bool = False
    is_list: bool = False
    title: str = ""
    subtitle: str = ""
    description: str = ""
    authors: tuple[Author, ...] = ()
    published: str = ""
    modified: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    publisher: str = ""
    canonical: str = ""
    language: str = ""
    kind: Kind | None = None
    paywalled: bool | None = None
    body: str = ""
