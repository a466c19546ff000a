"""What an element is for, as its class and id say it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ELSEWHERE = re.compile(
    r"related|recommend|sidebar|comment(?!ary)|footer|most-?read|trending|popular|teaser|carousel|newsletter|promo|breadcrumb|"
    r"social|\bshar|\bnav\b|navig|\bmenu|cookie|consent|advert|caption|copyright|outbrain|taboola|toolbar|tooltip",
    re.IGNORECASE,
)
_NAMES = re.compile(
    r"byline|author|auth-?name|writer|auteur|\bautor|reporter|journalist|signature|contributor|penulis|yazar|skribent|"
    r"creator|(?:^|\s)(?:user|provider|source|display|full)?-?name(?:\s|$)",
    re.IGNORECASE,
)
_DATES = re.compile(
    r"date|time|publi|posted|stamp|datum|fecha|\bdata\b|\bdato\b|(?:\b|_)meta|(?:\b|_)info", re.IGNORECASE
)
_STANDS_FIRST = re.compile(
    r"stand-?first|sub-?(?:title|head|hed)|(?:^|[\s_-])dek(?:[\s_-]|$)|article__?-?(?:lead|dek|summary)|chapo|"
    r"sottotitolo|(?:^|[\s_-])(?:deck|ingress|entradilla|bajada|vorspann|excerpt|abstract|lede)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_LONGEST = 400
_REMEMBERED = 8192


class Purpose(NamedTuple):
    """What may stand in an element with such a class and id."""

    elsewhere: bool
    """It belongs to other stories, or to none."""
    names: bool
    dates: bool
    stands_first: bool


@lru_cache(_REMEMBERED)
def purpose(label: str) -> Purpose:
    """What the class and id of an element say that it is for."""
    short = label.strip()[:_LONGEST]
    names, dates = bool(_NAMES.search(short)), bool(_DATES.search(short))
    elsewhere = not names and not dates and bool(_ELSEWHERE.search(short))
    return Purpose(elsewhere, names, dates, bool(_STANDS_FIRST.search(short)))
