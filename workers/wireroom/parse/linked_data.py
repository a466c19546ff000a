"""What a page's JSON-LD claims (schema.org)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Author, Kind
from wireroom.parse.byline import author as author_of
from wireroom.parse.byline import authors_of
from wireroom.parse.claims import Claims
from wireroom.parse.wording import tidy

Thing = Mapping[str, Any]
_ARTICLE = re.compile(r"(?:\w*Article|\w*BlogPosting|\w*Report|Review|LiveBlogPosting)")
_LIST = re.compile(r"CollectionPage|ItemList|SearchResultsPage|ProfilePage|CategoryPage")
_KINDS: dict[str, Kind] = {"LiveBlogPosting": "live_blog", "VideoObject": "video", "ImageGallery": "gallery"}
_ORGANISATION = re.compile(r"\w*Organization|Corporation|\w*Company")
_DEEPEST = 8


def linked_claims(tree: LexborHTMLParser, title: str) -> Claims:
    """The claims of the article in the page's JSON-LD: of several, the one with this title, else the first."""
    things = [thing for data in _documents(tree) for thing in _things(data, _DEEPEST)]
    articles = [
        thing for thing in things if _is_a(thing, _ARTICLE) and _text(thing.get("headline") or thing.get("name"))
    ]
    if not articles:
        return Claims("json-ld", is_list=any(_is_a(thing, _LIST) for thing in things), kind=_kind(things))
    same = [thing for thing in articles if _text(thing.get("headline")) == title]
    by_id = {key: thing for thing in things if isinstance(key := thing.get("@id"), str) and len(thing) > 1}
    return _claims((same or articles)[0], by_id)


def _claims(article: Thing, by_id: Mapping[str, Thing]) -> Claims:
    return Claims(
        "json-ld",
        is_article=True,
        title=_text(article.get("headline") or article.get("name")),
        subtitle=_text(article.get("alternativeHeadline")),
        authors=tuple(_authors(article.get("author") or article.get("creator"), by_id)),
        published=_text(article.get("datePublished") or article.get("dateCreated")),
        modified=_text(article.get("dateModified")),
        section=_text(article.get("articleSection")),
        tags=tuple(_tags(article.get("keywords"))),
        image=_address(article.get("image") or article.get("thumbnailUrl"), by_id),
        publisher=_name(article.get("publisher"), by_id),
        canonical=_address(article.get("mainEntityOfPage") or article.get("url"), {}),
        language=_text(article.get("inLanguage")),
        kind=_kind([article]),
        body=article["articleBody"] if isinstance(article.get("articleBody"), str) else "",
    )


def _documents(tree: LexborHTMLParser) -> Iterator[Any]:
    for script in tree.css('script[type="application/ld+json"]'):
        text = script.text(deep=True).strip().removeprefix("<!--").removesuffix("-->").rstrip("; \n")
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue


def _things(data: Any, depth: int) -> Iterator[Thing]:
    """Everything with a type in the document, outermost first."""
    if depth == 0:
        return
    if isinstance(data, dict):
        if "@type" in data:
            yield data
        inner = [data.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage", "author", "publisher", "image")]
    else:
        inner = data if isinstance(data, list) else []
    for value in inner:
        yield from _things(value, depth - 1)


def _is_a(thing: Thing, wanted: re.Pattern[str]) -> bool:
    types = thing.get("@type")
    names = types if isinstance(types, list) else [types]
    return any(isinstance(name, str) and wanted.fullmatch(name.rpartition("/")[2]) for name in names)


def _kind(things: Sequence[Thing]) -> Kind | None:
    return next((kind for thing in things for name, kind in _KINDS.items() if _is_a(thing, re.compile(name))), None)


def _text(value: Any) -> str:
    """The text of a value that is a string, a list that begins with one, or a thing with a name."""
    if isinstance(value, list):
        return _text(value[0]) if value else ""
    if isinstance(value, dict):
        return _text(value.get("@value") or value.get("name") or value.get("alternateName"))
    # Many publishers escape for HTML what is already safe in JSON.
    return tidy(unescape(value)) if isinstance(value, str) else ""


def _name(value: Any, by_id: Mapping[str, Thing]) -> str:
    return _text(_meant(value[0] if isinstance(value, list) and value else value, by_id))


def _meant(value: Any, by_id: Mapping[str, Thing]) -> Any:
    """What a bare reference (`{"@id": ...}`) refers to; else the value itself."""
    key = value.get("@id") if isinstance(value, dict) and "name" not in value and "url" not in value else None
    return by_id.get(key, value) if isinstance(key, str) else value


def _authors(value: Any, by_id: Mapping[str, Thing]) -> Iterator[Author]:
    for one in value if isinstance(value, list) else [value]:
        thing = _meant(one, by_id)
        if isinstance(thing, dict) and _is_a(thing, _ORGANISATION):
            if name := _text(thing):
                yield Author(name=name, kind="organisation")
        elif isinstance(thing, dict) and isinstance(thing.get("name"), list):
            yield from (author_of(name) for name in map(_text, thing["name"]) if name)
        else:
            yield from authors_of(_text(thing))


def _tags(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else _text(value).split(","):
        if tag := _text(one):
            yield tag


def _address(value: Any, by_id: Mapping[str, Thing]) -> str:
    """The address of an image or a page: itself, or its `url` or `@id`."""
    one = value[0] if isinstance(value, list) and value else value
    thing = _meant(one, by_id)
    if isinstance(thing, dict):
        return _text(thing.get("url") or thing.get("contentUrl") or thing.get("@id"))
    return tidy(thing) if isinstance(thing, str) else ""
