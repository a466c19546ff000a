"""What a page claims in its head (OpenGraph, other meta), in microdata, in sight of readers, and by its URL."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.contracts import Author, Kind
from wireroom.parse.byline import LONGEST, authors_of, is_name, read_byline
from wireroom.parse.claims import Claims
from wireroom.parse.elements import ancestors, attribute, first_text, is_within, label, text_of
from wireroom.parse.wording import tidy

_ELSEWHERE = frozenset({"aside", "nav", "footer"})
_NOT_THE_STORY = re.compile(
    r"related|recommend|sidebar|comment|footer|most-?read|trending|popular|teaser|\bcard|carousel|newsletter|promo",
    re.IGNORECASE,
)
_NAMED = re.compile(r"\b(?:byline|author|authors|author-?name|auteur|autor|signature|writer)\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:date|published|pub-?date|post-?date|timestamp|dateline|byline|time|datetime)\b", re.IGNORECASE
)
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/_-]|$)")
_NOT_A_NAME = re.compile(r"https?:|[@/]|^(?:admin|administrator|editor|unknown|anonymous|null|none)$", re.IGNORECASE)
Metas = dict[str, list[str]]


def metas_of(tree: LexborHTMLParser) -> Metas:
    """The page's meta elements: name or property, in lower case, and its values in order."""
    metas: Metas = {}
    for node in tree.css("meta[content]"):
        name = attribute(node, "property") or attribute(node, "name")
        value = attribute(node, "content")
        if name and value:
            metas.setdefault(name.lower(), []).append(value)
    return metas


def opengraph_claims(metas: Metas) -> Claims:
    """The claims of `og:` and `article:`."""
    kind = _first(metas, "og:type").lower()
    video: Kind | None = "video" if kind.startswith("video") else None
    return Claims(
        "opengraph",
        is_article=kind in {"article", "news", "newsarticle"} or bool(_first(metas, "article:published_time")),
        is_list=kind in {"website", "profile", "object"},
        title=_first(metas, "og:title"),
        authors=_authors(metas, "article:author", "og:article:author"),
        published=_first(metas, "article:published_time", "og:article:published_time", "og:published_time"),
        modified=_first(metas, "article:modified_time", "og:updated_time", "og:article:modified_time"),
        section=_first(metas, "article:section", "og:article:section"),
        tags=tuple(metas.get("article:tag", [])),
        image=_first(metas, "og:image", "og:image:url", "og:image:secure_url"),
        publisher=_first(metas, "og:site_name"),
        canonical=_first(metas, "og:url"),
        language=_first(metas, "og:locale").replace("_", "-"),
        kind=video,
    )


def meta_claims(tree: LexborHTMLParser, metas: Metas) -> Claims:
    """The claims of other meta elements, the canonical link and the document's language."""
    keywords = _first(metas, "news_keywords", "keywords")
    return Claims(
        "meta",
        title=_first(metas, "dc.title", "dcterms.title", "parsely-title", "sailthru.title", "twitter:title"),
        authors=_authors(metas, "author", "dc.creator", "dcterms.creator", "byl", "parsely-author", "sailthru.author"),
        published=_first(
            metas, "date", "datepublished", "pubdate", "publishdate", "publish-date", "dc.date.issued",
            "dcterms.created", "dc.date", "parsely-pub-date", "sailthru.date",
            "article.published", "cxenseparse:recs:publishtime",
        ),
        modified=_first(metas, "datemodified", "last-modified", "lastmod", "dcterms.modified", "article.updated"),
        section=_first(metas, "section", "parsely-section", "cxenseparse:section"),
        tags=tuple(tag.strip() for tag in keywords.split(",") if tag.strip()),
        image=_first(metas, "twitter:image", "twitter:image:src", "thumbnail") or _link(tree, "image_src"),
        publisher=_first(metas, "application-name", "dc.publisher", "publisher", "copyright"),
        canonical=_link(tree, "canonical"),
        language=attribute(tree.css_first("html"), "lang") or _first(metas, "dc.language", "content-language"),
    )  # fmt: skip


