"""Bylines: who wrote it, as the line under a headline says it."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.contracts import Author, Moment
from wireroom.parse.calendar import visible_moment
from wireroom.parse.wording import ends_a_sentence, tidy

_BY = re.compile(
    r"(?:written\s|story\s|reported\s)?(?:by|par|por|von|di|door|autor|auteur|author)\b\s?:?\s", re.IGNORECASE
)
_PUBLISHED = re.compile(
    r"\b(?:first\s)?(?:published|posted|updated|last updated|publié|publicado|publicada|veröffentlicht|pubblicato)\b"
    r"(?:\s(?:on|at|le|el|em|am|il))?\s?:?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s*(?:[,;|•]|\band\b|\bet\b|\by\b|\bund\b|\be\b|&)\s*")
_ORGANISATION = re.compile(
    r"\b(?:agenc(?:y|ies)|agence|agencia|agência|agentur|bureau|correspondents?|desk|editors?|editorial|media|"
    r"magazine|network|news|newsroom|online|press|presse|redacción|redação|redaktion|redazione|rédaction|reporters?|"
    r"service|staff|team|times|tv|web|wire|writers?|reuters|xinhua|afp|dpa|tass|efe|ansa|bbc|cnn)\b",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(
    r"[^\W\d_a-z][\w.'’-]*|(?:al|bin|bint|da|de|del|della|den|der|di|dos|du|el|la|le|ten|van|von|y|zu)\b"
)
_NO_NAME = re.compile(
    r"(?:ph\.?d|m\.?d|ms|msc?|rdn?|ld|mba|jr|sr|esq)\.?|\S+@\S+|https?:.*|.* on (?:instagram|twitter|facebook)|"
    r"(?:chief|head|vice|senior|staff|political|sports?|business|foreign)\b.*|(?:reporter|editor|correspondent|columnist)",
    re.IGNORECASE,
)
LONGEST = 140


class Byline(NamedTuple):
    """What a line says about who wrote a story and when it appeared."""

    authors: list[Author]
    published: Moment | None


def read_byline(line: str) -> Byline | None:
    """The byline that a tidy line is, None if it is something else."""
    if len(line) > LONGEST:
        return None
    cue, published = _PUBLISHED.search(line), visible_moment(line)
    date_at = line.find(published.as_written) if published and published.as_written else -1
    cut = min(at for at in (cue.start() if cue else -1, date_at, len(line)) if at >= 0)
    before = line[:cut].strip(" ,|•·–-")
    by = _BY.match(line)
    if by is None and not (published and (_names_only(before) or not before)):
        return None
    names = before[by.end() :] if by else before
    if not _names_only(names) and names:
        return None
    return Byline(authors_of(names), published)


def authors_of(text: str) -> list[Author]:
    """The authors that a byline names, in its order, without "By"."""
    names = [_bare(name) for name in _AND.split(tidy(text)[:1000])]
    first = names[:1]
    kept = [name for name in names if len(name) > 1 and (name in first or not _NO_NAME.fullmatch(name))]
    return list(dict.fromkeys(author(name) for name in kept if "@" not in name))


def author(name: str) -> Author:
    """The name with its kind: an organisation where it says so or is one word in capitals, as `APP`."""
    acronym = name.isupper() and " " not in name
    return Author(name=name, kind="organisation" if acronym or _ORGANISATION.search(name) else "person")


def is_name(line: str) -> bool:
    """Whether a line is a person's name and nothing else."""
    words = line.split()
    return 2 <= len(words) <= 4 and not ends_a_sentence(line) and all(map(_NAME_WORD.fullmatch, words))


def _names_only(text: str) -> bool:
    """Whether the text is a list of names: few words each, no sentence."""
    names = [name for name in _AND.split(text) if name]
    return 0 < len(names) <= 6 and all(len(name.split()) <= 6 and not re.search(r"\d{2}", name) for name in names)


def _bare(name: str) -> str:
    """The name without "By" before it and initials in brackets after it."""
    return re.sub(r"\s?\([^()]*\)$", "", _BY.sub("", name, count=1) if _BY.match(name) else name).strip(" ,;|•–-")
