"""The story of a page: its lines that are most probably part of it, and what stands among and under them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Author, Block, Related
from wireroom.parse.ages import split_age
from wireroom.parse.byline import is_name, read_byline
from wireroom.parse.calendar import find_date
from wireroom.parse.fallback import BodyKind, read_blocks
from wireroom.parse.forest import learned
from wireroom.parse.metadata import Metadata
from wireroom.parse.outline import Line, Outline, outline
from wireroom.parse.signs import Hints, Signs, read_signs
from wireroom.parse.states import read_state
from wireroom.parse.tails import aside, is_related_heading
from wireroom.parse.wording import is_prose, tidy

PROBABLE = 0.45
"""From here on a line is taken for a part of the story."""
IMPROBABLE = 0.1
"""Up to here it is taken for none, whatever stands beside it."""
UNSURE = 0.12
"""The doubt, as a share of the story's letters, from which on a page is read a second time: ten of a hundred."""
_FRAGMENT, _FRAGMENTS = 1000, 5
"""Letters: a second opinion that is shorter, and so many times shorter than the first, is a scrap of the story."""
_KINDS: dict[str, BodyKind] = {"li": "list_item", "blockquote": "quote", "dd": "list_item"}
_KEPT: dict[str | None, Literal["caption", "newsletter", "bio"]]
_KEPT = {"caption": "caption", "newsletter": "newsletter", "bio": "bio"}
"""What is cut and kept, by its rule, as a tail of its own kind."""
_HEADING = re.compile("h[1-6]")
_MARKS = re.compile(r"[\W_]+")
_LINES_OF_HEAD = 6
_LEAST_STORY = 200
"""Letters: an article with the title and less to tell is a header only."""
_SHARE_OF_SCRIPT = 0.4
_LITTLE = 800
"""Letters: a page that shows no more of a story may hold it in a script."""
_LONGEST_TAIL = 1000
_OUTSIDE = frozenset({"aside", "nav", "footer"})
_SIDE = re.compile(r"sidebar|\brail\b|footer|side-?col", re.IGNORECASE)


class Story(NamedTuple):
    """What a page tells."""

    blocks: list[Block]
    tails: list[Block]
    related: list[Related]
    bylined: list[Author]
    """Whom a line above the story names, where no markup says that it is a byline."""
    origin: str
    """Of the blocks: `visible`, `trafilatura`, `json-ld` or `script`."""
    confidence: float
    """0 to 1: the part of the story's letters of which there is no doubt."""


def read_story(tree: LexborHTMLParser, metadata: Metadata, source: str) -> Story:
    """The story of a page; without blocks where there is none. Takes from the tree what nobody reads.

    `source` is the page's markup, in whose scripts it is looked for where next to nothing is shown.
    """
    page = outline(tree)
    lexicon, forest = learned()
    signs = read_signs(page, hints_of(metadata), lexicon)
    chances = dict(zip(signs.places, forest.judge(signs.numbers), strict=True))
    chances |= dict.fromkeys(in_other_articles(page, signs.title, chances), 0.0)
    chosen = choose(page, chances)
    doubt = doubt_of(page, chances)
    blocks, origin = [_block(page, at) for at in chosen], "visible"
    if doubt > UNSURE and is_believed(letters_in(second := read_blocks(tree.html or "")), letters_in(blocks)):
        blocks, origin = second, "trafilatura"
    bylined = _bylined_in(blocks)
    kept, notices = _without_notices(blocks, metadata)
    scripted = _scripted(metadata.body)
    if letters_in(kept) < _SHARE_OF_SCRIPT * letters_in(scripted):
        kept, origin = scripted, "json-ld"
    if letters_in(kept) < _LITTLE:
        stated = _stated(source, metadata.title, kept)
        if letters_in(kept) < _SHARE_OF_SCRIPT * letters_in(stated):
            kept, origin = stated, "script"
    told, asides = {*chosen}, _asides(page)
    tails = [*_tails(page, signs, told, asides), *notices]
    related = list(_related(page, signs, told, asides))
    return Story(kept, tails, related, bylined, origin, max(0.0, 1 - doubt))


def choose(page: Outline, chances: dict[int, float]) -> list[int]:
    """The lines of the story; of a list that is told in part, all that is not improbable and no link."""
    lists = {page.boxes[line.box].parent for at, chance in chances.items() if chance > PROBABLE
             if page.boxes[(line := page.lines[at]).box].tag == "li"}  # fmt: skip

    def is_told(at: int, chance: float) -> bool:
        line = page.lines[at]
        box = page.boxes[line.box]
        in_list = box.tag == "li" and box.parent in lists
        return chance > PROBABLE or (in_list and chance > IMPROBABLE and not _is_link(line))

    return [at for at, chance in chances.items() if is_told(at, chance)]


def in_other_articles(page: Outline, title: int, chances: dict[int, float]) -> list[int]:
    """The lines in `article` elements that stand behind the one with the title: the site's next stories, or cards."""
    around: list[int] = []
    for at, box in enumerate(page.boxes):
        outer = around[box.parent] if at else -1
        around.append(at if outer < 0 and box.tag == "article" else outer)
    mine = around[page.lines[title].box] if title >= 0 else -1
    told = sum(len(page.lines[at].text) for at in choose(page, chances) if around[page.lines[at].box] == mine)
    if mine < 0 or told < _LEAST_STORY:
        return []
    return [at for at in chances if around[page.lines[at].box] > mine]


