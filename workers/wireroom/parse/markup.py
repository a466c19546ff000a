"""What a page marks up for machines, gathered in one walk over its tree."""

from __future__ import annotations

from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.parse.elements import attribute, text_of

_ARTICLES = '[itemtype*="Article"], [itemtype*="BlogPosting"]'
_MARKED = (
    "html, base[href], meta, link[rel*=canonical i], link[rel*=image_src], title, h1, "
    f'script[type*="ld+json"], [itemprop], {_ARTICLES}'
)
_LONGEST_HEADING = 500
_LONGEST_RELATION = 200
_LEAST_SCOPED = 2
Metas = dict[str, list[str]]


class Markup(NamedTuple):
    """The parts of a page that say what it is about."""

    metas: Metas
    """Name or property of each meta element, in lower case, and its values in order, as they stand."""
    links: dict[str, str]
    """Relation of each link element, and where the first of its kind goes."""
    title: str
    base: str
    language: str
    headings: list[LexborNode]
    """The headings of the first order, in the page's order."""
    documents: list[str]
    """JSON-LD, as it stands."""
    properties: list[LexborNode]
    """Elements with an `itemprop`: those of the first article so marked, else all."""


def read_markup(tree: LexborHTMLParser) -> Markup:
    """Everything on the page that is marked for machines, and its headings."""
    found = Markup({}, {}, "", "", "", [], [], [])
    scope: LexborNode | None = None
    for node in tree.css(_MARKED):
        attributes = node.attributes
        if attributes.get("itemprop"):
            found.properties.append(node)
        if node.tag == "meta":
            _take_meta(found.metas, attributes)
            continue
        found = _take(found, node)
        if scope is None and _is_article(attributes.get("itemtype") or ""):
            scope = node
    scoped = scope.css("[itemprop]") if scope is not None else []
    return found._replace(properties=scoped) if len(scoped) >= _LEAST_SCOPED else found


def _is_article(itemtype: str) -> bool:
    return "Article" in itemtype or "BlogPosting" in itemtype


def _take_meta(metas: Metas, attributes: dict[str, str | None]) -> None:
    content, name = attributes.get("content"), attributes.get("property") or attributes.get("name")
    if content and name:
        metas.setdefault(name.strip().lower(), []).append(content)


def _take(found: Markup, node: LexborNode) -> Markup:
    tag = node.tag
    if tag == "link":
        for relation in (node.attributes.get("rel") or "")[:_LONGEST_RELATION].lower().split():
            found.links.setdefault(relation, attribute(node, "href"))
    elif tag == "h1":
        found.headings.append(node)
    elif tag == "script":
        found.documents.append(node.text(deep=True))
    elif tag == "title" and not found.title and (node.parent is None or node.parent.tag != "svg"):
        return found._replace(title=text_of(node)[:_LONGEST_HEADING])
    elif tag == "base" and not found.base:
        return found._replace(base=attribute(node, "href"))
    elif tag == "html":
        return found._replace(language=attribute(node, "lang"))
    return found
