"""The ladder: of what a page claims in several places, the best-founded claim for each field."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Author, Kind, Moment
from wireroom.parse.authors import choose_authors
from wireroom.parse.calendar import machine_moment
from wireroom.parse.claims import Claims
from wireroom.parse.confidence import Confidences
from wireroom.parse.moments import choose_moment, is_of_two_days
from wireroom.parse.rungs import Rungs, read_rungs
from wireroom.parse.scripts import scripted_claims
from wireroom.parse.wording import tidy

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
# Most addresses are absolute, and need not be joined to anything.
_PLAIN = re.compile(r"https?://[a-z\d-]+(?:\.[a-z\d-]+)+(?:[/?#][^\s\\]*)?")
T = TypeVar("T")


class Metadata(NamedTuple):
    """What is believed about the article, field by field, where each was found, and how surely."""

    title: str
    titles: Sequence[str]
    """What the page calls itself: the headline, the title element and the first heading, as they stand."""
    description: str
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
    paywalled: bool | None
    origins: dict[str, str]
    confidences: dict[str, float]
    is_article: bool
    is_list: bool
    body: str


class _Ladder:
    """Picks from the rungs, in order, and remembers where."""

    def __init__(self, rungs: Sequence[Claims]) -> None:
        self.rungs = rungs
        self.origins: dict[str, str] = {}
        self.confidences = Confidences()

    def pick(self, field: str, read: Callable[[Claims], T | None], *order: str) -> T | None:
        """The first value that is not empty; origins named in `order` are asked first."""
        rungs = sorted(self.rungs, key=lambda rung: _place(rung.origin, order)) if order else self.rungs
        said = [(rung.origin, value) for rung in rungs if (value := read(rung)) not in (None, "", ())]
        if not said:
            return None
        origin, chosen = said[0]
        same = sum(value == chosen for _, value in said)
        self.note(field, origin, same, len(said) - same)
        return chosen

    def note(self, field: str, origin: str, agreeing: int, differing: int) -> None:
        """Remember where a field's value was found, and how many places agree or differ."""
        self.origins[field] = origin
        self.confidences.note(field, origin, agreeing, differing)


def _place(origin: str, order: Sequence[str]) -> int:
    return order.index(origin) if origin in order else len(order)


def read_metadata(tree: LexborHTMLParser, url: str | None) -> Metadata:
    """Everything that the page says about its article, addresses absolute."""
    read = read_rungs(tree, url)
    ladder, base = _Ladder(read.rungs), _base(read.base, url)
    return Metadata(
        title=_title(ladder, read),
        titles=(read.headline.text, *read.titles),
        description=read.description,
        subtitle=_subtitle(ladder, read),
        authors=_authors(ladder, read),
        published=_published(ladder, read, tree),
        modified=_chosen(ladder, "modified", _moments(read, lambda claims: claims.modified)),
        section=ladder.pick("section", lambda claims: claims.section),
        tags=list(dict.fromkeys(ladder.pick("tags", lambda claims: claims.tags) or ())),
        image=ladder.pick("image", lambda claims: claims.image and absolute(claims.image, base)),
        publisher=ladder.pick("publisher", lambda claims: claims.publisher),
        canonical_url=ladder.pick(
            "canonical_url", lambda claims: claims.canonical and absolute(claims.canonical, base), "meta", "opengraph"
        ),
        language_declared=ladder.pick(
            "language_declared", lambda claims: _language(claims.language), "json-ld", "meta"
        ),
        kind=ladder.pick("kind", lambda claims: claims.kind) or "article",
        paywalled=ladder.pick("paywalled", lambda claims: claims.paywalled),
        origins=ladder.origins,
        confidences=ladder.confidences.by_field,
        is_article=any(claims.is_article for claims in read.rungs),
        is_list=any(claims.is_list for claims in read.rungs),
        body=read.rungs[0].body,
    )


def _base(base: str, url: str | None) -> str | None:
    """What relative addresses are relative to."""
    return absolute(base, url) or url if base else url


def absolute(address: str, base: str | None) -> str | None:
    """The http(s) address, made absolute by `base`; None where that gives none."""
    if _PLAIN.fullmatch(address):
        return address
    try:
        joined = urljoin(base or "", address)
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if address and parts.scheme in {"http", "https"} and parts.netloc else None


def _title(ladder: _Ladder, read: Rungs) -> str:
    headline = read.headline
    ladder.note("title", headline.origin, headline.agreeing, headline.differing)
    return headline.text


def _subtitle(ladder: _Ladder, read: Rungs) -> str | None:
    """The standfirst, unless it is the headline again."""
    subtitle = ladder.pick("subtitle", lambda claims: claims.subtitle, "visible")
    return subtitle if subtitle != read.headline.text else None


def _authors(ladder: _Ladder, read: Rungs) -> list[Author]:
    found = choose_authors(read.rungs, read.masthead)
    if found.authors:
        ladder.note("authors", found.origin, found.agreeing, found.differing)
    return found.authors


def _published(ladder: _Ladder, read: Rungs, tree: LexborHTMLParser) -> Moment | None:
    """When it was published; where only a later change is dated, that, for the page shows its readers no other day."""
    found = _moments(read, lambda claims: claims.published)
    if not found:
        changed = _chosen(ladder, "published", _moments(read, lambda claims: claims.modified))
        if changed is not None:
            ladder.confidences.note_instead("published")
        return changed
    if is_of_two_days(found):
        clock = machine_moment(scripted_claims(tree).published, "script", read.day_first)
        found += [clock] if clock else []
    return _chosen(ladder, "published", found)


def _moments(read: Rungs, value: Callable[[Claims], str]) -> list[Moment]:
    said = ((value(rung), rung.origin) for rung in read.rungs)
    return [moment for text, origin in said if text and (moment := machine_moment(text, origin, read.day_first))]


def _chosen(ladder: _Ladder, field: str, found: Sequence[Moment]) -> Moment | None:
    dated = choose_moment(found)
    if dated is None:
        return None
    ladder.note(field, dated.moment.origin, dated.agreeing, dated.differing)
    return dated.moment


def _language(value: str) -> str | None:
    tag = tidy(value).replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None
