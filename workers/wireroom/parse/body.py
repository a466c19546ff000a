"""The story of a page: its lines that are most probably part of it, and what stands among and under them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Author, Block, Related
from wireroom.parse.byline import is_name, read_byline
from wireroom.parse.calendar import find_date
from wireroom.parse.choice import UNSURE, choose, doubt_of, is_believed, left_out, letters_of, weighed
from wireroom.parse.fallback import BodyKind, read_blocks
from wireroom.parse.forest import learned
from wireroom.parse.metadata import Metadata
from wireroom.parse.outline import Outline, outline
from wireroom.parse.rules import ORIGIN, Rule, story_in, tail_of
from wireroom.parse.signs import Hints, read_signs
from wireroom.parse.sizes import sizes_of
from wireroom.parse.states import read_state
from wireroom.parse.surroundings import is_quoted, read_surroundings
from wireroom.parse.tails import aside
from wireroom.parse.wording import is_prose, tidy

_LOST, _MORE = 0.25, 1.25
"""From so much doubt on, and with so many times more letters than the second, the first opinion counts for nothing."""
_HOPELESS = 0.01
"""Up to here a line that is no prose is not even shown to the second reader."""
_MOST_READ_AGAIN = 8_000_000
LONGEST_DESCRIPTION, LONGEST_BODY = 3_000, 200_000
"""Letters in which each line is looked for."""
_KINDS: dict[str, BodyKind] = {"li": "list_item", "blockquote": "quote", "dd": "list_item"}
_HEADING = re.compile("h[1-6]")
_LINES_OF_HEAD = 6
_LEAST_COMPARED = 40
_SHARE_OF_SCRIPT = 0.4
_LITTLE = 800
"""Letters: a page that shows no more of a story may hold it in a script."""


class Story(NamedTuple):
    """What a page tells."""

    blocks: list[Block]
    tails: list[Block]
    related: list[Related]
    bylined: list[Author]
    """Whom a line above the story names, where no markup says that it is a byline."""
    origin: str
    """Of the blocks: `visible`, `trafilatura`, `json-ld`, `script` or `rule`."""
    confidence: float
    """0 to 1: the part of the story's letters of which there is no doubt."""


def read_story(tree: LexborHTMLParser, metadata: Metadata, source: str, rule: Rule | None = None) -> Story:
    """The story of a page; without blocks where there is none. Takes from the tree what nobody reads.

    `source` is the page's markup, in whose scripts it is looked for where next to nothing is shown.
    """
    by_rule = story_in(tree, rule) if rule else ""
    page = outline(tree)
    lexicon, forest = learned()
    signs = read_signs(page, hints_of(metadata), lexicon)
    chances = dict(zip(signs.places, forest.judge(signs.numbers), strict=True))
    chances |= dict.fromkeys(left_out(page, signs.title, chances), 0.0)
    doubt = doubt_of(page, chances)
    if by_rule:
        blocks, origin, doubt = _blocks(outline(LexborHTMLParser(f"<body>{by_rule}"))), ORIGIN, 0.0
    else:
        second = second_opinion(tree, page, chances) if doubt > UNSURE else []
        blocks, origin = agreed(page, chances, doubt, second)
    texts = {block.text for block in blocks}
    shown = choose(page, chances) if origin == "visible" else range(len(page.lines))
    told = {at for at in shown if page.lines[at].text in texts}
    kept, notices = _without_notices(blocks, metadata, rule)
    for place, more in _scripted(metadata, source, kept):
        if letters_in(kept) < _SHARE_OF_SCRIPT * letters_in(more):
            kept, origin = more, place
    tails, related = read_surroundings(page, signs, told)
    return Story(kept, [*tails, *notices], related, _bylined_in(blocks), origin, max(0.0, 1 - doubt))


def agreed(page: Outline, chances: dict[int, float], doubt: float, second: Sequence[Block]) -> tuple[list[Block], str]:
    """The story by two opinions, and whose word decided; the second is empty where it was not asked."""
    first = [_block(page, at) for at in choose(page, chances)]
    letters, others = letters_in(first), letters_in(second)
    if not is_believed(others, letters):
        return first, "visible"
    chances = weighed(page, chances, "".join(block.text for block in second))
    both = [_block(page, at) for at in choose(page, chances)]
    alone = doubt > _LOST or letters > _MORE * others or not is_believed(letters_in(both), others)
    return [*second] if alone else both, "trafilatura"


