"""The place of a dateline, and the offset it gives to a time that has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec.structs import replace

from wireroom.contracts import Dateline, Enrichments, ParsedArticle, Place
from wireroom.enrich import gazetteer
from wireroom.enrich.enricher import enricher
from wireroom.enrich.gazetteer import Known, demonym, lookup
from wireroom.enrich.gazetteer.names import fold
from wireroom.zones import completed

READ = 120
"""Code points of a place as written that are looked at."""
CLEAR = 2.0
"""How many times likelier than the next a place must be, where nothing else says which is meant."""
NEAR = 10.0
"""A place up to this many times less likely is meant if the agency is of its country."""
METROPOLIS = 1_000_000
"""Inhabitants from which a city may say where a smaller place is, as in `SURULERE, Lagos`."""
DIVISIONS = """
Alabama Ala AL|Alaska AK|Arizona Ariz AZ|Arkansas Ark AR|California Calif CA|Colorado Colo CO|Connecticut Conn CT
Delaware Del DE|District_of_Columbia DC|Florida Fla FL|Georgia Ga|Hawaii HI|Idaho ID|Illinois Ill IL|Indiana Ind IN
Iowa IA|Kansas Kan KS|Kentucky Ky|Louisiana La|Maine ME|Maryland Md|Massachusetts Mass MA|Michigan Mich MI
Minnesota Minn MN|Mississippi Miss MS|Missouri Mo|Montana Mont MT|Nebraska Neb NE|Nevada Nev NV|New_Hampshire NH
New_Jersey NJ|New_Mexico NM|New_York NY|North_Carolina NC|North_Dakota ND|Ohio OH|Oklahoma Okla OK|Oregon Ore OR
Pennsylvania Pa|Rhode_Island RI|South_Carolina SC|South_Dakota SD|Tennessee Tenn TN|Texas Tex TX|Utah UT|Vermont Vt
Virginia Va|Washington Wash WA|West_Virginia WVa WV|Wisconsin Wis WI|Wyoming Wyo WY|Alberta Alta AB
British_Columbia BC|Manitoba Man MB|New_Brunswick NB|Nova_Scotia NS|Ontario Ont ON|Quebec Que QC|Saskatchewan Sask SK
New_South_Wales NSW|Queensland Qld|Tasmania Tas|Victoria Vic
"""
"""Divisions and the abbreviations that datelines use for them."""
_FULL_NAMES = {
    fold(short): fold(full.replace("_", " "))
    for full, *others in (row.split() for row in DIVISIONS.replace("\n", "|").split("|") if row)
    for short in others
}


@enricher("dateline", "1", gazetteer.warm)
def resolve_dateline(article: ParsedArticle, so_far: Enrichments) -> Enrichments:
    """Set `dateline_place`, and complete `published` where it has a wall time only and the place a zone."""
    place = article.dateline and place_of(article.dateline)
    if not place:
        return so_far
    published = so_far.published or article.published
    return replace(
        so_far, dateline_place=place, published=published and completed(published, place.zone, "dateline_place")
    )


def place_of(dateline: Dateline) -> Place | None:
    """The place a dateline names, the first of several; None where it is unknown or could as well be another."""
    written = (dateline.place_as_written or "")[:READ]
    agency = (dateline.agency or "")[:READ]
    for name, hints in _readings(written):
        known = _chosen(lookup(name), hints, agency)
        if known:
            return known.place
    return None


def _readings(written: str) -> Iterator[tuple[str, list[str]]]:
    """Ways to read a place as written, as a name and what follows it; the likeliest first."""
    first = written.split("/")[0]
    name, *hints = [part.strip() for part in re.split(r"[,()]", first) if part.strip()] or [""]
    yield name, hints
    one = re.split(r"\s+(?:and|&|y|et|und|e)\s+|\s*[;–—-]\s*", name, maxsplit=1, flags=re.IGNORECASE)[0]
    if one != name and lookup(one):
        yield one, []
    words = name.split()
    for cut in range(len(words) - 1, 0, -1):
        first, wider = " ".join(words[:cut]), " ".join(words[cut:])
        if _meanings(wider) if lookup(first) else _tells(wider):
            yield first, [wider]


def _tells(wider: str) -> bool:
    """Whether the end of an unknown name is surely a wider place: that of SKERRY BAY may be no more than a word."""
    known_division = fold(wider) in _FULL_NAMES or fold(wider) in _FULL_NAMES.values()
    return known_division or any(known.kind != "division" for known in _meanings(wider))


def _chosen(candidates: tuple[Known, ...], hints: list[str], agency: str) -> Known | None:
    """The candidate that the hints point at, else what the hints themselves mean, else the one clearly likeliest."""
    telling = [hint for hint in hints if _meanings(hint)]
    for hint in telling:
        inside = [known for known in candidates if _lies_in(known, hint)]
        if inside:
            return inside[0]
    return _only_meaning(telling[0]) if telling else _likeliest(candidates, agency)


def _meanings(hint: str) -> list[Known]:
    full = _FULL_NAMES.get(fold(hint), hint)
    return [known for known in lookup(full) if known.kind != "city" or known.population >= METROPOLIS]


def _lies_in(known: Known, hint: str) -> bool:
    full = _FULL_NAMES.get(fold(hint), hint)
    if known.place.admin1 and fold(known.place.admin1) == fold(full):
        return True
    return any(
        wider.place.country == known.place.country
        and (wider.kind == "country" or wider.place.name in (known.place.admin1, known.place.name))
        for wider in (*_meanings(full), *_meanings(hint))
    )


def _only_meaning(hint: str) -> Known | None:
    meanings = _meanings(hint)
    return meanings[0] if len({known.place.country for known in meanings}) == 1 else None


def _likeliest(candidates: tuple[Known, ...], agency: str) -> Known | None:
    """The first of the candidates, or of those in the agency's country, unless one elsewhere is nearly as likely."""
    if not candidates:
        return None
    near = [known for known in candidates if known.weight * NEAR >= candidates[0].weight]
    home = _countries_named(agency)
    first, *others = [known for known in near if known.place.country in home] or near
    rivals = [known for known in others if not _is_around(first, known)]
    return first if not rivals or first.weight >= CLEAR * rivals[0].weight else None


def _is_around(first: Known, other: Known) -> bool:
    """Whether `other` is no rival: it shares the zone, or is a division of the country whose city comes first."""
    if first.place.country != other.place.country:
        return False
    return first.place.zone == other.place.zone or (first.kind == "city" and other.kind == "division")


def _countries_named(agency: str) -> set[str]:
    words = re.findall(r"\w+", agency)
    named = [known for word in words for known in (demonym(word), *lookup(word)) if known and known.kind == "country"]
    return {known.place.country for known in named}
