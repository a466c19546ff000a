from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from wireroom.contracts import Block, Enrichments, Language, ParsedArticle
from wireroom.enrich.language import READ, detect_language

PAGES = Path(__file__).parents[2] / "pages"


def language(*paragraphs: str, title: str = "", declared: str | None = None) -> Language | None:
    blocks = [Block(kind="paragraph", text=text) for text in paragraphs]
    article = ParsedArticle(title=title, blocks=blocks, parser="t/1", language_declared=declared)
    return detect_language(article, Enrichments()).language


def gold() -> list[Any]:
    files = sorted(PAGES.glob("*/*.gold.json"))
    records = {file.name.split(".")[0]: json.loads(file.read_text(encoding="utf-8")) for file in files}
    return [pytest.param(record, id=name) for name, record in records.items() if "rejected" not in record]


@pytest.mark.parametrize("record", gold())
def test_every_gold_page_is_in_its_language(record: dict[str, Any]) -> None:
    found = language(*record["paragraphs"], title=record["title"])
    assert found is not None
    assert (found.code, found.origin) == (record["language"], "detected")
    assert 0.6 <= found.confidence <= 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Der Senat hat am Dienstag beschlossen, dass Güterzüge nachts leiser bremsen müssen.", "de"),
        ("وزارت صحت نے جمعرات کو کہا کہ لاہور میں نئے ہسپتال کھولے جائیں گے۔", "ur"),
        ("市の公文書館は火曜日、ガラス乾板の写真をオンラインで公開した。", "ja"),
        ("Правительство сообщило во вторник о новых правилах для ночных поездов.", "ru"),
    ],
)
def test_other_languages_and_writings_are_told_apart(text: str, code: str) -> None:
    found = language(text)
    assert found is not None
    assert found.code == code


def test_a_detector_that_is_sure_is_believed_over_the_page() -> None:
    found = language("The council decided on Tuesday that night trains must be quieter.", declared="fr")
    assert found is not None
    assert (found.code, found.origin) == ("en", "detected")


@pytest.mark.parametrize(("declared", "code"), [("es-PE", "es"), (" DE_at", "de"), ("spa", "es"), ("iw", "he")])
def test_a_page_is_believed_where_the_text_is_too_short(declared: str, code: str) -> None:
    assert language("Ok", declared=declared) == Language(code=code, confidence=0.5, origin="declared")


@pytest.mark.parametrize("declared", [None, "", "x-default", "und", "1", "english-language" * 99])
def test_a_declaration_that_is_no_language_is_ignored(declared: str | None) -> None:
    found = language("Ok", declared=declared)
    assert found is None or found.origin == "detected"


@pytest.mark.parametrize("text", ["", "  ", "123 456", "🙂 …", "\0"])
def test_a_text_without_letters_has_no_language(text: str) -> None:
    assert language(text) is None


def test_only_the_opening_of_a_long_article_is_read() -> None:
    opening = "The council decided on Tuesday that night trains must be quieter. " * (READ // 60)
    assert language(opening, "Правительство сообщило о новых правилах. " * 999) == language(opening)
