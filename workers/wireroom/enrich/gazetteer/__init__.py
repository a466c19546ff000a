"""A gazetteer of countries, first-level divisions and cities of 15,000 inhabitants or more, from GeoNames (see NOTICE).

A country stands at its capital, a division at its largest city.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

import zstandard

from wireroom.contracts import Place
from wireroom.enrich.gazetteer.demonyms import DEMONYMS, table
from wireroom.enrich.gazetteer.names import fold

DATA = Path(__file__).with_name("places.tsv.zst")
KINDS: dict[str, tuple[Literal["country", "division", "city"], float]] = {
    "C": ("country", 3.0), "A": ("division", 0.3), "S": ("city", 3.0), "P": ("city", 1.0),
}  # fmt: skip
"""Letter of a row -> kind, and how much more often than inhabitants suggest news means it (S: a seat of government)."""
OTHER_NAME = 0.05
"""How much less likely a place is meant by one of its other names than one that bears it as its first."""


class Known(NamedTuple):
    """A place a name may mean."""

    place: Place
    kind: Literal["country", "division", "city"]
    population: int
    weight: float
    """Inhabitants, corrected for what news means by a name; compares candidates of one name."""


class _Index(NamedTuple):
    rows: list[str]
    by_name: dict[str, int | tuple[int, ...]]


@cache
def _index() -> _Index:
    rows = zstandard.ZstdDecompressor().decompress(DATA.read_bytes()).decode().split("\n")
    by_name: dict[str, int | tuple[int, ...]] = {}
    for number, row in enumerate(rows):
        _, first, other = row.rsplit("\t", 2)
        for key in f"{first}|{other}".split("|") if other else first.split("|"):
            had = by_name.get(key)
            by_name[key] = number if had is None else (*((had,) if isinstance(had, int) else had), number)
    return _Index(rows, by_name)


def warm() -> None:
    """Load the gazetteer, once per process."""
    _index()
    _demonyms()


@lru_cache(maxsize=8192)
def lookup(name: str) -> tuple[Known, ...]:
    """The places that `name` may mean, likeliest (by inhabitants) first; whatever its case and accents."""
    key = fold(name)
    numbers = _index().by_name.get(key, ()) if key else ()
    found = [
        _known(_index().rows[number], key, name) for number in ((numbers,) if isinstance(numbers, int) else numbers)
    ]
    return tuple(sorted(found, key=lambda known: -known.weight))


@lru_cache(maxsize=512)
def country(iso: str) -> Known | None:
    """The country of an ISO 3166 alpha-2 code."""
    return _countries().get(iso)


@lru_cache(maxsize=2048)
def demonym(word: str) -> Known | None:
    """The country whose people or things are called `word`, as `Pakistani`; capitals count."""
    iso = _demonyms().get(word)
    return country(iso) if iso else None


@cache
def _countries() -> dict[str, Known]:
    rows = (row for row in _index().rows if row.startswith("C\t"))
    return {known.place.country: known for known in (_known(row, "", "") for row in rows)}


@cache
def _demonyms() -> dict[str, str]:
    return {word: iso for iso, words in table(DEMONYMS).items() for word in words}


def _known(row: str, key: str, written: str) -> Known:
    letter, number, name, iso, division, lat, lon, inhabitants, zone, first, _ = row.split("\t")
    kind, usual = KINDS[letter]
    weight = int(inhabitants) * usual * (1.0 if key in first.split("|") else OTHER_NAME)
    place = Place(
        name=name,
        country=iso,
        lat=float(lat),
        lon=float(lon),
        geonameid=int(number),
        admin1=division or None,
        zone=zone or None,
    )
    return Known(place, kind, int(inhabitants), weight * (2.0 if name == written else 1.0))
