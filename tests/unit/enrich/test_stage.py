from __future__ import annotations

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from wireroom.contracts import (
    Block,
    Dateline,
    EnrichedArticle,
    Enrichments,
    Keyword,
    Moment,
    ParsedArticle,
    decode,
    encode,
)
from wireroom.enrich.stage import LONGEST_ERROR, Enricher, enrich, load_enrichers, warm
from wireroom.errors import WireroomError


def article() -> ParsedArticle:
    return ParsedArticle(
        title="Karachi Port Opens New Pier",
        blocks=[
            Block(kind="paragraph", text="A new pier was opened in Karachi by Mayor Jane Doe on Friday. Doe left.")
        ],
        parser="t/1",
        published=Moment(iso="2025-05-02T16:15:00", origin="visible"),
        dateline=Dateline(as_written="KARACHI", place_as_written="KARACHI"),
    )


@dataclass
class Broken:
    """An enricher that always fails."""

    message: str = "no such model"
    name: str = "broken"
    version: str = "7"

    def __call__(self, article: ParsedArticle, so_far: Enrichments) -> Enrichments:
        raise RuntimeError(self.message)


@dataclass
class Tagging:
    """An enricher that adds a keyword to those it is given."""

    name: str = "tagging"
    version: str = "1"

    def __call__(self, article: ParsedArticle, so_far: Enrichments) -> Enrichments:
        return replace(so_far, keywords=[*so_far.keywords, Keyword(text=article.title, score=1.0)])


@dataclass
class Forgetful:
    """An enricher that returns nothing."""

    name: str = "forgetful"
    version: str = "1"

    def __call__(self, article: ParsedArticle, so_far: Enrichments) -> Enrichments:
        return None  # type: ignore[return-value]


def test_the_four_enrichers_are_installed_in_their_order() -> None:
    assert [one.name for one in load_enrichers()][:4] == ["language", "dateline", "entities", "keywords"]


def test_those_that_are_named_run_in_the_declared_order() -> None:
    assert [one.name for one in load_enrichers("dateline, language")] == ["language", "dateline"]


def test_one_that_is_not_installed_is_told_with_those_that_are() -> None:
    with pytest.raises(WireroomError, match="WIREROOM_ENRICHERS: 'langauge' is not installed, only language, dateline"):
        load_enrichers("langauge,dateline")


def test_the_whole_stage_fills_every_field_and_survives_the_wire() -> None:
    enrichers = load_enrichers()
    warm(enrichers)
    done = enrich(article(), enrichers)
    found = done.enrichments
    assert found.language is not None
    assert found.language.code == "en"
    assert found.dateline_place is not None
    assert found.published == Moment(
        iso="2025-05-02T16:15:00+05:00", origin="visible", zone="Asia/Karachi", zone_origin="dateline_place"
    )
    assert [entity.name for entity in found.entities] == ["Karachi", "Jane Doe"]
    assert "pier" in [keyword.text for keyword in found.keywords]
    assert [one.error for one in found.ran] == [None] * len(enrichers)
    assert decode(encode(done), EnrichedArticle) == done


def test_a_failing_enricher_is_recorded_and_does_not_stop_the_article() -> None:
    done = enrich(article(), [Tagging(), Broken(), Tagging()])
    assert [keyword.text for keyword in done.enrichments.keywords] == [article().title] * 2
    assert [(one.name, one.version, one.error) for one in done.enrichments.ran] == [
        ("tagging", "1", None),
        ("broken", "7", "RuntimeError: no such model"),
        ("tagging", "1", None),
    ]


def test_an_enricher_that_returns_nothing_has_failed_and_loses_nothing() -> None:
    done = enrich(article(), [Tagging(), Forgetful()])
    assert len(done.enrichments.keywords) == 1
    assert "NoneType" in (done.enrichments.ran[1].error or "")


@pytest.mark.parametrize("message", ["x" * 9_999, "nul \0 inside", "lone \ud800 surrogate"])
def test_whatever_an_error_says_it_can_be_stored(message: str) -> None:
    error = enrich(article(), [Broken(message)]).enrichments.ran[0].error or ""
    assert error.startswith("RuntimeError: ")
    assert len(error) <= LONGEST_ERROR
    assert "\0" not in error
    assert error.encode("utf-8")


def test_each_enricher_has_its_own_time() -> None:
    ticks = iter([10.0, 10.5, 20.0, 22.0])
    ran = enrich(article(), [Tagging(), Broken()], lambda: next(ticks)).enrichments.ran
    assert [one.seconds for one in ran] == [0.5, 2.0]


def test_without_enrichers_the_parsed_moment_stands() -> None:
    assert enrich(article(), []).enrichments == Enrichments(published=article().published)


def test_an_enricher_needs_no_warming() -> None:
    enrichers: list[Enricher] = [Tagging()]
    warm(enrichers)
