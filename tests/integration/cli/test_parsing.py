"""A page may end the process that parses it, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from newsroom.line import story
from newsroom.morgue import SLOW
from wireroom.apart import Died
from wireroom.cli.parsing import Parser
from wireroom.contracts import FetchedPage
from wireroom.errors import Unusable, WireroomError
from wireroom.parse.stage import parse
from wireroom.settings import settings

PAGES = Path(__file__).parents[2] / "pages"
STORY = FetchedPage(body=story(1).encode())


@pytest.fixture
def parser() -> Iterator[Parser]:
    parser = Parser()
    yield parser
    parser.close()


@pytest.fixture
def in_a_moment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WIREROOM_ARTICLE_SECONDS", "0.2")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.parametrize("name", ["html/microdata-fr.html", "html/broken-markup.html", "text/tokyo-glass-archive.txt"])
def test_an_article_is_what_the_stage_gives(parser: Parser, name: str) -> None:
    page = FetchedPage(body=(PAGES / name).read_bytes(), url="https://news.example/a")
    assert parser.parse(page) == parse(page)


def test_what_is_no_article_is_refused_with_the_stages_reason(parser: Parser) -> None:
    with pytest.raises(Unusable, match="the page is a list of stories, not a story") as refused:
        parser.parse(FetchedPage(body=(PAGES / "html/section-page.html").read_bytes()))
    assert refused.value.reason == "not_an_article"


@pytest.mark.usefixtures("in_a_moment")
def test_a_page_that_hangs_is_ended_and_the_next_one_is_read(parser: Parser) -> None:
    assert parser.parse(STORY) == parse(STORY)
    for _ in range(2):
        with pytest.raises(Died, match=r"^parse took more than 0.2 s$"):
            parser.parse(FetchedPage(body=SLOW))
    assert parser.parse(STORY) == parse(STORY)


@pytest.mark.usefixtures("in_a_moment")
def test_a_surprise_is_told_in_one_line(parser: Parser) -> None:
    unforeseen = msgspec.structs.replace(STORY, content_type=None)
    with pytest.raises(Died, match=r"^msgspec\.ValidationError: Expected `str`, got `null` - at `\$\.content_type`$"):
        parser.parse(unforeseen)
    with pytest.raises(Died, match=r"^parse took more than 0.2 s$"):
        parser.parse(FetchedPage(body=SLOW))
    assert parser.parse(STORY) == parse(STORY)


@pytest.mark.usefixtures("in_a_moment")
def test_a_parser_that_does_not_start_is_told(parser: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().article_seconds == 0.2
    monkeypatch.setenv("WIREROOM_ARTICLE_SECONDS", "soon")
    with pytest.raises(WireroomError, match=r"parse does not start: .*WIREROOM_ARTICLE_SECONDS: ") as told:
        parser.parse(STORY)
    assert "\n" not in str(told.value) and not isinstance(told.value, Died)