def hints_of(metadata: Metadata) -> Hints:
    """What speaks for a line beside its look."""
    return Hints(metadata.title, metadata.description, tidy(metadata.body))


def doubt_of(page: Outline, chances: dict[int, float]) -> float:
    """How many letters are doubtful, for each of the story; 1 and more where hardly any line is part of one."""
    sure = sum(len(page.lines[at].text) for at, chance in chances.items() if chance > 0.5)
    doubtful = sum(len(page.lines[at].text) * min(chance, 1 - chance) for at, chance in chances.items())
    return doubtful / sure if sure else 1.0


def is_believed(second: int, first: int) -> bool:
    """Whether a second opinion of so many letters goes before the first, of so many."""
    return second > 0 and (second >= _FRAGMENT or second * _FRAGMENTS >= first)


def _block(page: Outline, at: int) -> Block:
    line = page.lines[at]
    tag = page.boxes[line.box].tag
    if _HEADING.fullmatch(tag):
        return Block(kind="heading", text=line.text)
    around = (tag, page.boxes[page.boxes[line.box].parent].tag)
    return Block(kind=next((_KINDS[one] for one in around if one in _KINDS), "paragraph"), text=line.text)


def _without_notices(blocks: Sequence[Block], metadata: Metadata) -> tuple[list[Block], list[Block]]:
    """The blocks without those of the head, and the notices that stood among them."""
    shown = [block for at, block in enumerate(blocks) if not _is_head(at, block, metadata)]
    return [b for b in shown if not aside(b.text)], [notice for b in shown if (notice := aside(b.text))]


def _scripted(body: str) -> list[Block]:
    """The body that JSON-LD carries, a paragraph a line."""
    lines = [] if "</" in body else [tidy(line) for line in body.split("\n")]
    return [Block(kind="paragraph", text=line) for line in lines if line]


def _stated(source: str, title: str, shown: Sequence[Block]) -> list[Block]:
    """The story in a script's state; none where it does not tell the prose that the page shows."""
    page = read_state(source, title)
    if page is None:
        return []
    text = "\n".join(line.text for line in page.lines)
    prose = [block.text for block in shown if is_prose(block.text)]
    agrees = not prose or any(one[:60] in text for one in prose)
    return [_block(page, at) for at in range(len(page.lines))] if agrees else []


def _is_head(at: int, block: Block, metadata: Metadata) -> bool:
    """Whether a block near the start repeats the headline, the standfirst, the byline or the time."""
    if at >= _LINES_OF_HEAD:
        return False
    text = block.text
    if _letters(text) in {_letters(metadata.title), _letters(metadata.subtitle or "-")}:
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


def _tails(page: Outline, signs: Signs, chosen: set[int], asides: list[bool]) -> Iterator[Block]:
    """Captions, and what the page itself marks as newsletter or author's biography, where it stands with the story."""
    for at, (line, rule) in enumerate(zip(page.lines, signs.cut, strict=True)):
        text = line.text[:_LONGEST_TAIL]
        if at in chosen or asides[line.box]:
            continue
        # Also one in a box that is cut for something else.
        kind = "caption" if page.boxes[line.box].tag == "figcaption" else _KEPT.get(rule)
        if kind is not None:
            yield Block(kind=kind, text=text)
        elif not line.linked and (notice := aside(text)):
            yield notice


def _related(page: Outline, signs: Signs, chosen: set[int], asides: list[bool]) -> Iterator[Related]:
    """Headlines of other stories that stand with this one, each once, without their ages."""
    seen: set[str] = set()
    heading, listed = None, False
    for at, (line, rule) in enumerate(zip(page.lines, signs.cut, strict=True)):
        if is_related_heading(line.text):
            heading, listed = line.text, True
            continue
        if at in chosen or asides[line.box]:
            listed = False
            continue
        listed = listed and _is_link(line)
        if rule != "related" and not listed:
            continue
        aged = split_age(line.text)
        title = aged.title if aged else line.text
        if len(title.split()) > 2 and title not in seen and (line.href or page.boxes[line.box].tag == "li"):
            seen.add(title)
            yield Related(title=title, heading=heading, url=line.href or None)


def _is_link(line: Line) -> bool:
    return line.linked >= 0.6 * len(line.text)


def _asides(page: Outline) -> list[bool]:
    """For each box whether it is at the page's side rather than with the story."""
    asides: list[bool] = []
    for at, box in enumerate(page.boxes):
        outside = box.tag in _OUTSIDE or _is_side(box.label)
        asides.append(at > 0 and (asides[box.parent] or outside))
    return asides


@lru_cache(maxsize=20_000)
def _is_side(label: str) -> bool:
    return _SIDE.search(label) is not None


def _letters(text: str) -> str:
    return _MARKS.sub("", text).casefold()


def letters_in(blocks: Sequence[Block]) -> int:
    """How long their texts are together."""
    return sum(len(block.text) for block in blocks)
