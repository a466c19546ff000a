"""The people, organisations and places an article names, found by rules that would rather miss one than invent one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec.structs import replace

from wireroom.contracts import Enrichments, Entity, Mention, ParsedArticle, Place
from wireroom.enrich import gazetteer
from wireroom.enrich.cues import (
    ACRONYMS,
    CAPITAL_NOUNS,
    CUED,
    LISTED,
    LOCATIVES,
    NOT_PEOPLE,
    ORGANISATIONS,
    SPEECH,
    UNCASED,
)
from wireroom.enrich.enricher import enricher, opening
from wireroom.enrich.gazetteer import Known, demonym, lookup
from wireroom.enrich.runs import Run, runs
from wireroom.enrich.stopwords import STOP_WORDS

READ = 20_000
"""Code points of the text that are looked at."""
MOST = 50
SIZEABLE = 100_000
"""Inhabitants from which a city of a country that is named nowhere is believed after `in` and its like."""
LARGE = 250_000
"""Inhabitants from which a city is believed wherever its name stands within a sentence."""
HUGE = 1_000_000
"""Inhabitants from which a city is believed at the beginning of a sentence, where any word has a capital."""
NEAR = 10.0
"""A place of the dateline's country is meant if it is up to this many times less likely."""
LONGEST_NAME = 8
"""Words that a name may have and still go on."""
OF = re.compile(
    r" (?:(?:of|for)(?: the)?|de(?: la| los| las| l['’])?|del|des|du|d['’]|da|do|dos|das|di|della|dei|für) ?$"
)
AND = frozenset({" and ", " y ", " et ", " e ", " & "})
PARTICLE = re.compile(r" (?:bin|ibn|bint|al|el|van(?: de[rn]?)?|von(?: der)?|ul|ur) $")
ROMANCE_PARTICLE = re.compile(r" (?:de(?: la)?|da|dos?|das|del|della|di|du|e|y) $")
ROMANCE = frozenset({"es", "pt", "fr", "it", "ca", "gl", "ro"})
SON_OF = frozenset({"bin", "ibn", "bint"})
Kind = Literal["person", "organisation", "place", "other"]


class _Found(NamedTuple):
    run: Run
    kind: Kind
    name: str
    place: Place | None = None


class _Page(NamedTuple):
    """What a run is judged by."""

    text: str
    language: str
    homes: frozenset[str]
    """Countries it is surely about: the dateline's, and those it names."""
    alone: frozenset[str]
    """Words that also stand alone, as a last name does after the first mention."""


def warm() -> None:
    """Load the gazetteer and the words for its countries' people, once per process."""
    gazetteer.warm()
    demonym("Swiss")


@enricher("entities", "1", warm)
def find_entities(article: ParsedArticle, so_far: Enrichments) -> Enrichments:
    """Set `entities`, at most fifty in the order of their first mentions; none for writing without capitals."""
    language = so_far.language.code if so_far.language else "en"
    if language in UNCASED:
        return so_far
    text = opening(article, READ)
    joined = list(_joined(text, list(runs(text, STOP_WORDS.get(language, STOP_WORDS["en"]))), language))
    alone = frozenset(run.words[0] for run in joined if len(run.words) == 1)
    homes = frozenset(_countries(joined, so_far.dateline_place))
    return replace(so_far, entities=_entities(joined, _Page(text, language, homes, alone)))


def _countries(found: list[Run], dateline: Place | None) -> Iterator[str]:
    if dateline:
        yield dateline.country
    for run in found:
        first, *others = [*lookup(" ".join(run.words)), demonym(run.words[0])]
        rivals = [other for other in others if other and other.weight * NEAR >= (first.weight if first else 0)]
        if first and (first.kind == "country" or (first.population >= HUGE and not rivals)):
            yield first.place.country


def _joined(text: str, found: list[Run], language: str) -> Iterator[Run]:
    """The runs, those made one whose link belongs to the name, as in `University of Nairobi`."""
    current: Run | None = None
    for run in found:
        if current is None:
            current = run
        elif _is_one_name(text, current, run, language):
            words = tuple(text[current.start : run.end].split())
            current = current._replace(end=run.end, words=words, before_title=run.before_title)
        else:
            yield current
            current = run
    if current is not None:
        yield current


def _is_one_name(text: str, left: Run, right: Run, language: str) -> bool:
    gap = text[left.end : right.start]
    if len(gap) > 10 or right.titled or left.before_title or len(left.words) > LONGEST_NAME:
        return False
    if OF.match(gap) and (_is_cue(left.words[-1]) or (language in ROMANCE and _is_organisation(left))):
        return True
    if gap in AND and left.words[0].casefold() in LISTED and len(left.words) == 3 and len(right.words) == 1:
        return True
    if (OF.match(gap) or gap in AND) and lookup(text[left.start : right.end]):
        return True
    particle = PARTICLE.match(gap) or ((left.titled or language not in ROMANCE) and ROMANCE_PARTICLE.match(gap))
    return bool(particle) and gap not in AND and not _is_organisation(left)


