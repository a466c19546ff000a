"""Datelines: `ISLAMABAD, (UrduPoint / Pakistan Point News - 19th Apr, 2025)` before a story's first words."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.contracts import Dateline
from wireroom.parse.calendar import WrittenDate, complete, find_date

_MARK = r"(?P<mark>-{1,2}|[–—―:])"
_IN_BRACKETS = re.compile(rf"(?P<head>(?P<before>[^()–—:]{{0,80}}?)\((?P<inside>[^()]{{2,90}})\))\.?\s*{_MARK}?\s*")
_IN_SLASHES = re.compile(
    r"(?P<head>(?P<before>[^()/–—:]{2,60})/(?P<inside>[A-Z][^/.]{1,40})/)\.?\s*(?P<mark>[-–—:]*)\s*"
)
_MARK_ONLY = re.compile(r"(?P<head>(?P<before>[^()–—:]{2,60}?))(?P<inside>)\s*(?P<mark>--|[–—―:]|(?<=\s)-)\s+")
_PARTICLES = re.compile(
    "a|al|am|an|bin|da?|das|de|del|der|di|do|dos|du|e|el|en|es|la|le|los|las|of|on|sur|the|und|upon|y"
)
# What editors put before a story in capitals that is no place.
_LABELS = re.compile(
    "ANALYSIS|BREAKING|CORRECTION|COMMENT|EDITORIAL|EXCLUSIVE|EXPLAINER|FACTBOX|FEATURE|LIVE|NOTE|OPINION|PHOTOS|QUIZ|"
    "ANSWER|CLAIM|DEAR|FACT|QUESTION|SPOILER|SUMMARY|VERDICT|REVIEW|TIMELINE|UPDATED?|VIDEO|WARNING|WATCH"
)
_SITE = re.compile(r"\.(?:com|net|org|co|tv)\b", re.IGNORECASE)


class _Head(NamedTuple):
    """What may be a dateline, in pieces."""

    as_written: str
    place: str
    agency: str
    date: WrittenDate | None
    date_as_written: str | None
    marked: bool


def split_dateline(paragraph: str, published: str | None) -> tuple[Dateline | None, str]:
    """The dateline at the start of a tidy paragraph, if it has one, and the rest of the paragraph.

    `published` (ISO) gives the year to a date without one.
    """
    for form in (_IN_BRACKETS, _IN_SLASHES, _MARK_ONLY):
        match = form.match(paragraph)
        if match and _is_dateline(head := _head(match), paragraph[match.end() :]):
            return _dateline(head, published), paragraph[match.end() :]
    return None, paragraph


def _head(match: re.Match[str]) -> _Head:
    place, date_before, written_before = _cut_date(match["before"])
    agency, date_inside, written_inside = _cut_date(match["inside"])
    found, written = (date_before, written_before) if date_before else (date_inside, written_inside)
    return _Head(match["head"].strip(), place, agency, found, written, bool(match["mark"]))


def _cut_date(text: str) -> tuple[str, WrittenDate | None, str | None]:
    """The text without the date at its end, and that date."""
    found = find_date(text)
    if found is None or text[found.end :].strip(" ,.|"):
        return text.strip(" ,.|-–"), None, None
    return text[: found.start].strip(" ,.|-–"), found, text[found.start : found.end]


def _is_dateline(head: _Head, rest: str) -> bool:
    if not head.place:
        return bool(head.agency) and head.marked and len(head.agency.split()) <= 4
    if not _is_place(head.place):
        return False
    if _in_capitals(head.place):
        return head.marked or head.date is not None or not rest[:1].islower()
    if head.marked or head.date is not None:
        return bool(head.agency or head.date)
    # `Tirana, Albania (CNN) Some will ...`: only where country and agency both look the part.
    return "," in head.place and re.fullmatch("[A-Z]{3,5}", head.agency) is not None and rest[:1].isupper()


def _is_place(place: str) -> bool:
    words = re.findall(r"[^\s,/\[\]]+", place)
    if not 0 < len(words) <= 8 or _LABELS.fullmatch(words[0]) or _SITE.search(place):
        return False
    return any(c.isalpha() for c in place) and all(word[0].isupper() or _PARTICLES.fullmatch(word) for word in words)


def _in_capitals(place: str) -> bool:
    """Whether the city is written in capitals, as `McALLEN, Texas` is too."""
    letters = [c for c in place.split(",")[0] if c.isalpha()]
    return (
        len(letters) > 2
        and len(place.split(",")[0].split()) <= 4
        and sum(c.isupper() for c in letters) >= 0.7 * len(letters)
    )


def _dateline(head: _Head, published: str | None) -> Dateline:
    names = [name.strip() for name in re.split(r"[/;|]", head.agency) if name.strip()]
    return Dateline(
        as_written=head.as_written,
        place_as_written=head.place or None,
        agency=head.agency or None,
        agency_names=names,
        date=complete(head.date, published) if head.date else None,
        date_as_written=head.date_as_written,
    )
