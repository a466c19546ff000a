"""`html/1`: an article as a web page."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from wireroom.contracts import Author, Block, Dateline, Moment, ParsedArticle, Related
from wireroom.errors import Unusable
from wireroom.parse.asides import Asides, cut_asides
from wireroom.parse.body import bylined_in, read_blocks, story
from wireroom.parse.dateline import split_dateline
from wireroom.parse.judgement import count_cards, refuse_error_page, refuse_list, refuse_wall
from wireroom.parse.metadata import Metadata, absolute, read_metadata
from wireroom.parse.wording import seen

PARSER = "html/1"
DEEPEST = 5_000
# Those that people often leave open, as <p> and <li>, are no measure of depth.
_NESTING = re.compile(r"<(/?)(?:div|section|article|main|span|blockquote|table|ul|ol|b|i|font)\b", re.IGNORECASE)


def parse_page(text: str, url: str | None) -> ParsedArticle:
    """The article on a page; `Unusable` (`empty`, `malformed`, `not_an_article`) where there is none."""
    tree = _tree(seen(text))
    metadata, cards = read_metadata(tree, url), count_cards(tree)
    asides = cut_asides(tree)
    found = read_blocks(tree.html or "")
    refuse_error_page(tree, metadata, found)
    refuse_wall(tree, metadata, found)
    blocks, notices = story(found, metadata, {tail.text for tail in asides.tails})
    refuse_list(tree, metadata, blocks, cards)
    return _article(metadata, blocks, asides._replace(tails=asides.tails + notices), bylined_in(found), url)


def _tree(text: str) -> LexborHTMLParser:
    if _is_deep(text):
        raise Unusable("malformed", f"the page's elements are nested more than {DEEPEST:,} deep")
    try:
        return LexborHTMLParser(text)
    except (SelectolaxError, ValueError) as error:
        raise Unusable("malformed", "the page's markup is too broken to be read") from error


def _is_deep(text: str) -> bool:
    """Whether elements are nested deeper than `DEEPEST`: the time to walk them grows with the square of that."""
    if text.count("<") <= DEEPEST:
        return False
    depth = 0
    for tag in _NESTING.finditer(text):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return True
    return False


def _article(
    metadata: Metadata, blocks: list[Block], asides: Asides, bylined: list[Author], url: str | None
) -> ParsedArticle:
    dateline, rest = _dateline(blocks, metadata.published)
    authors = metadata.authors or bylined
    origins = metadata.origins | ({"authors": "visible"} if authors is bylined and bylined else {})
    return ParsedArticle(
        title=metadata.title,
        subtitle=metadata.subtitle,
        blocks=rest,
        authors=authors,
        published=metadata.published,
        modified=metadata.modified,
        dateline=dateline,
        related=[_addressed(related, url) for related in asides.related],
        tails=asides.tails,
        language_declared=metadata.language_declared,
        section=metadata.section,
        tags=metadata.tags,
        image=metadata.image,
        publisher=metadata.publisher,
        canonical_url=metadata.canonical_url,
        kind=metadata.kind,
        paywalled=metadata.paywalled,
        origins=origins | ({"dateline": "visible"} if dateline else {}),
        confidences=metadata.confidences,
        parser=PARSER,
    )


def _dateline(blocks: list[Block], published: Moment | None) -> tuple[Dateline | None, list[Block]]:
    """The dateline of the first paragraph, and the blocks without it."""
    at = next((at for at, block in enumerate(blocks) if block.kind == "paragraph"), None)
    if at is None:
        return None, blocks
    dateline, rest = split_dateline(blocks[at].text, published.iso if published else None)
    if dateline is None or (not rest and len(blocks) == 1):
        return None, blocks
    first = [Block(kind="paragraph", text=rest)] if rest else []
    return dateline, [*blocks[:at], *first, *blocks[at + 1 :]]


def _addressed(related: Related, url: str | None) -> Related:
    return Related(title=related.title, heading=related.heading, url=absolute(related.url or "", url))
