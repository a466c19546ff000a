from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireroom.contracts import Block, Enrichments, Language, ParsedArticle
from wireroom.enrich.keywords import MOST, extract_keywords
from wireroom.enrich.stopwords import STOP_WORDS

PAGES = Path(__file__).parents[2] / "pages"


def article(title: str, *paragraphs: str) -> ParsedArticle:
    return ParsedArticle(title=title, blocks=[Block(kind="paragraph", text=text) for text in paragraphs], parser="t/1")


def in_language(code: str | None) -> Enrichments:
    return Enrichments(language=Language(code=code, confidence=1.0, origin="detected") if code else None)


def keywords(parsed: ParsedArticle, code: str | None = "en") -> list[str]:
    return [keyword.text for keyword in extract_keywords(parsed, in_language(code)).keywords]


def gold(path: str) -> tuple[ParsedArticle, str]:
    record: dict[str, Any] = json.loads((PAGES / f"{path}.gold.json").read_text(encoding="utf-8"))
    return article(record["title"], *record["paragraphs"]), record["language"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("text/sao-paulo-bus-lanes", {"São Paulo", "electric buses", "lanes"}),
        ("text/lima-anchoveta-es", {"temporada de anchoveta", "pescadores", "Chimbote"}),
        ("html/microdata-fr", {"pont", "Dakar", "autoroute"}),
        ("html/related-and-newsletter", {"public lake", "quarry", "Bogotá"}),
    ],
)
def test_an_article_is_about_what_it_keeps_naming(path: str, expected: set[str]) -> None:
    assert expected <= set(keywords(*gold(path))[:5])


@pytest.mark.parametrize("code", sorted(STOP_WORDS))
def test_stop_words_are_no_keywords(code: str) -> None:
    parsed = article("", " ".join(sorted(STOP_WORDS[code])), "Xylophon")
    assert keywords(parsed, code) == ["Xylophon"]


def test_ten_at_most_come_best_first() -> None:
    found = extract_keywords(*_long("text/nairobi-ferry-timetable")).keywords
    assert len(found) == MOST
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def _long(path: str) -> tuple[ParsedArticle, Enrichments]:
    parsed, code = gold(path)
    return parsed, in_language(code)


def test_the_same_article_always_has_the_same_keywords() -> None:
    one = _long("text/tokyo-glass-archive")
    assert extract_keywords(*one) == extract_keywords(*one)


def test_what_comes_early_counts_more() -> None:
    early, late = extract_keywords(article("", "turbine " + "the " * 200 + "lagoon"), in_language("en")).keywords
    assert (early.text, late.text) == ("turbine", "lagoon")
    assert early.score > late.score


def test_what_comes_often_counts_more() -> None:
    assert keywords(article("", "turbine, lagoon, lagoon."))[0] == "lagoon"


def test_a_repeated_phrase_stands_for_its_words() -> None:
    parsed = article("", "The night ferry left. Another night ferry came; a third night ferry sank.")
    assert keywords(parsed)[0] == "night ferry"
    assert not {"night", "ferry"} & set(keywords(parsed))


def test_a_phrase_does_not_cross_punctuation() -> None:
    assert keywords(article("", "ferry, harbour. ferry, harbour. ferry\nharbour")) == ["ferry", "harbour"]


def test_a_keyword_is_written_as_in_the_body_not_as_in_a_headline() -> None:
    assert keywords(article("Turbine Opens In Łódź", "A new turbine in Łódź."))[:2] == ["turbine", "Łódź"]


def test_words_keep_their_marks_in_indic_writing() -> None:
    assert "हिन्दी" in keywords(article("", "हिन्दी समाचार, हिन्दी समाचार."), "hi")[0]


def test_without_known_stop_words_short_words_are_none() -> None:
    assert keywords(article("", "og ble turbin med og turbin"), "xx") == ["turbin"]
    assert keywords(article("", "og ble turbin med og turbin"), None) == ["turbin"]


def test_writing_without_spaces_has_no_keywords() -> None:
    assert keywords(article("猫の乾板", "猫の乾板が公開された。"), "ja") == []


@pytest.mark.parametrize("text", ["", " \n", "...", "12 34 56", "a" * 50_000])
def test_an_article_without_words_has_no_keywords(text: str) -> None:
    assert keywords(article(text, text)) == []


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from([None, "en", "hi"]))
def test_every_keyword_stands_in_the_article(title: str, body: str, code: str | None) -> None:
    for keyword in keywords(article(title, body), code):
        assert keyword in title or keyword in body
