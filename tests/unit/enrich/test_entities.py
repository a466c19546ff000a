from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireroom.contracts import Block, Enrichments, Entity, Language, ParsedArticle
from wireroom.enrich.entities import MOST, READ, find_entities
from wireroom.enrich.gazetteer import lookup

PIECES = [
    "Mr", "Dr.", "Minister", "Jane", "Doe’s", "Doe", "Karachi", "of", "and", "the", "in", "Bank", "University", "said,",
    "45,", "“", "”", ".", "İstanbul", "𝒜da", "São", "Paulo", "al", "bin", "NEW", "May", "ﬁ", "e\u0301", "\u00a0",
    "A.", "U.S.", "L’Agence", "d’Ivoire",
]  # fmt: skip
PAGES = Path(__file__).parents[2] / "pages"


def article(*paragraphs: str) -> ParsedArticle:
    return ParsedArticle(title="", blocks=[Block(kind="paragraph", text=text) for text in paragraphs], parser="t/1")


def entities(*paragraphs: str, code: str = "en", country: str | None = None) -> list[Entity]:
    language = Language(code=code, confidence=1.0, origin="detected")
    place = next(known.place for known in lookup(country)) if country else None
    return find_entities(article(*paragraphs), Enrichments(language=language, dateline_place=place)).entities


def names(*paragraphs: str, code: str = "en") -> list[tuple[str, str]]:
    return [(entity.kind, entity.name) for entity in entities(*paragraphs, code=code)]


def gold(path: str) -> tuple[list[str], str]:
    record: dict[str, Any] = json.loads((PAGES / f"{path}.gold.json").read_text(encoding="utf-8"))
    return record["paragraphs"], record["language"]


def test_a_news_story_gives_its_people_organisations_and_places() -> None:
    paragraphs, code = gold("text/nairobi-ferry-timetable")
    assert names(*paragraphs, code=code) == [
        ("place", "Nairobi"),
        ("person", "Peninah Barasa"),
        ("organisation", "Railway Museum"),
        ("organisation", "Kenya Coastal Ferries Authority"),
        ("place", "Mombasa"),
        ("person", "Salim Athmani"),
        ("organisation", "University of Nairobi"),
    ]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "text/lima-anchoveta-es",
            {("organisation", "Federación de Pescadores del Santa"), ("person", "Óscar Benavente Luján")},
        ),
        ("html/microdata-fr", {("person", "Fatim Diagne-Keller"), ("place", "Pikine")}),
        ("text/muscat-turtle-beach", {("person", "Said bin Khalfan al Rawahi"), ("person", "Maryam al Hinai")}),
        ("text/sao-paulo-bus-lanes", {("place", "São José dos Campos"), ("person", "Inês Guimarães Falcão")}),
        ("text/tokyo-glass-archive", {("person", "Sōta Ōkubo"), ("organisation", "University of Zürich")}),
    ],
)
def test_names_are_found_in_other_languages_and_shapes(path: str, expected: set[tuple[str, str]]) -> None:
    paragraphs, code = gold(path)
    assert expected <= set(names(*paragraphs, code=code))


@pytest.mark.parametrize(
    "text",
    [
        "Then Transport Minister Jane Doe left.",
        "Then the Minister for Foreign Affairs Jane Doe left.",
        "It was Dr. Jane Doe.",
        "Their spokesman, Jane Doe, left.",
        "His daughter Jane Doe left.",
        "“It is late,” said Jane Doe.",
        "There was Jane Doe, 45, a baker.",
        "Up came Jane Doe, who left.",
        "There came Jane Doe. They left with Doe.",
    ],
)
def test_a_person_is_told_by_a_title_an_age_a_quotation_or_a_later_last_name(text: str) -> None:
    assert ("person", "Jane Doe") in names(text)


@pytest.mark.parametrize("text", ["We met Respira Capital.", "We saw Muara Angke today."])
def test_a_name_of_which_nothing_is_known_is_of_no_kind(text: str) -> None:
    assert [kind for kind, _ in names(text)] == ["other"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We asked the Ministry of Trade and Industry and Kenya Airways.", "Ministry of Trade and Industry"),
        ("We asked the Coastal Fishers’ Union.", "Coastal Fishers’ Union"),
        ("We asked the Bank of England Governor Jane Doe.", "Bank of England"),
        ("We asked Acme Inc. and left.", "Acme Inc"),
        ("We asked the UN about it.", "UN"),
        ("O Banco Central do Brasil decidiu.", "Banco Central do Brasil"),
    ],
)
def test_an_organisation_is_told_by_a_word_of_its_name(text: str, expected: str) -> None:
    assert ("organisation", expected) in names(text, code="pt" if text.startswith("O ") else "en")