def _entities(found: list[Run], page: _Page) -> list[Entity]:
    named = [entity for entity in (_named(run, page) for run in found) if entity]
    names: dict[str, str] = {}
    entities: dict[tuple[str, str], list[_Found]] = {}
    last_names = _last_names(named)
    for one in _with_later_mentions(found, named, last_names):
        entities.setdefault((one.kind, names.setdefault(one.name.casefold(), one.name)), []).append(one)
    return [_entity(page.text, mentions) for mentions in list(entities.values())[:MOST]]


def _last_names(named: Iterable[_Found]) -> dict[str, _Found]:
    """Last name -> the one person who bears it."""
    people = {one.name: one for one in reversed(list(named)) if one.kind == "person" and len(one.run.words) > 1}
    bearers = Counter(one.run.words[-1] for one in people.values())
    return {one.run.words[-1]: one for one in people.values() if bearers[one.run.words[-1]] == 1}


def _with_later_mentions(found: list[Run], named: list[_Found], last_names: dict[str, _Found]) -> Iterator[_Found]:
    """What is named, with last names (and they alone) given to the person named in full before."""
    by_start = {one.run.start: one for one in named}
    for run in found:
        bearer = last_names.get(run.words[-1]) if len(run.words) == 1 else None
        if bearer and bearer.run.start < run.start:
            yield bearer._replace(run=run)
        elif run.start in by_start:
            yield by_start[run.start]


def _entity(text: str, found: list[_Found]) -> Entity:
    spans = [(one.run.start, one.run.end) for one in found]
    mentions = [Mention(surface=text[start:end], start=start, end=end) for start, end in spans]
    return Entity(name=found[0].name, kind=found[0].kind, mentions=mentions, place=found[0].place)


def _named(run: Run, page: _Page) -> _Found | None:
    """What a run names, if anything can be said."""
    name = " ".join(page.text[run.start : run.end].split())
    if len(run.words) > 1 and all(word.isupper() and len(word) > 3 for word in run.words):
        return None
    if _is_organisation(run) or name in ACRONYMS:
        return _Found(run, "organisation", name)
    if run.titled and len(run.words) <= 5:
        return _Found(run, "person", name)
    place = _place(run, page)
    if place:
        return _Found(run, "place", place.name, place)
    return _other(run, name, page)


def _other(run: Run, name: str, page: _Page) -> _Found | None:
    if not 1 < len(run.words) <= 5 or run.before_title or demonym(run.words[0]):
        return None
    if not NOT_PEOPLE.isdisjoint(word.casefold() for word in run.words):
        return None
    if page.language in CUED and _is_person(run, page):
        return _Found(run, "person", name)
    return None if run.opens or page.language in CAPITAL_NOUNS else _Found(run, "other", name)


def _is_person(run: Run, page: _Page) -> bool:
    if _is_spoken_of(run, page.text) or not SON_OF.isdisjoint(run.words):
        return True
    last = run.words[-1]
    return page.language not in CAPITAL_NOUNS and last in page.alone and not lookup(last) and not _is_cue(last)


def _is_cue(word: str) -> bool:
    return word.casefold() in ORGANISATIONS


def _is_organisation(run: Run) -> bool:
    """Whether its first or last word says so, or one before an `of`, and another says which it is."""
    before_of = [word for word, following in pairwise(run.words) if following[0].islower()]
    return not all(map(_is_cue, run.words)) and any(map(_is_cue, (run.words[0], run.words[-1], *before_of)))


def _is_spoken_of(run: Run, text: str) -> bool:
    """Whether it is a `who`, has an age, or speaks in a way that companies do not, as in `”, said Jane Doe`."""
    after, before = text[run.end : run.end + 16], text[max(0, run.start - 18) : run.start]
    if re.match(r", (?:who\b|\d\d[,.])", after):
        return True
    verbs = [*re.findall(r"^, (\w+)", after), *re.findall(r"[,”\"»] (\w+) $", before)]
    return any(verb in SPEECH for verb in verbs)


def _place(run: Run, page: _Page) -> Place | None:
    candidates = [known for known in lookup(" ".join(run.words)) if not _is_by_another_name(known, page)]
    if not candidates or demonym(run.words[0]) == candidates[0]:
        return None
    near = (known for known in candidates if known.place.country in page.homes)
    known = next((known for known in near if known.weight * NEAR >= candidates[0].weight), candidates[0])
    return known.place if _is_believed(run, known, page) else None


def _is_by_another_name(known: Known, page: _Page) -> bool:
    """Whether English would call it otherwise; in other languages it is the name it has there."""
    return page.language == "en" and known.kind == "city" and known.weight < known.population / 2


def _is_believed(run: Run, known: Known, page: _Page) -> bool:
    """Whether the place is big enough, or near enough, to be meant where its name stands."""
    before = re.findall(r"(\w+) $", page.text[max(0, run.start - 12) : run.start])
    if before and before[0].casefold() in LOCATIVES:
        return known.place.country in page.homes or known.population >= SIZEABLE
    if run.words[0].isupper() and len(run.words[0]) < 4 and known.kind != "country":
        return False
    if run.opens:
        return known.kind == "country" or known.population >= HUGE
    return known.kind != "city" or known.population >= LARGE
