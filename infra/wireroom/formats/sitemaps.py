"""Sitemaps, sitemap indexes and news sitemaps in XML, and sitemaps that are lists of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO

from lxml import etree

from wireroom.errors import Unusable
from wireroom.formats.dates import iso
from wireroom.formats.links import absolute
from wireroom.formats.listing import MAX_ENTRIES, Entry, Found, Kind, Listing, Problems
from wireroom.formats.texts import LONGEST_NAME, LONGEST_TITLE, names, plain

ROOTS = frozenset({"urlset", "sitemapindex"})
"""Root elements of sitemaps."""

# Addresses are full of ampersands that nobody escaped; as they stand, an XML parser drops the names after them.
_BARE = re.compile(
    r"<!\[CDATA\[.*?(?:\]\]>|\Z)|&(?!#[0-9]{1,7};|#x[0-9a-f]{1,6};|(?:amp|lt|gt|quot|apos);)", re.DOTALL | re.IGNORECASE
)
_LINE = re.compile(r"https?://\S+", re.IGNORECASE)
_TOLERATED = 0.1
"""Share of the lines of a list of addresses that may be something else."""

Fields = dict[str, str]


def read_sitemap(text: str, root: str, url: str, problems: Problems) -> Listing:
    """The sitemap or index with this root element; raises `Unusable` where nothing of it can be read."""
    if root == "sitemapindex":
        found = [_found(fields, url, problems) for fields in _elements(text, "sitemap", problems)]
        sitemaps = [one for one in found if one]
        return Listing(kind="sitemap_index", sitemaps=sitemaps, problems=problems.sentences())
    kind: Kind = "sitemap"
    entries = []
    for fields in _elements(text, "url", problems):
        entries.append(_entry(fields, url, problems))
        kind = "news_sitemap" if "news" in fields else kind
    return Listing(kind=kind, entries=entries, problems=problems.sentences())


def read_list(text: str, url: str, problems: Problems) -> Listing | None:
    """A sitemap that is plain text, with an address a line; None if it is not."""
    lines = [line for line in text.splitlines() if line.strip()]
    addresses = [line.strip() for line in lines if _LINE.fullmatch(line.strip())]
    if len(addresses) < (1 - _TOLERATED) * len(lines):
        return None
    for _ in range(len(lines) - len(addresses)):
        problems.note("a line is no address")
    if len(addresses) > MAX_ENTRIES:
        problems.note(f"only its first {MAX_ENTRIES:,} entries were read")
    entries = [_entry({"loc": address}, url, problems) for address in addresses[:MAX_ENTRIES]]
    return Listing(kind="sitemap", entries=entries, problems=problems.sentences())


def _entry(fields: Fields, base: str, problems: Problems) -> Entry:
    address = absolute(base, fields.get("loc"))
    if address is None:
        problems.note("an entry has no address that can be fetched")
    return Entry(
        url=address,
        title=plain(fields.get("title"), LONGEST_TITLE),
        published=iso(fields.get("publication_date")),
        updated=iso(fields.get("lastmod")),
        categories=names(fields.get("keywords", "").split(",")),
        language=plain(fields.get("language"), LONGEST_NAME),
    )


def _found(fields: Fields, base: str, problems: Problems) -> Found | None:
    address = absolute(base, fields.get("loc"))
    if address is None:
        problems.note("a sitemap of the index has no address that can be fetched")
        return None
    return Found(url=address, updated=iso(fields.get("lastmod")))


def _elements(text: str, name: str, problems: Problems) -> Iterator[Fields]:
    """The texts within each element of this name, by their own local names."""
    data = _BARE.sub(_escaped, text).encode("utf-8", "replace")
    reading = etree.iterparse(
        BytesIO(data), events=("end",), tag=(f"{{*}}{name}", name), recover=True, encoding="utf-8",
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    number, broken = 0, ""
    try:
        for number, (_, element) in enumerate(reading, 1):
            if number > MAX_ENTRIES:
                problems.note(f"only its first {MAX_ENTRIES:,} entries were read")
                return
            yield _fields(element)
            _forget(element)
    except etree.XMLSyntaxError as error:
        broken = error.msg
    broken = broken or next((trouble.message for trouble in reading.error_log), "")
    if broken and not number:
        raise Unusable("broken", f"its XML is broken, and nothing of it can be read: {broken}")
    if broken:
        problems.note(f"its XML is broken, and was read as far as it goes: {broken}")


def _forget(element: etree._Element) -> None:
    """Give back what the element and those before it hold."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _fields(element: etree._Element) -> Fields:
    fields: Fields = {}
    for child in element.iter():
        name = _local(child)
        if name == "news" or (child.text and child.text.strip() and _is_own(child, name)):
            fields.setdefault(name, (child.text or "").strip())
    # Some write the address without an element of its own.
    fields.setdefault("loc", (element.text or "").strip())
    return fields


def _is_own(child: etree._Element, name: str) -> bool:
    """Whether it tells of the page; an image and a video have an address and a title, too."""
    parent = child.getparent()
    return parent is None or _local(parent) in {"url", "sitemap", "news", "publication"}


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _escaped(match: re.Match[str]) -> str:
    return "&amp;" if match[0] == "&" else match[0]
