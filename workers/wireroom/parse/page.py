"""`html/2`: an article as a web page."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser, SelectolaxError

from wireroom.contracts import Block, Dateline, Moment, ParsedArticle, Related
from wireroom.errors import Unusable
from wireroom.parse.body import Story, read_story
from wireroom.parse.bounds import readable
from wireroom.parse.dateline import split_dateline
from wireroom.parse.judgement import count_cards, refuse_error_page, refuse_list, refuse_wall
from wireroom.parse.metadata import Metadata, absolute, read_metadata
from wireroom.parse.rules import Rule, prune, ruled

PARSER = "html/2"


def parse_page(text: str, url: str | None, rule: Rule | None = None) -> ParsedArticle:
    """The article on a page; `Unusable` (`empty`, `malformed`, `not_an_article`) where there is none."""
    tree = _tree(text)
    if rule:
        prune(tree, rule)
    metadata = read_metadata(tree, url)
    if rule:
        metadata = ruled(tree, metadata, rule)
    # Before what nobody reads is taken from the tree.
    cards = 0 if metadata.is_article else count_cards(tree)
    story = read_story(tree, metadata, text, rule)
    refuse_error_page(metadata, story.blocks)
    refuse_wall(metadata, story.blocks)
    refuse_list(metadata, story.blocks, cards)
    return _article(metadata, story, url, f"{PARSER}+{rule.domain}" if rule else PARSER)


def _tree(text: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(readable(text))
    except (SelectolaxError, ValueError) as error:
        raise Unusable("malformed", "the page's markup is too broken to be read") from error


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
