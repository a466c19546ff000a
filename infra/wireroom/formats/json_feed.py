"""JSON Feed, versions 1 and 1.1, read leniently: publishers give numbers for strings, and null for nothing."""

from __future__ import annotations

from typing import Any

import msgspec

from wireroom.errors import Unusable
from wireroom.formats.dates import iso
from wireroom.formats.links import absolute
from wireroom.formats.listing import MAX_ENTRIES, Entry, Listing, Problems
from wireroom.formats.texts import LONGEST_NAME, LONGEST_SUMMARY, LONGEST_TITLE, names, plain

_VERSION = "jsonfeed.org/version/"


def read_json_feed(text: str, url: str, problems: Problems) -> Listing:
    """The JSON Feed; raises `Unusable` for other JSON, and for what is none."""
    feed = _decoded(text)
    if not isinstance(feed, dict) or _VERSION not in str(feed.get("version")):
        raise Unusable("not_a_source", "it is JSON, but no JSON Feed: its version does not say so")
    items = [item for item in _list(feed.get("items")) if isinstance(item, dict)]
    if len(items) > MAX_ENTRIES:
        problems.note(f"only its first {MAX_ENTRIES:,} entries were read")
    language = plain(feed.get("language"), LONGEST_NAME)
    return Listing(
        kind="json_feed",
        title=plain(feed.get("title"), LONGEST_TITLE),
        home=absolute(url, feed.get("home_page_url")),
        language=language,
        entries=[_entry(item, url, problems) for item in items[:MAX_ENTRIES]],
        next=absolute(url, feed.get("next_url")),
        problems=problems.sentences(),
    )


def _decoded(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unusable("broken", f"it is broken JSON: {error}") from error


def _entry(item: dict[str, Any], base: str, problems: Problems) -> Entry:
    id_ = str(item["id"]) if isinstance(item.get("id"), (str, int, float)) else ""
    address = absolute(base, item.get("url")) or absolute(base, item.get("external_url"))
    address = address or (absolute(base, id_) if id_.startswith(("http://", "https://")) else None)
    if address is None:
        problems.note("an entry has no address that can be fetched")
    markup = item.get("content_html")
    return Entry(
        url=address,
        id=plain(id_, LONGEST_TITLE),
        title=plain(item.get("title"), LONGEST_TITLE),
        authors=names(one.get("name") for one in _authors(item)),
        published=iso(_string(item.get("date_published"))),
        updated=iso(_string(item.get("date_modified"))),
        summary=plain(item.get("summary") or item.get("content_text"), LONGEST_SUMMARY)
        or plain(markup, LONGEST_SUMMARY, markup=True),
        categories=names(_list(item.get("tags"))),
        language=plain(item.get("language"), LONGEST_NAME),
    )


def _authors(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Those of version 1.1, else the one of version 1."""
    return [one for one in _list(item.get("authors")) or [item.get("author")] if isinstance(one, dict)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _string(value: object) -> str | None:
    return value if isinstance(value, str) else None