def test_a_last_name_is_a_mention_of_the_person_named_in_full_before() -> None:
    (person,) = entities("Mayor Jane Doe came. Doe spoke. Then Mrs Doe left; it was Doe’s car.")
    assert [mention.surface for mention in person.mentions] == ["Jane Doe", "Doe", "Doe", "Doe"]


def test_a_last_name_alone_means_nobody_before_the_full_name() -> None:
    (person,) = entities("They left with Doe. It was Mayor Jane Doe.")
    assert [mention.surface for mention in person.mentions] == ["Jane Doe"]


def test_a_month_is_no_last_name() -> None:
    (person,) = entities("Mayor Theresa May came on May 2 and left in May.")
    assert [mention.surface for mention in person.mentions] == ["Theresa May"]


def test_a_place_before_a_title_stays_a_place() -> None:
    found = names("Then New Zealand Prime Minister Jane Doe left.")
    assert found == [("place", "New Zealand"), ("person", "Jane Doe")]


def test_after_a_title_and_a_comma_a_full_name_is_needed() -> None:
    assert names("They met the mayor, Karachi in tow.") == [("place", "Karachi")]


def test_no_name_goes_on_for_ever() -> None:
    assert all(len(name.split()) < 12 for _, name in names("Bank of " * 900))


def test_a_last_name_that_two_people_bear_is_given_to_neither() -> None:
    found = entities("Mayor Jane Doe met Senator John Doe. Doe spoke.")
    assert [len(entity.mentions) for entity in found] == [1, 1]


def test_a_place_has_its_row_of_the_gazetteer() -> None:
    (place,) = entities("They met in Karachi and left Karachi again.")
    assert place.place is not None
    assert (place.place.country, len(place.mentions)) == ("PK", 2)


def test_the_dateline_decides_between_places_of_one_name() -> None:
    (here,) = entities("They met in Hyderabad.", country="Pakistan")
    (there,) = entities("They met in Hyderabad.", country="India")
    assert [one.place.country for one in (here, there) if one.place] == ["PK", "IN"]


@pytest.mark.parametrize(
    "text",
    [
        "Mobile phones and Orange trees",
        "Police came. Nice people came.",
        "On Monday, in March, the Minister left.",
        "Prime Minister",
        "THE WHOLE PARAGRAPH SHOUTS",
        "He spoke Danish to the Canadian.",
        "They found a Danish Viking ship.",
        "They met in Elmina.",
        "They were seen at Avenida Brigadeiro Street",
    ],
)
def test_capitals_alone_do_not_make_a_name(text: str) -> None:
    assert names(text) == []


def test_a_building_is_not_the_city_whose_name_it_translates() -> None:
    assert names("They met at the White House.") == [("other", "White House")]


def test_german_nouns_are_no_names() -> None:
    text = "Der Bürgermeister Jonas Weidner kam in Berlin an. Die Kinder und Eltern lachten, Ende Juni im Freibad Nord."
    assert names(text, code="de") == [("person", "Jonas Weidner"), ("place", "Berlin")]


@pytest.mark.parametrize("code", ["ar", "hi", "ja", "zh", "ur"])
def test_writing_without_capitals_has_no_entities(code: str) -> None:
    assert entities("President Jane Doe in Karachi, 大久保 颯太, कराची", code=code) == []


def test_a_language_without_cues_gets_no_people() -> None:
    assert names("И Владимир Пуговкин сказал. Пуговкин пришел.", code="ru") == [("other", "Владимир Пуговкин")]


def test_a_long_article_is_read_to_a_limit() -> None:
    found = entities("".join(f"Then Mr Xa{chr(97 + n // 26)}{chr(97 + n % 26)} left. " for n in range(200)) * 9)
    assert len(found) == MOST
    assert max(mention.end for entity in found for mention in entity.mentions) <= READ


@given(
    st.lists(st.lists(st.sampled_from(PIECES)).map(" ".join)),
    st.sampled_from(["en", "es", "de", "fr", "xx"]),
)
def test_every_mention_is_where_it_says(paragraphs: list[str], code: str) -> None:
    text = article(*paragraphs).text
    mentions = [mention for entity in entities(*paragraphs, code=code) for mention in entity.mentions]
    assert all(text[mention.start : mention.end] == mention.surface for mention in mentions)
    spans = sorted((mention.start, mention.end) for mention in mentions)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
