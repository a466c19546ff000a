"""The rungs of the ladder: each place where a page says something about its article, read once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.parse.claims import Claims
from wireroom.parse.elements import is_within, text_of
from wireroom.parse.head import first_description, meta_claims, opengraph_claims, url_claims
from wireroom.parse.headline import Headline, choose_headline, letters
from wireroom.parse.linked_data import linked_claims
from wireroom.parse.markup import Markup, read_markup
from wireroom.parse.masthead import Masthead, masthead
from wireroom.parse.microdata import microdata_claims
from wireroom.parse.scripts import scripted_claims
from wireroom.parse.visible import swept_authors, swept_time, visible_claims

_FRAME = frozenset({"aside", "nav", "footer"})
_MOST_HEADINGS, _MOST_LOWER_HEADINGS = 8, 200
_MONTH_FIRST = re.compile(r"(?:en(?:-us|-ca|-ph)?|fil|zh.*|ja.*|ko.*)?", re.IGNORECASE)
_DAY_FIRST_HOST = re.compile(r"https?://[^/:]+\.(?:uk|au|nz|in|ie|za|ng|ke|gh|pk|lk|bd|eu)(?:[/:]|$)")


class Rungs(NamedTuple):
    """What the page claims, best-founded place first, and what its headline and site are called."""

    rungs: Sequence[Claims]
    headline: Headline
    titles: Sequence[str]
    """What its title element and its first heading say, as they stand."""
    description: str
    """What its head tells of the story."""
    masthead: Masthead
    base: str
    day_first: bool


def read_rungs(tree: LexborHTMLParser, url: str | None) -> Rungs:
    """Read every place, each but once; the dearer ones only where the cheaper leave a question open."""
    markup = read_markup(tree)
    heads = sorted(markup.headings[:_MOST_HEADINGS], key=lambda node: is_within(node, _FRAME))
    shown = [text for node in heads if (text := text_of(node))]
    metas = opengraph_claims(markup.metas), meta_claims(markup), microdata_claims(markup.properties)
    rungs = [linked_claims(markup.documents, shown), *metas]
    names = masthead((rung.publisher for rung in rungs if rung.publisher), url)
    titles = {rung.origin: rung.title for rung in rungs} | {"title": markup.title}
    headline = choose_headline(titles, shown, names, url)
    day_first = _is_day_first(markup, rungs, url)
    description = next((rung.description for rung in rungs if rung.description), "")
    headings = _headings(tree, heads, headline.text)
    visible = visible_claims(headings, text_of(headings[0]) if headings else "", description, day_first)
    rungs = [*rungs, visible, url_claims(url)]
    said = (markup.title, next(filter(None, map(text_of, markup.headings)), ""))
    return Rungs(
        _completed(tree, rungs, day_first),
        headline,
        said,
        first_description(markup.metas),
        names,
        markup.base,
        day_first,
    )


def _is_day_first(markup: Markup, rungs: Sequence[Claims], url: str | None) -> bool:
    """Whether `4/5/2025` is the fourth of May here."""
    language = markup.language or next((rung.language for rung in rungs if rung.language), "")
    return not _MONTH_FIRST.fullmatch(language) or bool(_DAY_FIRST_HOST.match(url or ""))


def _headings(tree: LexborHTMLParser, heads: Sequence[LexborNode], title: str) -> Sequence[LexborNode]:
    """The elements that show the headline as it was chosen, else the first heading."""
    wanted = letters(title)
    same = [node for node in heads if letters(text_of(node)) == wanted]
    if same or heads:
        return same or heads[:1]
    return [node for node in tree.css("h2, h3")[:_MOST_LOWER_HEADINGS] if letters(text_of(node)) == wanted][:1]


def _completed(tree: LexborHTMLParser, rungs: Sequence[Claims], day_first: bool) -> list[Claims]:
    """The rungs, with what a sweep over the page finds where no author or no time was claimed."""
    *others, visible, address = rungs
    if not any(rung.authors for rung in rungs):
        visible = visible._replace(authors=swept_authors(tree))
    if not any(rung.published for rung in (*others, visible)):
        visible = visible._replace(published=swept_time(tree, day_first))
    scripted = [] if any(rung.published for rung in (*others, visible)) else [scripted_claims(tree)]
    return [*others, visible, *scripted, address]
