"""Bylines: who wrote it, as the line under a headline says it."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.contracts import Author, Moment
from wireroom.parse.calendar import visible_moment
from wireroom.parse.wording import ends_a_sentence, tidy

BY = re.compile(
    r"(?:(?:written|story|reported|posted|reporting|words|published)\s)?"
    r"(?:(?:ein\s)?(?:kommentar|interview|analyse|essay|gastbeitrag|bericht|kolumne|text)\s(?=von))?"
    r"(?:by|par|por|von|di|door|autore?|autor(?:in|a|es|en)?|auteurs?|authors?|av|af|oleh|penulis|автор|текст|от|yazan|"
    r"napisa[łl]|texto?|tekst|skribent)\b\s?[.:]?\s|(?:作者|文|記者|取材・文|著者|撰文|بقلم|كتب|كتبت)\s?[:：/／]?\s?",
    re.IGNORECASE,
)
_PUBLISHED = re.compile(
    r"\b(?:first\s)?(?:published|posted|updated|last updated|publié|publicado|publicada|veröffentlicht|pubblicato)\b"
    r"(?:\s(?:on|at|le|el|em|am|il))?\s?:?",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s*(?:[,;|•·/、，；／]|\s[–—-]\s|\b(?i:and)\b|\b(?:et|y|und|e|og|och|en|ve|dan|i|и|та|with)\b(?=\s)|&)\s*"
)
_ORGANISATION = re.compile(
    r"\b(?:agenc(?:y|ies)|agence|agencia|agência|agentur|bureau|correspondents?|desk|editors?|editorial|media|"
    r"magazine|network|news|newsroom|online|press|presse|redacción|redação|redaktion|redazione|rédaction|reporters?|"
    r"service|staff|team|times|tv|web|wire|writers?|reuters|xinhua|afp|dpa|tass|efe|ansa|bbc|cnn|inc|gmbh|ltd|llc|"
    r"foundation|university|institute|association|council|centre|center|group|company|club|post|journal|herald|"
    r"tribune|gazette|radio|redaksi|redakcja|redaksjonen|редакция)\b|編集部|通信|新聞|取材班|\w\.(?:com|net|org|de|fr|tv)\b",
    re.IGNORECASE,
)
_NAME_WORD = re.compile(
    r"[^\W\d_a-z][^\s\d,;:|/()<>@!?]*|(?:al|bin|bint|da|de|del|della|den|der|di|dos|du|el|la|le|ten|van|von|y|zu)\b"
)
_UNSPACED_NAME = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\u30fb]{2,8}|[\uac00-\ud7af]{2,4}")
_NO_NAME = re.compile(
    r"(?:ph\.?d|m\.?d|ms|msc?|rdn?|ld|mba|jr|sr|esq|mph|rn)\.?|\S+@\S+|https?:.*|.* on (?:instagram|twitter|facebook)|"
    r"(?:chief|head|vice|senior|staff|political|sports?|business|foreign|contributing|freelance|guest|special)\b.*",
    re.IGNORECASE,
)
_POST = re.compile(
    r"(?:.*\s)?\w*(?:reporter|editor|correspondent|columnist|writer|contributor|producer|journalist|critic|analyst|intern|"
    r"fellow|photographer|redakteur|korrespondent|reporterin|redakteurin|journaliste|rédact(?:eur|rice)|periodista|"
    r"redactora?|giornalista|jornalista|bio|all|more|von|by)s?",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_DEGREES = re.compile(r"(?:,?\s(?:Ph\.?D|M\.?D|MS|MSc|RDN?|LDN?|MBA|MPH|RN|DDS|JD|CPT|CSCS|LCSW)\.?)+$")
_BESIDE = re.compile(
    r"\s(?:Staff|Senior|Chief|Political|Sports|Contributing|Freelance|Special)\s(?:Writer|Reporter|Editor|Correspondent)s?"
    r"(?:\s.*)?$|\s(?:in|for|at)\s(?=[A-Z@]).*$|\s?\([^()]*\)$|\s<\S+@\S+>$|\s기자$|\s記者$|の記事一覧$"
)
_PLACEHOLDER = re.compile(
    r"admin(?:istrator)?|editor|unknown|anonymous|null|none|author|by|guest|user|webmaster|default|share|follow|"
    r"[\W\d_]*|.*(?:\d{3}|[:()©]).*|.*\b(?:min(?:utes?)? read|read more|follow us|subscribe|sign up|log ?in)\b.*",
    re.IGNORECASE,
)
LONGEST = 140
_MOST_LETTERS = 80


class Byline(NamedTuple):
    """What a line says about who wrote a story and when it appeared."""

    authors: list[Author]
    published: Moment | None


def read_byline(line: str) -> Byline | None:
    """The byline that a tidy line is, None if it is something else."""
    if len(line) > LONGEST:
        return None
    cue, published = _PUBLISHED.search(line), visible_moment(line) if _DIGIT.search(line) else None
    date_at = line.find(published.as_written) if published and published.as_written else -1
    cut = min(at for at in (cue.start() if cue else -1, date_at, len(line)) if at >= 0)
    before = line[:cut].strip(" ,|•·–-")
    by = BY.match(line)
    if by is None and not (published and (_names_only(before) or not before)):
        return None
    names = before[by.end() :] if by else before
    if not _names_only(names) and names:
        return None
    return Byline(authors_of(names), published)


def authors_of(text: str) -> list[Author]:
    """The authors that a byline names, in its order, without "By", titles, degrees, employers and placeholders."""
    names = [_bare(name) for name in _AND.split(_unemployed(tidy(text)[:1000]))]
    first = names[:1]
    kept = [name for name in names if 1 < len(name) <= _MOST_LETTERS and (name in first or not _is_post(name))]
    return list(dict.fromkeys(author(name) for name in kept if "@" not in name and not _PLACEHOLDER.fullmatch(name)))


def _unemployed(text: str) -> str:
    """The byline without the paper or agency that its last author writes for, as in `Ana Ruiz, The Lake Journal`."""
    before, _, last = re.sub(r"\s*[|]\s*", ", ", text).rpartition(", ")
    is_employer = _ORGANISATION.search(last) and " " in last and not _AND.search(last)
    return before if is_employer and is_name(_bare(_AND.split(before)[-1])) else text


def _is_post(name: str) -> bool:
    """Whether it says what someone does, and not who it is."""
    return bool(_NO_NAME.fullmatch(name) or _POST.fullmatch(name))


def author(name: str) -> Author:
    """The name with its kind: an organisation where it says so or is one word in capitals, as `APP`."""
    acronym = name.isupper() and name.isascii() and " " not in name
    return Author(name=name, kind="organisation" if acronym or _ORGANISATION.search(name) else "person")


def is_name(line: str) -> bool:
    """Whether a line is a person's name and nothing else."""
    if _UNSPACED_NAME.fullmatch(line):
        return True
    words = line.split()
    return (
        2 <= len(words) <= 4
        and not _POST.fullmatch(line)
        and not ends_a_sentence(line)
        and all(map(_NAME_WORD.fullmatch, words))
    )


def _names_only(text: str) -> bool:
    """Whether the text is a list of names: few words each, no sentence."""
    names = [name for name in _AND.split(text) if name]
    return 0 < len(names) <= 6 and all(len(name.split()) <= 6 and not re.search(r"\d{2}", name) for name in names)


def _bare(name: str) -> str:
    """The name without "By" before it and titles, degrees, places or brackets after it."""
    bare = BY.sub("", name, count=1) if BY.match(name) else name
    half, rest = len(bare) // 2, bare[len(bare) // 2 + 1 :]
    once = rest if rest and bare[:half] == rest else bare
    return _DEGREES.sub("", _BESIDE.sub("", once)).strip(' ,;:|•–-*"“”')
