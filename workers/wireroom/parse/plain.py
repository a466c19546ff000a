"""`text/1`: an article as plain text, the way scrapers save it: header line, byline, dateline, body, tails."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from wireroom.contracts import Author, Block, Moment, ParsedArticle
from wireroom.errors import Unusable
from wireroom.parse.byline import author, is_name, read_byline
from wireroom.parse.calendar import machine_moment
from wireroom.parse.dateline import split_dateline
from wireroom.parse.scraped import story_of
from wireroom.parse.tails import Cut, cut_tails
from wireroom.parse.wording import ends_a_sentence, is_prose, seen, tidy

PARSER = "text/1"
_RECORD_HEADER = re.compile(
    r"(?:date\s?[:=]?\s|(?=\d{4}-\d\d-\d\d\s))(\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d\S{0,12})?)\s+(?=\S)", re.IGNORECASE
)
_FIRST_SENTENCE = re.compile(r".{20,180}?[.!?…。](?=[\s\"”’»]|$)")
_LONGEST_TITLE = 300
_LINES_OF_HEAD = 4
MOST_LETTERS, MOST_LINES = 1_000_000, 15_000
"""What stands behind so many is not read."""


class _Head(NamedTuple):
    """What stands above the body."""

    title: str
    subtitle: str | None
    authors: list[Author]
    published: Moment | None
    origins: dict[str, str]


def parse_text(text: str) -> ParsedArticle:
    """The article that a plain text is; `Unusable` (`empty`, `not_an_article`) where there is none."""
    story = story_of(paragraphs_of(text))
    if not story.lines:
        raise Unusable("empty", "the text has no words in it")
    head, rest = _read_head(story.lines)
    cut = cut_tails(["", *rest])
    return _article(head, cut._replace(body=[line for line in cut.body[1:] if line not in story.others]))


def _article(head: _Head, cut: Cut) -> ParsedArticle:
    if not cut.body:
        raise Unusable("not_an_article", "the text has a headline but no story under it")
    dateline, first = split_dateline(cut.body[0], head.published.iso if head.published else None)
    blocks = [_block(line) for line in [first, *cut.body[1:]] if line]
    if not blocks:
        raise Unusable("not_an_article", "the text has a dateline but no story after it")
    published = head.published
    if published is None and dateline is not None and dateline.date is not None:
        published = Moment(iso=dateline.date, as_written=dateline.date_as_written, origin="visible")
    return ParsedArticle(
        title=head.title,
        subtitle=head.subtitle,
        blocks=blocks,
        authors=head.authors,
        published=published,
        dateline=dateline,
        related=cut.related,
        tails=cut.tails,
        origins=head.origins | ({"dateline": "visible"} if dateline else {}),
        parser=PARSER,
    )


def _block(line: str) -> Block:
    item = re.match(r"[-*•·▪◦‣]\s+(?=\S)", line)
    if item:
        return Block(kind="list_item", text=line[item.end() :])
    heading = len(line) <= 80 and not re.search(r"[.!?…:;,\"”’»)]$", line)
    return Block(kind="heading" if heading else "paragraph", text=line)


def _read_head(lines: Sequence[str]) -> tuple[_Head, Sequence[str]]:
    """Title, byline and date, and the lines after them."""
    recorded, title = _record_header(lines[0])
    if is_prose(title):
        return _untitled(title, recorded), [title, *lines[1:]]
    authors: list[Author] = []
    published, subtitle, used = None, None, 1
    for at, line in enumerate(lines[1 : _LINES_OF_HEAD + 1], 1):
        found = read_byline(line)
        if found:
            authors, published, used = authors + found.authors, published or found.published, at + 1
            subtitle = subtitle or " ".join(lines[1:at]) or None if at == 2 and used == 3 else subtitle
        elif is_prose(line) and at > 1:
            break
    if not authors and is_name(lines[1] if len(lines) > 2 else "") and is_prose(lines[2]):
        authors, used = [author(lines[1])], 2
    origins = {"title": "visible"} | ({"authors": "visible"} if authors else {})
    return _Head(title, subtitle, authors, published or recorded, origins), lines[used:]


def _record_header(line: str) -> tuple[Moment | None, str]:
    """The date that a scraper wrote before the headline, and the headline."""
    match = _RECORD_HEADER.match(line)
    if match is None:
        return None, line
    return machine_moment(match[1], "meta"), line[match.end() :]


def _untitled(first: str, published: Moment | None) -> _Head:
    """A head for a text that begins with its story: its first sentence serves as title."""
    match = _FIRST_SENTENCE.match(first)
    title = match[0] if match else first[:180].rsplit(" ", 1)[0] + "…"
    return _Head(title, None, [], published, {"title": "visible"})


def paragraphs_of(text: str) -> list[str]:
    """The text's paragraphs, tidy: its lines, or where lines were broken to a width, the lines joined again."""
    lines = seen(text[:MOST_LETTERS]).split("\n", MOST_LINES)[:MOST_LINES]
    pieces = re.split(r"\n[^\S\n]*\n", "\n".join(lines))
    groups = [[tidy(line) for line in piece.split("\n")] for piece in pieces]
    groups = [[line for line in group if line] for group in groups]
    return [line for group in groups for line in (_joined(group) if _is_wrapped(group) else group)]


def _is_wrapped(group: Sequence[str]) -> bool:
    """Whether lines end where a width ends: the next line's first word would not have fitted."""
    width = max(map(len, group), default=0)
    if len(group) < 3 or not 50 <= width <= 120 or (ends_a_sentence(group[0]) and len(group[0]) < 0.7 * width):
        return False
    return all(len(line) + 1 + len(after.split()[0]) > width for line, after in pairwise(group))


def _joined(group: Sequence[str]) -> list[str]:
    return [" ".join(group)]
