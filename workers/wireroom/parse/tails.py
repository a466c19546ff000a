"""Tails: what follows a story and is none of it, as "Recent Stories" and their ages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from wireroom.contracts import Block, Related
from wireroom.parse.ages import split_age
from wireroom.parse.wording import ends_a_sentence, is_prose

_HEADING = re.compile(
    r"(?:(?:recent|related|latest|more|other|top|popular|trending|recommended|similar)\b(?!.*[.!?]$)"
    r"(?:\s(?:stories|articles|news|posts|reads|reading|headlines|coverage|content|topics|links|from|on|in|for|to|now)\b.*)?"
    r"|(?:also|must|most)[\s-]read|read\s(?:more|also|next)|see\salso|you\smay\s(?:also\s)?like.*|don[’']t\smiss.*|editor[’']s\spicks"
    r"|recommended\sfor\syou|up\snext|what\sto\sread\snext|lea\stambi[eé]n|te\spuede\sinteresar|noticias\srelacionadas"
    r"|à\slire\saussi|lire\saussi|sur\sle\smême\s(?:sujet|thème)|articles\sliés|lesen\ssie\sauch|mehr\szum\sthema"
    r"|das\skönnte\ssie\sauch\sinteressieren|leia\s(?:também|mais)|veja\stambém|leggi\sanche|lees\sook|czytaj\stakże)\s?:?",
    re.IGNORECASE,
)
_BULLET = re.compile(r"[-–—*•·▪◦‣>»]")
_LEADING_BULLET = re.compile(r"^[-–—*•·▪◦‣]\s+")
_LEGAL = re.compile(
    r"(?:©|\(c\)\s|copyright\b|all rights reserved|tous droits réservés|alle rechte vorbehalten)", re.IGNORECASE
)
_NEWSLETTER = re.compile(
    r"(?:sign up|subscribe|get (?:the|our)\b.*\bnewsletter|join our|follow us|download our)\b", re.IGNORECASE
)
_CREDIT = re.compile(
    r"\((?:reporting|additional reporting|writing|editing|with (?:inputs?|additional reporting))\b.*\)$", re.IGNORECASE
)


class Cut(NamedTuple):
    """A text's lines, shared out."""

    body: list[str]
    related: list[Related]
    tails: list[Block]


class _List(NamedTuple):
    """A list of headlines and where it ends."""

    related: list[Related]
    end: int


def is_related_heading(line: str) -> bool:
    """Whether a line is what publishers write above headlines of other stories."""
    return len(line) <= 60 and _HEADING.fullmatch(line) is not None


def cut_tails(lines: Sequence[str]) -> Cut:
    """The story's lines apart from lists of headlines and from legal, newsletter and credit lines."""
    body: list[str] = []
    related: list[Related] = []
    tails: list[Block] = []
    at = 0
    while at < len(lines):
        found = _list_at(lines, at) if at else None
        if found:
            related += found.related
            at = found.end
            continue
        kind = aside(lines[at])
        if kind:
            tails.append(kind)
        elif not _BULLET.fullmatch(lines[at]):
            body.append(lines[at])
        at += 1
    return Cut(body, related, tails)


def aside(line: str) -> Block | None:
    """The line as a tail, if it is a notice, an invitation or a credit rather than a part of the story."""
    if len(line) > 250:
        return None
    if _LEGAL.match(line):
        return Block(kind="legal", text=line)
    if _NEWSLETTER.match(line):
        return Block(kind="newsletter", text=line)
    return Block(kind="bio", text=line) if _CREDIT.match(line) else None


def _list_at(lines: Sequence[str], at: int) -> _List | None:
    """The list of headlines that begins at a line, with a heading that says so or an item that has an age."""
    if split_age(lines[at]):
        return _read_list(lines, at, None)
    known = is_related_heading(lines[at])
    if is_prose(lines[at]) or ends_a_sentence(lines[at]) or not (known or _first_item_has_age(lines, at + 1)):
        return None
    found = _read_list(lines, at + 1, lines[at])
    return found if found.related else None


def _first_item_has_age(lines: Sequence[str], at: int) -> bool:
    at += at < len(lines) and bool(_BULLET.fullmatch(lines[at]))
    return at < len(lines) and split_age(lines[at]) is not None


def _read_list(lines: Sequence[str], at: int, heading: str | None) -> _List:
    """The items from a line on, up to the next heading, notice or paragraph."""
    related: list[Related] = []
    age = 0
    while at < len(lines) and not _ends_list(lines, at):
        line = _LEADING_BULLET.sub("", lines[at])
        aged = split_age(line, age)
        title, age = aged or (line, age)
        if title and not _BULLET.fullmatch(title):
            related.append(Related(title=title, heading=heading))
        at += 1
    return _List(related, at)


def _ends_list(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if split_age(line) or _BULLET.fullmatch(line):
        return False
    bulleted = at > 0 and bool(_BULLET.fullmatch(lines[at - 1]))
    return not bulleted and (is_prose(line) or is_related_heading(line) or bool(aside(line)) or _heads(lines, at))


def _heads(lines: Sequence[str], at: int) -> bool:
    """Whether a line without a bullet stands above one."""
    return at + 1 < len(lines) and bool(_BULLET.fullmatch(lines[at + 1])) and len(lines[at]) <= 60
