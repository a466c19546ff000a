"""What a page claims in place, by `itemprop`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from selectolax.lexbor import LexborNode

from wireroom.contracts import Author
from wireroom.parse.byline import authors_of
from wireroom.parse.claims import Claims
from wireroom.parse.elements import attribute, text_of

_LONGEST_NAME = 200
_MOST_AUTHORS = 20
_VALUES = ("content", "datetime", "src", "href")


def microdata_claims(properties: Sequence[LexborNode]) -> Claims:
    """The claims of the elements with an `itemprop`: of each name, the first."""
    named: dict[str, list[LexborNode]] = {}
    for node in properties:
        for name in (node.attributes.get("itemprop") or "").split():
            named.setdefault(name, []).append(node)
    if not named:
        return Claims("microdata")
    return Claims(
        "microdata",
        is_article=bool(_value(named, "headline") or named.get("articleBody")),
        title=_value(named, "headline"),
        authors=tuple(dict.fromkeys(_authors(named.get("author", [])[:_MOST_AUTHORS]))),
        published=_value(named, "datePublished") or _value(named, "uploadDate") or _value(named, "dateCreated"),
        modified=_value(named, "dateModified"),
        section=_value(named, "articleSection"),
        image=_value(named, "image"),
        publisher=_name(named["publisher"][0]) if "publisher" in named else "",
        language=_value(named, "inLanguage"),
    )


def _value(named: dict[str, list[LexborNode]], name: str) -> str:
    return next((value for node in named.get(name, ()) if (value := _value_of(node))), "")


def _value_of(node: LexborNode) -> str:
    """A property's value: in an attribute where the element keeps it there, else its text."""
    attributes = node.attributes
    for name in _VALUES:
        if attributes.get(name) and (value := attribute(node, name)):
            return value
    inner = node.css_first("[itemprop~=url]") if "itemscope" in attributes else None
    return _value_of(inner) if inner is not None and inner.mem_id != node.mem_id else text_of(node)


def _authors(nodes: Sequence[LexborNode]) -> Iterator[Author]:
    for node in nodes:
        yield from authors_of(_name(node))


def _name(node: LexborNode) -> str:
    inner = node.css_first("[itemprop~=name]")
    names = (attribute(inner, "content") or text_of(inner), attribute(node, "content") or text_of(node))
    return next((name for name in names if name), "")[:_LONGEST_NAME]
