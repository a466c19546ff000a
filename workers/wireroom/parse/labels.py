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


_NOTHING = Purpose(elsewhere=False, names=False, dates=False, stands_first=False)


@lru_cache(10_000)
def purpose(label: str) -> Purpose:
    """What the class and id of an element say that it is for."""
    named = (_NOTHING, *map(_meant, label.strip()[:_LONGEST].lower().split()))
    elsewhere, names, dates, stands_first = map(any, zip(*named, strict=True))
    return Purpose(elsewhere and not names and not dates, names, dates, stands_first)


@lru_cache(10_000)
def _meant(name: str) -> Purpose:
    """What a class or id, in lower case, says by itself."""
    return Purpose(*(wanted.search(name) is not None for wanted in (_ELSEWHERE, _NAMES, _DATES, _STANDS_FIRST)))