def second_opinion(tree: LexborHTMLParser, page: Outline, chances: dict[int, float]) -> list[Block]:
    """Another reader's; none where that takes seconds, for it reads a box, and again each box inside."""
    lengths = [len(line.text) for line in page.lines]
    if page.summed(lengths).sum() > _MOST_READ_AGAIN:
        return []
    _leave_out_hopeless(page, chances)
    tree.unwrap_tags(["span"])
    return read_blocks(tree.html or "", max(lengths, default=0))


def _leave_out_hopeless(page: Outline, chances: dict[int, float]) -> None:
    """Take the boxes from the tree that hold no prose, and no line that may be story, if others do."""
    kept = sizes_of(page.lines).prose
    kept[[at for at, chance in chances.items() if chance > _HOPELESS]] = True
    (held,) = page.summed(kept)
    behind = 0
    for at, element in enumerate(page.elements if held[0] else ()):
        if at >= behind and not held[at]:
            element.decompose()
            behind = page.ends[at]


def hints_of(metadata: Metadata) -> Hints:
    """What speaks for a line beside its look."""
    return Hints(metadata.title, metadata.description[:LONGEST_DESCRIPTION], tidy(metadata.body)[:LONGEST_BODY])


def _blocks(page: Outline) -> list[Block]:
    """All lines of a page, or of a part of one."""
    return [_block(page, at) for at in range(len(page.lines))]


def _block(page: Outline, at: int) -> Block:
    line = page.lines[at]
    tag = page.boxes[line.box].tag
    if _HEADING.fullmatch(tag):
        return Block(kind="heading", text=line.text)
    around = page.boxes[page.boxes[line.box].parent].tag
    kind = _KINDS.get(tag) or _KINDS.get(around) or ("quote" if is_quoted(page, line.box) else "paragraph")
    return Block(kind=kind, text=line.text)


def _without_notices(blocks: Sequence[Block], metadata: Metadata, rule: Rule | None) -> tuple[list[Block], list[Block]]:
    """The blocks without those of the head, and the notices that stood among them."""

    def notice(block: Block) -> Block | None:
        return (tail_of(block.text, rule) if rule else None) or aside(block.text)

    heads = {letters_of(metadata.title), letters_of(metadata.subtitle or "-")}
    above, below = blocks[:_LINES_OF_HEAD], blocks[_LINES_OF_HEAD:]
    shown = [*(one for one in above if not _is_head(one, heads, metadata)), *below]
    return [b for b in shown if not notice(b)], [one for b in shown if (one := notice(b))]


def _scripted(metadata: Metadata, source: str, shown: Sequence[Block]) -> Iterator[tuple[str, list[Block]]]:
    """What the page's scripts give as the story, and where."""
    body = metadata.body
    lines = [] if "</" in body else [tidy(line) for line in body.split("\n")]
    yield "json-ld", [Block(kind="paragraph", text=line) for line in lines if line]
    if max(letters_in(shown), len(body)) < _LITTLE:
        yield "script", _stated(source, metadata.title, shown)


def _stated(source: str, title: str, shown: Sequence[Block]) -> list[Block]:
    """The story in a script's state; none where it does not tell the prose that the page shows."""
    page = read_state(source, title)
    if page is None:
        return []
    text = "\n".join(line.text for line in page.lines)
    prose = [block.text for block in shown if is_prose(block.text)]
    agrees = not prose or any(one[:60] in text for one in prose)
    return _blocks(page) if agrees else []


def _is_head(block: Block, heads: set[str], metadata: Metadata) -> bool:
    """Whether a block near the start repeats the headline or the standfirst (`heads`), the byline or the time."""
    text = block.text
    begins = letters_of(text[:_LEAST_COMPARED])
    if any(head.startswith(begins) for head in heads) and letters_of(text) in heads:
        return True
    if is_prose(text) or block.kind == "list_item":
        return False
    return _is_byline(text, metadata)


def _bylined_in(blocks: Sequence[Block]) -> list[Author]:
    lines = (read_byline(block.text) for block in blocks[:_LINES_OF_HEAD] if not is_prose(block.text))
    return next((line.authors for line in lines if line and line.authors), [])


def _is_byline(text: str, metadata: Metadata) -> bool:
    byline = read_byline(text)
    names = {author.name for author in metadata.authors}
    if text.removeprefix("By ") in names or (byline is not None and (byline.published or is_name(text[3:]))):
        return True
    found = find_date(text)
    return found is not None and found.year is not None and found.end - found.start > 0.6 * len(text)


def letters_in(blocks: Sequence[Block]) -> int:
    """How long their texts are together."""
    return sum(len(block.text) for block in blocks)
