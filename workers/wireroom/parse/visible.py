"""What a page claims in sight of readers: around its headline, else wherever its labels say so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.contracts import Author
from wireroom.parse.byline import LONGEST, authors_of, is_name, read_byline
from wireroom.parse.calendar import visible_moment
from wireroom.parse.claims import Claims
from wireroom.parse.elements import ancestors, attribute, is_within, label, text_of
from wireroom.parse.furniture import Furniture, read_furniture
from wireroom.parse.wording import tidy

_ELSEWHERE = frozenset({"aside", "nav", "footer"})
_ROOTS = frozenset({"body", "html"})
_NOT_THE_STORY = re.compile(
    r"related|recommend|sidebar|comment|footer|most-?read|trending|popular|teaser|\bcard|carousel|newsletter|promo|copyright",
    re.IGNORECASE,
)
_NAMED = "[rel~=author], [class*=byline i], [class*=author i], [class*=writer i], [class*=autor i], [class*=auteur i]"
_TIMED = "time, [class*=date i], [class*=time i], [class*=publi i], [class*=posted i], [id*=date i], [class*=fecha i]"
_MOST_HEADINGS = 2
_MOST_SWEPT = 60
_LONGEST_READ = 10_000


def visible_claims(headings: Sequence[LexborNode], title: str, description: str, day_first: bool) -> Claims:
    """The claims around the headline; of several elements that show it, around the first that has any."""
    found = Furniture()
    for heading in headings[:_MOST_HEADINGS]:
        found = read_furniture(heading, description, day_first)
        if found.authors or found.published or found.shown:
            break
    return Claims(
        "visible",
        title=title,
        subtitle=found.subtitle,
        authors=found.authors,
        published=found.published or found.shown,
        modified=found.modified,
    )


def swept_authors(tree: LexborHTMLParser) -> tuple[Author, ...]:
    """The first byline that a class or relation marks anywhere outside of lists and asides."""
    return next((found for node in _story(tree.css(_NAMED)) if (found := _byline_names(node))), ())


def swept_time(tree: LexborHTMLParser, day_first: bool) -> str:
    """The first time that the page shows outside of lists and asides."""
    for node in _story(tree.css(_TIMED)):
        value = attribute(node, "datetime")
        if value and visible_moment(value):
            return value
        text = text_of(node)
        if 0 < len(text) <= LONGEST and visible_moment(text, day_first=day_first):
            return text
    return ""


def _story(nodes: Iterable[LexborNode]) -> list[LexborNode]:
    """The elements that do not stand in a part of the page that belongs to other stories, or to none."""
    known: dict[int, bool] = {}
    return [node for node in list(nodes)[:_MOST_SWEPT] if not _is_elsewhere(node, known)]


def _is_elsewhere(node: LexborNode, known: dict[int, bool]) -> bool:
    """What is `known` of labels is added to, for many elements stand in the same."""
    return is_within(node, _ELSEWHERE) or any(_is_others(up, known) for up in (node, *ancestors(node)))


def _is_others(node: LexborNode, known: dict[int, bool]) -> bool:
    if node.mem_id not in known:
        known[node.mem_id] = node.tag not in _ROOTS and bool(_NOT_THE_STORY.search(label(node)))
    return known[node.mem_id]


def _byline_names(node: LexborNode) -> tuple[Author, ...]:
    text = tidy(node.text(deep=True, separator=" ")[:_LONGEST_READ])
    if not text or len(text) > LONGEST:
        return ()
    if found := read_byline(text):
        return tuple(found.authors)
    names = authors_of(text)
    return tuple(names) if all(is_name(one.name) for one in names) else ()
