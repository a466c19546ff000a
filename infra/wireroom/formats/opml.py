"""OPML: the lists of feeds that readers and newsrooms hand to each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import listparser
from lxml import etree

from wireroom.errors import Unusable
from wireroom.formats.document import text_of
from wireroom.formats.links import absolute
from wireroom.formats.listing import MAX_ENTRIES, Problems
from wireroom.formats.prolog import content, prolog
from wireroom.formats.texts import LONGEST_NAME, names, plain

# It takes bytes without a declaration for Latin-1.
_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>'


class Subscription(NamedTuple):
    """A feed of such a list; where the list has only the address of its site, that one."""

    url: str
    title: str | None = None
    categories: list[str] = []  # noqa: RUF012 - never changed
    """As `News/Asia`: the folders that it is in."""


def read(body: bytes) -> tuple[list[Subscription], list[str]]:
    """The feeds of a list, each once, and what was left out and why; raises `Unusable` for what is no OPML."""
    problems = Problems(MAX_ENTRIES)
    text = text_of(body, "", problems)
    head = prolog(text)
    if head is None or head.root != "opml":
        raise Unusable("not_opml", "it is no OPML list of feeds: its root element is not <opml>")
    found = _parsed(content(text, head, problems))
    for _ in found["lists"]:
        problems.note("it includes another list, which was not read")
    told = [*found["feeds"], *found["opportunities"]]
    if len(told) > MAX_ENTRIES:
        problems.note(f"only its first {MAX_ENTRIES:,} feeds were read")
    subscriptions = [_subscription(one, problems) for one in told[:MAX_ENTRIES]]
    return [one for one in subscriptions if one], problems.sentences()


def write(subscriptions: Iterable[Subscription], title: str = "Wireroom") -> bytes:
    """OPML 2.0 that `read` and every feed reader understand."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = title
    body = etree.SubElement(root, "body")
    for one in subscriptions:
        # Without markup characters or controls, which XML cannot hold.
        name = plain(one.title, LONGEST_NAME) or one.url
        outline = etree.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=one.url)
        if one.categories:
            outline.set("category", ",".join("/" + category.replace(",", " ") for category in one.categories))
    return etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)


def _parsed(text: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = listparser.parse(_DECLARATION + text.encode("utf-8", "replace"))
    except (LookupError, ValueError, etree.LxmlError) as error:
        raise Unusable("broken", f"the list is broken in a way that cannot be read: {error}") from error
    return found


def _subscription(found: dict[str, Any], problems: Problems) -> Subscription | None:
    address = absolute("", found["url"])
    title = plain(found["title"], LONGEST_NAME)
    if address is None:
        problems.note(f"the feed {title!r} has no address that can be fetched")
        return None
    categories = ("/".join(part for part in path if part) for path in found["categories"])
    return Subscription(address, title if title != address else None, names(categories))
