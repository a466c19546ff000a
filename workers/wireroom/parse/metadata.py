"""The ladder: of what a page claims in several places, the best-founded claim for each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Author, Kind, Moment
from wireroom.parse.byline import is_name
from wireroom.parse.calendar import machine_moment
from wireroom.parse.claims import Claims
from wireroom.parse.elements import attribute, first_text
from wireroom.parse.head import meta_claims, metas_of, microdata_claims, opengraph_claims, url_claims, visible_claims
from wireroom.parse.linked_data import linked_claims
from wireroom.parse.wording import tidy

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SEPARATED = re.compile(r"\s+[|\-–—·:»«]\s+|\s*[|｜]\s*|:\s+")
T = TypeVar("T")


class Metadata(NamedTuple):
    """What is believed about the article, field by field, and where each was found."""

    title: str
    subtitle: str | None
    authors: list[Author]
    published: Moment | None
    modified: Moment | None
    section: str | None
    tags: list[str]
    image: str | None
    publisher: str | None
    canonical_url: str | None
    language_declared: str | None
    kind: Kind
    origins: dict[str, str]
    is_article: bool
    is_list: bool
    body: str


class _Ladder:
    """Picks from the rungs, in order, and remembers where."""

    def __init__(self, rungs: Sequence[Claims]) -> None:
        self.rungs = rungs
        self.origins: dict[str, str] = {}

    def pick(self, field: str, read: Callable[[Claims], T | None], *order: str) -> T | None:
        """The first value that is not empty; origins named in `order` are asked first."""
        rungs = sorted(self.rungs, key=lambda rung: order.index(rung.origin) if rung.origin in order else len(order))
        for rung in rungs:
            if value := read(rung):
                self.origins[field] = rung.origin
                return value
        return None


def read_metadata(tree: LexborHTMLParser, url: str | None) -> Metadata:
    """Everything that the page says about its article, addresses absolute."""
    rungs, base = _rungs(tree, url), _base(tree, url)
    ladder = _Ladder(rungs)
    publisher = ladder.pick("publisher", lambda claims: claims.publisher)
    title = _title(ladder, tree, publisher, url)
    return Metadata(
        title=title,
        subtitle=ladder.pick("subtitle", lambda claims: claims.subtitle),
        authors=_authors(ladder, publisher),
        published=_moment(ladder, "published", lambda claims: claims.published),
        modified=_moment(ladder, "modified", lambda claims: claims.modified),
        section=ladder.pick("section", lambda claims: claims.section),
        tags=list(dict.fromkeys(ladder.pick("tags", lambda claims: claims.tags) or ())),
        image=ladder.pick("image", lambda claims: absolute(claims.image, base)),
        publisher=publisher,
        canonical_url=ladder.pick(
            "canonical_url", lambda claims: absolute(claims.canonical, base), "meta", "opengraph"
        ),
        language_declared=ladder.pick(
            "language_declared", lambda claims: _language(claims.language), "json-ld", "meta"
        ),
        kind=ladder.pick("kind", lambda claims: claims.kind) or "article",
        origins=ladder.origins,
        is_article=any(claims.is_article for claims in rungs),
        is_list=any(claims.is_list for claims in rungs),
        body=rungs[0].body,
    )


def _rungs(tree: LexborHTMLParser, url: str | None) -> Sequence[Claims]:
    metas, visible = metas_of(tree), visible_claims(tree)
    others = (opengraph_claims(metas), meta_claims(tree, metas), microdata_claims(tree), visible, url_claims(url))
    return (linked_claims(tree, visible.title), *others)


def _base(tree: LexborHTMLParser, url: str | None) -> str | None:
    """What relative addresses are relative to."""
    base = attribute(tree.css_first("base[href]"), "href")
    return absolute(base, url) or url if base else url


def absolute(address: str, base: str | None) -> str | None:
    """The http(s) address, made absolute by `base`; None where that gives none."""
    try:
        joined = urljoin(base or "", address)
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if address and parts.scheme in {"http", "https"} and parts.netloc else None


def _title(ladder: _Ladder, tree: LexborHTMLParser, publisher: str | None, url: str | None) -> str:
    """The headline, without the site's name behind or before it."""
    seen = next((rung.title for rung in ladder.rungs if rung.origin == "visible"), "")
    title = ladder.pick("title", lambda claims: claims.title)
    if title is None:
        title = first_text(tree, "title")
        ladder.origins["title"] = "meta"
    return _without_site(title, seen, _names(publisher, url))


def _names(publisher: str | None, url: str | None) -> set[str]:
    """The site's names, squeezed to letters."""
    host = re.match(r"https?://(?:www\.)?([^/:]+)", url or "")
    labels = host[1].split(".")[:-1] if host else []
    return {_squeezed(name) for name in (publisher or "", *labels, "".join(labels))} - {""}


def _without_site(title: str, seen: str, names: set[str]) -> str:
    for match in reversed(list(_SEPARATED.finditer(title))):
        before, after = title[: match.start()], title[match.end() :]
        if before == seen or (before and _is_site(after, names)):
            return before
        if after and (after == seen or _is_site(before, names)):
            return after
    return title


def _is_site(part: str, names: set[str]) -> bool:
    """Whether a part of a title is the site's name, or the name and one word more, as `CNN Politics`."""
    return _squeezed(part) in names or (len(part.split()) > 1 and _squeezed(part.rsplit(" ", 1)[0]) in names)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]|^the(?=\W)", "", name.lower())


def _authors(ladder: _Ladder, publisher: str | None) -> list[Author]:
    """The authors, each once; the publisher itself only where no person is named elsewhere."""
    first = ladder.pick("authors", lambda claims: claims.authors) or ()
    origin = ladder.origins.get("authors", "")
    if {author.name for author in first} == {publisher}:
        persons = ladder.pick(
            "authors", lambda c: tuple(a for a in c.authors if a.name != publisher and is_name(a.name))
        )
        ladder.origins["authors"] = ladder.origins["authors"] if persons else origin
        first = persons or first
    return list(dict.fromkeys(first))


def _moment(ladder: _Ladder, field: str, read: Callable[[Claims], str]) -> Moment | None:
    """The moment that the first rung gives; a lower one's of the same day where that says more."""
    found = [moment for rung in ladder.rungs if (moment := machine_moment(read(rung), rung.origin))]
    if not found:
        return None
    best = max((m for m in found if m.iso[:10] == found[0].iso[:10]), key=_detail)
    ladder.origins[field] = best.origin
    return best


def _detail(moment: Moment) -> int:
    return 2 * (moment.zone_origin is not None) + ("T" in moment.iso)


def _language(value: str) -> str | None:
    tag = tidy(value).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None
