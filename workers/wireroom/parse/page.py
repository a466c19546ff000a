"""`html/2`: an article as a web page."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from wireroom.contracts import Block, Dateline, Moment, ParsedArticle, Related
from wireroom.errors import Unusable
from wireroom.parse.body import Story, read_story
from wireroom.parse.dateline import split_dateline
from wireroom.parse.judgement import count_cards, refuse_error_page, refuse_list, refuse_wall
from wireroom.parse.metadata import Metadata, absolute, read_metadata
from wireroom.parse.rules import Rule, prune, ruled

PARSER = "html/2"
DEEPEST = 5_000
# Those that people often leave open, as <p> and <li>, are no measure of depth.
_NESTING = re.compile(
    r"<(/?)(?:div|section|article|main|span|blockquote|table|ul|ol|a|b|i|font|em|strong|u|s|small|code|big|tt|nobr)\b",
    re.IGNORECASE,
)
MOST_ATTRIBUTES = 3_000
_WIDE = re.compile(
    r"""<[a-z][\w:-]*+(?:\s++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++))?+)"""
    rf"""{{{MOST_ATTRIBUTES + 1}}}""",
    re.IGNORECASE,
)

_LONG_AFTER_OPENING = re.compile(rf"<[^<]{{{2 * MOST_ATTRIBUTES},}}+")
_LONG_BEFORE_CLOSING = re.compile(rf">[^>]{{{2 * MOST_ATTRIBUTES},}}+")
_OPENED = re.compile(r"<[a-z][^\s>]*\s", re.IGNORECASE)


def parse_page(text: str, url: str | None, rule: Rule | None = None) -> ParsedArticle:
    """The article on a page; `Unusable` (`empty`, `malformed`, `not_an_article`) where there is none."""
    tree = _tree(text)
    if rule:
        prune(tree, rule)
    metadata, cards = read_metadata(tree, url), count_cards(tree)
    if rule:
        metadata = ruled(tree, metadata, rule)
    story = read_story(tree, metadata, text, rule)
    refuse_error_page(metadata, story.blocks)
    refuse_wall(metadata, story.blocks)
    refuse_list(metadata, story.blocks, cards)
    return _article(metadata, story, url, f"{PARSER}+{rule.domain}" if rule else PARSER)


def _tree(text: str) -> LexborHTMLParser:
    if _is_deep(text):
        raise Unusable("malformed", f"the page's elements are nested more than {DEEPEST:,} deep")
    if _is_wide(text):
        raise Unusable("malformed", f"an element of the page has more than {MOST_ATTRIBUTES:,} attributes")
    try:
        return LexborHTMLParser(text)
    except (SelectolaxError, ValueError) as error:
        raise Unusable("malformed", "the page's markup is too broken to be read") from error


def _is_deep(text: str) -> bool:
    """Whether elements are nested, or opened and never closed, more than `DEEPEST` deep.

    The time to walk them grows with the square of that; formatting that stays open is opened anew in each block.
    """
    if text.count("<") <= DEEPEST:
        return False
    depth = 0
    for tag in _NESTING.finditer(text):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return True
    return False


def _is_wide(text: str) -> bool:
    """Whether a tag has more than `MOST_ATTRIBUTES`: each is compared with all before it."""
    if any(_WIDE.match(text, piece.start()) for piece in _LONG_AFTER_OPENING.finditer(text)):
        return True
    # Where quotes and brackets stand among them, they are no less attributes.
    unquoted = (text[: text.find(">")], *(piece[0] for piece in _LONG_BEFORE_CLOSING.finditer(text)))
    return any((tag := _OPENED.search(piece)) and piece.count("=", tag.end()) > MOST_ATTRIBUTES for piece in unquoted)


def _article(metadata: Metadata, story: Story, url: str | None, parser: str) -> ParsedArticle:
    dateline, rest = _dateline(story.blocks, metadata.published)
    bylined = story.bylined if not metadata.authors else []
    found = (
        {"body": story.origin}
        | ({"authors": "visible"} if bylined else {})
        | ({"dateline": "visible"} if dateline else {})
    )
    return ParsedArticle(
        title=metadata.title,
        subtitle=metadata.subtitle,
        blocks=rest,
        authors=metadata.authors or bylined,
        published=metadata.published,
        modified=metadata.modified,
        dateline=dateline,
        related=[_addressed(related, url) for related in story.related],
        tails=story.tails,
        language_declared=metadata.language_declared,
        section=metadata.section,
        tags=metadata.tags,
        image=metadata.image,
        publisher=metadata.publisher,
        canonical_url=metadata.canonical_url,
        kind=metadata.kind,
        paywalled=metadata.paywalled,
        origins=metadata.origins | found,
        confidences=metadata.confidences | {"body": round(story.confidence, 2)},
        parser=parser,
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