def microdata_claims(tree: LexborHTMLParser) -> Claims:
    """The claims of the first article that is marked up in place."""
    scope = tree.css_first('[itemtype*="Article"], [itemtype*="BlogPosting"]')
    if scope is None:
        return Claims("microdata")
    return Claims(
        "microdata",
        is_article=bool(_property(scope, "headline") or _property(scope, "articleBody")),
        title=_property(scope, "headline"),
        authors=tuple(one for node in scope.css("[itemprop~=author]") for one in authors_of(_name_in(node))),
        published=_property(scope, "datePublished"),
        modified=_property(scope, "dateModified"),
        section=_property(scope, "articleSection"),
        image=_property(scope, "image"),
        publisher=_name_in(scope.css_first("[itemprop~=publisher]")),
        language=_property(scope, "inLanguage"),
    )


def visible_claims(tree: LexborHTMLParser) -> Claims:
    """The claims that readers see: the headline, the byline and the time above the story."""
    named = [*tree.css("[rel=author]"), *(node for node in tree.css("[class]") if _NAMED.search(label(node)))]
    return Claims(
        "visible",
        title=next((text for node in tree.css("h1") if not _is_elsewhere(node) and (text := text_of(node))), ""),
        subtitle=first_text(tree, ".standfirst, .subtitle, .subheadline, .dek, .article-lead, .chapo"),
        authors=next((found for node in named if not _is_elsewhere(node) and (found := _byline_names(node))), ()),
        published=_visible_time(tree),
    )


def url_claims(url: str | None) -> Claims:
    """The day in the URL, as in `/2025/05/07/`."""
    match = _URL_DATE.search(url or "")
    day = f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}" if match else ""
    return Claims("url", published=day)


def _first(metas: Metas, *names: str) -> str:
    return next((values[0] for name in names if (values := metas.get(name))), "")


def _authors(metas: Metas, *names: str) -> tuple[Author, ...]:
    for name in names:
        values = [value for value in metas.get(name, []) if not _NOT_A_NAME.search(value)]
        if found := tuple(dict.fromkeys(one for value in values for one in authors_of(value))):
            return found
    return ()


def _link(tree: LexborHTMLParser, rel: str) -> str:
    return attribute(tree.css_first(f'link[rel~="{rel}"]'), "href")


def _property(scope: LexborNode, name: str) -> str:
    return _value(scope.css_first(f"[itemprop~={name}]"))


def _value(node: LexborNode | None) -> str:
    """A property's value: in an attribute where the element keeps it there, else its text."""
    if node is None:
        return ""
    for name in ("content", "datetime", "src", "href"):
        if value := attribute(node, name):
            return value
    inner = node.css_first("[itemprop~=url]") if "itemscope" in node.attributes else None
    return _value(inner) if inner is not None and inner.mem_id != node.mem_id else text_of(node)


def _name_in(node: LexborNode | None) -> str:
    inner = node.css_first("[itemprop~=name]") if node is not None else None
    return (attribute(inner, "content") or text_of(inner) or attribute(node, "content") or text_of(node))[:200]


def _is_label(node: LexborNode, wanted: re.Pattern[str]) -> bool:
    return bool(wanted.search(label(node))) and not _is_elsewhere(node)


def _is_elsewhere(node: LexborNode) -> bool:
    return is_within(node, _ELSEWHERE, None) or any(
        _NOT_THE_STORY.search(label(up)) for up in (node, *ancestors(node)) if up.tag not in {"body", "html"}
    )


def _byline_names(node: LexborNode) -> tuple[Author, ...]:
    text = tidy(node.text(deep=True, separator=" "))
    if not text or len(text) > LONGEST or _NOT_A_NAME.search(text):
        return ()
    if found := read_byline(text):
        return tuple(found.authors)
    names = authors_of(text)
    return tuple(names) if all(is_name(one.name) for one in names) else ()


def _visible_time(tree: LexborHTMLParser) -> str:
    """The first time that the page shows outside of lists and asides."""
    for node in tree.css("time"):
        if not _is_elsewhere(node) and (value := attribute(node, "datetime") or text_of(node)):
            return value
    dated = (text_of(node) for node in tree.css("[class],[id]") if _is_label(node, _DATED))
    return next((text for text in dated if len(text) <= LONGEST and re.search(r"(?:19|20)\d\d", text)), "")
