"""What an element is for, as its class and id say it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_ELSEWHERE = re.compile(
    r"related|recommend|sidebar|comment(?!ary)|footer|most-?read|trending|popular|teaser|carousel|newsletter|promo|breadcrumb|"
    r"social|\bshar|\bnav\b|navig|\bmenu|cookie|consent|advert|caption|copyright|outbrain|taboola|toolbar|tooltip"
)
_NAMES = re.compile(
    r"byline|author|auth-?name|writer|auteur|\bautor|reporter|journalist|signature|contributor|penulis|yazar|skribent|"
    r"creator|^(?:user|provider|source|display|full)?-?name$"
)
_DATES = re.compile(r"date|time|publi|posted|stamp|datum|fecha|\bdata\b|\bdato\b|(?:\b|_)meta|(?:\b|_)info")
_STANDS_FIRST = re.compile(
    r"stand-?first|sub-?(?:title|head|hed)|(?:^|[_-])dek(?:[_-]|$)|article__?-?(?:lead|dek|summary)|chapo|"
    r"sottotitolo|(?:^|[_-])(?:deck|ingress|entradilla|bajada|vorspann|excerpt|abstract|lede)(?:[_-]|$)"
)
_LONGEST = 400


class Purpose(NamedTuple):
    """What may stand in an element with such a class and id."""

    elsewhere: bool
    """It belongs to other stories, or to none."""
    names: bool
    dates: bool
    stands_first: bool


@lru_cache(10_000)
def purpose(label: str) -> Purpose:
    """What the class and id of an element say that it is for."""
    elsewhere = names = dates = stands_first = False
    for name in label.strip()[:_LONGEST].lower().split():
        meant = _meant(name)
        elsewhere, names = elsewhere or meant.elsewhere, names or meant.names
        dates, stands_first = dates or meant.dates, stands_first or meant.stands_first
    return Purpose(elsewhere and not names and not dates, names, dates, stands_first)


@lru_cache(10_000)
def _meant(name: str) -> Purpose:
    """What a class or id, in lower case, says by itself."""
    names, dates = _NAMES.search(name) is not None, _DATES.search(name) is not None
    return Purpose(_ELSEWHERE.search(name) is not None, names, dates, _STANDS_FIRST.search(name) is not None)
