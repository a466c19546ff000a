"""What a page's JSON-LD claims (schema.org)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from html import unescape
from itertools import islice
from typing import Any

from wireroom.contracts import Author, Kind
from wireroom.parse.byline import author as author_of
from wireroom.parse.byline import authors_of
from wireroom.parse.claims import Claims
from wireroom.parse.linked_documents import Thing, read_documents, things_in, types_of
from wireroom.parse.wording import tidy

_ARTICLES = ("Article", "BlogPosting", "Report", "LiveBlogPosting")
_LISTS = frozenset({"CollectionPage", "ItemList", "SearchResultsPage", "ProfilePage", "CategoryPage"})
_PAGES = frozenset({"WebPage", "ItemPage", "VideoObject", "MediaObject", "CreativeWork", "Recipe", "PodcastEpisode"})
_KINDS: dict[str, Kind] = {
    "LiveBlogPosting": "live_blog", "VideoObject": "video", "ImageGallery": "gallery", "MediaGallery": "gallery",
}  # fmt: skip
_MOST_THINGS, _MOST_AUTHORS = 10_000, 100
_LONGEST, _LONGEST_LIST = 20_000, 200_000
_ORGANISATIONS = ("Organization", "Corporation", "Company")
_YES_AND_NO = {"true": True, "1": True, "false": False, "0": False}


def linked_claims(documents: Sequence[str], titles: Collection[str]) -> Claims:
    """The claims of the article in the page's JSON-LD: of several, the one with one of these titles, else the first."""
    things = [*islice((thing for data in read_documents(documents) for thing in things_in(data)), _MOST_THINGS)]
    by_id = {key: thing for thing in things if isinstance(key := thing.get("@id"), str) and len(thing) > 1}
    articles = [thing for thing in things if _is_article(thing)]
    if articles:
        same = (thing for thing in articles if _text(thing.get("headline")) in titles)
        return _claims(next(same, articles[0]), by_id)
    page: Thing = next((one for one in things if types_of(one) & _PAGES and one.get("datePublished")), {})
    return Claims(
        "json-ld",
        is_list=any(types_of(thing) & _LISTS for thing in things),
        authors=tuple(_authors(page.get("author"), by_id)),
        published=_text(page.get("datePublished")),
        modified=_text(page.get("dateModified")),
        kind=next((kind for thing in things if (kind := _kind(thing))), None),
        paywalled=_paywalled(page),
    )


def _is_article(thing: Thing) -> bool:
    named = any(name.endswith(_ARTICLES) or name == "Review" for name in types_of(thing))
    return named and bool(_text(thing.get("headline") or thing.get("name")))


def _claims(article: Thing, by_id: Mapping[str, Thing]) -> Claims:
    return Claims(
        "json-ld",
        is_article=True,
        title=_text(article.get("headline") or article.get("name")),
        subtitle=_text(article.get("alternativeHeadline")),
        description=_text(article.get("description")),
        authors=tuple(_authors(article.get("author"), by_id)) or tuple(_authors(article.get("creator"), by_id)),
        published=_text(article.get("datePublished") or article.get("dateCreated")),
        modified=_text(article.get("dateModified")),
        section=_text(article.get("articleSection")),
        tags=tuple(_tags(article.get("keywords"))),
        image=_address(article.get("image") or article.get("thumbnailUrl"), by_id),
        publisher=_name(article.get("publisher"), by_id),
        canonical=_address(article.get("mainEntityOfPage") or article.get("url"), {}),
        language=_text(article.get("inLanguage")),
        kind=_kind(article),
        paywalled=_paywalled(article),
        body=article["articleBody"] if isinstance(article.get("articleBody"), str) else "",
    )


def _kind(thing: Thing) -> Kind | None:
    return next((_KINDS[name] for name in types_of(thing) if name in _KINDS), None)


def _paywalled(article: Thing) -> bool | None:
    """Whether the article, or a part of it, is not free to read."""
    parts = article.get("hasPart")
    things = [article, *(parts if isinstance(parts, list) else [parts])]
    said = [str(thing["isAccessibleForFree"]) for thing in things if _says_free(thing)]
    free = [known for word in said if (known := _YES_AND_NO.get(word.strip().lower().rpartition("/")[2])) is not None]
    return not all(free) if free else None


def _says_free(thing: Any) -> bool:
    return isinstance(thing, dict) and isinstance(thing.get("isAccessibleForFree"), str | int)


def _text(value: Any, longest: int = _LONGEST) -> str:
    """The text of a value that is a string, a list that begins with one, or a thing with a name."""
    # No recursion: JSON may be nested as deep as the stack allows.
    while isinstance(value, list | dict):
        if isinstance(value, list):
            value = value[0] if value else ""
        else:
            value = value.get("@value") or value.get("name") or value.get("alternateName")
    # Many publishers escape for HTML what is already safe in JSON.
    return tidy(unescape(value[:longest])) if isinstance(value, str) else ""


def _name(value: Any, by_id: Mapping[str, Thing]) -> str:
    return _text(_meant(value[0] if isinstance(value, list) and value else value, by_id))


def _meant(value: Any, by_id: Mapping[str, Thing]) -> Any:
    """What a bare reference (`{"@id": ...}`) refers to; else the value itself."""
    key = value.get("@id") if isinstance(value, dict) and "name" not in value and "url" not in value else None
    return by_id.get(key, value) if isinstance(key, str) else value


def _authors(value: Any, by_id: Mapping[str, Thing]) -> Iterator[Author]:
    for one in value[:_MOST_AUTHORS] if isinstance(value, list) else [value]:
        thing = _meant(one, by_id)
        if isinstance(thing, dict) and any(name.endswith(_ORGANISATIONS) for name in types_of(thing)):
            if name := _text(thing):
                yield Author(name=name, kind="organisation")
        elif isinstance(thing, dict) and isinstance(thing.get("name"), list):
            yield from (author_of(name) for name in map(_text, thing["name"][:_MOST_AUTHORS]) if name)
        else:
            yield from authors_of(_text(thing))


def _tags(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else _text(value, _LONGEST_LIST).split(","):
        if tag := _text(one):
            yield tag


def _address(value: Any, by_id: Mapping[str, Thing]) -> str:
    """The address of an image or a page: itself, or its `url` or `@id`."""
    one = value[0] if isinstance(value, list) and value else value
    thing = _meant(one, by_id)
    if isinstance(thing, dict):
        return _text(thing.get("url") or thing.get("contentUrl") or thing.get("@id"))
    return tidy(thing) if isinstance(thing, str) else ""
