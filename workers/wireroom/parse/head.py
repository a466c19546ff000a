"""What a page claims in its head: OpenGraph, other meta elements, the canonical link; and by its URL."""

from __future__ import annotations

import re
from html import unescape

from wireroom.contracts import Author, Kind
from wireroom.parse.byline import authors_of
from wireroom.parse.claims import Claims
from wireroom.parse.markup import Markup, Metas
from wireroom.parse.wording import tidy

_URL_DATE = re.compile(
    r"[/_-]((?:19|20)\d\d)([/_-]?)(0?[1-9]|1[0-2]|[a-z]{3,9})\2(0?[1-9]|[12]\d|3[01])(?=[/_.-]|[^\W\d]|$)",
    re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NOT_A_NAME = re.compile(r"https?:|[@/]|^(?:admin|administrator|editor|unknown|anonymous|null|none)$", re.IGNORECASE)
_KINDS: dict[str, Kind] = {
    "live": "live_blog", "liveblog": "live_blog", "live-blog": "live_blog", "liveticker": "live_blog",
    "video": "video", "videos": "video", "watch": "video", "mediathek": "video",
    "gallery": "gallery", "galleries": "gallery", "photos": "gallery", "photo-gallery": "gallery",
    "pictures": "gallery",
    "fotostrecke": "gallery", "bildergalerie": "gallery", "diaporama": "gallery", "fotogallery": "gallery",
}  # fmt: skip
_DESCRIPTIONS = frozenset({"og:description", "description"})
_MOST_AUTHORS, _LONGEST = 100, 200_000
_TIERS = {"free": False, "locked": True, "metered": True}


def opengraph_claims(metas: Metas) -> Claims:
    """The claims of `og:` and `article:`."""
    kind = _first(metas, "og:type").lower()
    video: Kind | None = "video" if kind.startswith("video") else None
    return Claims(
        "opengraph",
        is_article=kind in {"article", "news", "newsarticle"} or bool(_first(metas, "article:published_time")),
        is_list=kind == "profile",
        title=_first(metas, "og:title"),
        description=_first(metas, "og:description"),
        authors=_authors(metas, "article:author", "og:article:author"),
        published=_first(
            metas, "article:published_time", "article:published", "og:article:published_time", "og:published_time",
            "article:published:time",
        ),
        modified=_first(
            metas, "article:modified_time", "og:updated_time", "og:article:modified_time", "article:modified:time"
        ),
        section=_first(metas, "article:section", "og:article:section"),
        tags=tuple(map(_plain, metas.get("article:tag", ()))),
        image=_first(metas, "og:image", "og:image:url", "og:image:secure_url"),
        publisher=_first(metas, "og:site_name"),
        canonical=_first(metas, "og:url"),
        language=_first(metas, "og:locale").replace("_", "-"),
        kind=video,
        paywalled=_TIERS.get(_first(metas, "article:content_tier").lower()),
    )  # fmt: skip


def meta_claims(markup: Markup) -> Claims:
    """The claims of other meta elements, the canonical link and the document's language."""
    metas = markup.metas
    keywords = _first(metas, "news_keywords", "keywords")
    return Claims(
        "meta",
        title=_first(metas, "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "twitter:title"),
        description=_first(metas, "description", "twitter:description"),
        authors=_authors(
            metas, "author", "authors", "article_author", "byl", "byline", "dc.creator", "dcterms.creator",
            "parsely-author", "sailthru.author", "cxenseparse:author", "cse_author", "article.author",
        ),
        published=_first(
            metas, "date", "datepublished", "pubdate", "publishdate", "publish-date", "publish_date", "published_at",
            "dc.date.issued", "dc.date.created", "dcterms.created", "dcterms.date", "dc.date", "parsely-pub-date",
            "sailthru.date", "article.published", "cxenseparse:recs:publishtime", "article_date_original",
            "originalpublicationdate", "article:post_date", "creation_date", "citation_publication_date",
        ),
        modified=_first(metas, "datemodified", "last-modified", "lastmod", "dcterms.modified", "article.updated"),
        section=_first(metas, "section", "parsely-section", "cxenseparse:section"),
        tags=tuple(tag.strip() for tag in keywords.split(",") if tag.strip()),
        image=_first(metas, "twitter:image", "twitter:image:src", "thumbnail") or markup.links.get("image_src", ""),
        publisher=_first(metas, "application-name", "dc.publisher", "publisher", "copyright"),
        canonical=markup.links.get("canonical", ""),
        language=markup.language or _first(metas, "dc.language", "content-language"),
    )  # fmt: skip


def first_description(metas: Metas) -> str:
    """What the head tells of the story, in the words that stand first."""
    return next((_plain(values[0]) for name, values in metas.items() if name in _DESCRIPTIONS), "")


def url_claims(url: str | None) -> Claims:
    """What the URL tells: the day, as in `/2025/05/07/`, `/2025/may/07/` or `-20250507.html`, and the kind."""
    kind = next((_KINDS[part] for part in (url or "").lower().split("/")[3:-1] if part in _KINDS), None)
    for match in _URL_DATE.finditer(url or ""):
        year, mark, month, day = match.groups()
        number = (
            int(month)
            if month.isdecimal()
            else _MONTHS.index(month[:3].lower()) + 1
            if month[:3].lower() in _MONTHS
            else 0
        )
        if number and (mark or len(month) == len(day) == 2):
            return Claims("url", published=f"{year}-{number:02}-{int(day):02}", kind=kind)
    return Claims("url", kind=kind)


def _first(metas: Metas, *names: str) -> str:
    return next((text for name in names if (values := metas.get(name)) and (text := _plain(values[0]))), "")


def _plain(value: str) -> str:
    """The value tidied, and unescaped once more, for many publishers escape twice."""
    value = value[:_LONGEST]
    return tidy(unescape(value) if "&" in value else value)


def _authors(metas: Metas, *names: str) -> tuple[Author, ...]:
    for name in names:
        said = map(_plain, metas.get(name, [])[:_MOST_AUTHORS])
        values = [value for value in said if not _NOT_A_NAME.search(value)]
        if found := tuple(dict.fromkeys(one for value in values for one in authors_of(value))):
            return found
    return ()
