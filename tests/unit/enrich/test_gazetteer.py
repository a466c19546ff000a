from __future__ import annotations

import pytest

from wireroom.enrich.gazetteer import country, demonym, lookup
from wireroom.enrich.gazetteer.names import fold


def found(name: str) -> list[tuple[str, str]]:
    return [(known.place.name, known.place.country) for known in lookup(name)]


def test_the_likeliest_place_of_a_name_comes_first() -> None:
    assert found("Paris")[0] == ("Paris", "FR")
    assert found("Lagos") == [("Lagos", "NG"), ("Lagos", "PT")]
    weights = [known.weight for known in lookup("Springfield")]
    assert len(weights) > 2
    assert weights == sorted(weights, reverse=True)


def test_a_name_may_mean_a_country_a_division_or_a_city() -> None:
    assert [(known.kind, known.place.country) for known in lookup("Georgia")] == [("country", "GE"), ("division", "US")]
    assert lookup("Washington")[0].kind == "city"


@pytest.mark.parametrize("name", ["São Paulo", "SÃO PAULO", "Sao Paulo", "sao  paulo", "Sa\u0303o Paulo"])
def test_accents_and_case_do_not_matter(name: str) -> None:
    assert found(name)[0] == ("São Paulo", "BR")


def test_the_spelling_with_its_own_accents_is_likelier() -> None:
    assert found("Dhaka")[0] == ("Dhaka", "BD")
    assert lookup("San José")[0].place.country == "CR"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Kiev", ("Kyiv", "UA")),
        ("東京", ("Tokyo", "JP")),
        ("UK", ("United Kingdom", "GB")),
        ("U.S.", ("United States", "US")),
        ("Côte d’Ivoire", ("Ivory Coast", "CI")),
        ("WASHINGTON D.C.", ("Washington", "US")),
        ("St. Petersburg", ("Saint Petersburg", "RU")),
    ],
)
def test_a_place_is_known_by_its_other_names(name: str, expected: tuple[str, str]) -> None:
    assert expected in found(name)


@pytest.mark.parametrize("name", ["", " ", "Zzyzzyva", "a" * 10_000, "\0", "|", "\t"])
def test_what_is_no_place_is_not_found(name: str) -> None:
    assert lookup(name) == ()


def test_a_place_knows_where_it_is() -> None:
    place = lookup("Karachi")[0].place
    assert (place.country, place.admin1, place.zone) == ("PK", "Sindh", "Asia/Karachi")
    assert (round(place.lat), round(place.lon)) == (25, 67)


def test_a_country_of_several_zones_has_none() -> None:
    assert [known.place.zone for known in (country("US"), country("PK")) if known] == [None, "Asia/Karachi"]


@pytest.mark.parametrize(("word", "iso"), [("Pakistani", "PK"), ("Danes", "DK"), ("Scottish", "GB"), ("Swiss", "CH")])
def test_a_demonym_means_its_country(word: str, iso: str) -> None:
    known = demonym(word)
    assert known is not None
    assert (known.kind, known.place.country) == ("country", iso)


def test_a_demonym_has_a_capital() -> None:
    assert demonym("polish") is None
    assert demonym("Martian") is None


def test_no_country_has_an_unknown_code() -> None:
    assert country("XX") is None


def test_names_are_compared_without_hyphens_stops_and_kinds_of_apostrophe() -> None:
    assert fold("Guinea-Bissau") == fold("guinea bissau")
    assert fold("St. John’s") == "saint john's"
