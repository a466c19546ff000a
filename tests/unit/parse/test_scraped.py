"""A story is found in all the text that a page shows."""

from __future__ import annotations

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse.scraped import best_run, is_prose
from wireroom.parse.stage import parse

MENU = ["Home", "World", "Business", "Sport", "Weather", "Archive", "Log in", "Subscribe", "Search", "Menu"]
STORY = [
    "The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd of four hundred.",
    "Nobody on board knew why, said the captain, who had spent the night on the bridge with a cup of cold tea.",
    "The harbour master has asked for the log of the voyage, and will answer questions about it on Monday at noon.",
]
TEASERS = ["Fog closes the airport", "Mayor opens third bridge", "Ten soups for a cold week", "Imprint", "Privacy"]


def read(*lines: str) -> ParsedArticle:
    return parse(FetchedPage(body="\n".join(lines).encode(), content_type="text/plain"))


def test_menus_above_and_teasers_below_are_no_part_of_it() -> None:
    article = read(*MENU, "Ferry arrives an hour early and nobody knows why", *STORY, *TEASERS)
    assert article.title == "Ferry arrives an hour early and nobody knows why"
    assert article.text.split("\n\n") == STORY


def test_the_byline_between_title_and_story_is_read() -> None:
    article = read(*MENU, "Ferry arrives an hour early and nobody knows why", "Share", "By Rita Alves", "Save", *STORY)
    assert [author.name for author in article.authors] == ["Rita Alves"]
    assert article.text.split("\n\n") == STORY


def test_short_lines_in_the_story_stay_and_longer_gaps_end_it() -> None:
    title, other = "Ferry arrives an hour early and nobody knows why", f"Something else. {STORY[0]}"
    article = read(*MENU, title, *STORY[:2], "A cold cup of tea", STORY[2], *TEASERS, *TEASERS, other)
    assert [block.text for block in article.blocks] == [*STORY[:2], "A cold cup of tea", STORY[2]]


def test_a_tidy_text_keeps_all_its_lines() -> None:
    article = read("Ferry arrives an hour early", "By Rita Alves", "", *STORY, "", "The inquiry goes on.")
    assert article.text.split("\n\n") == [*STORY, "The inquiry goes on."]


def test_lines_of_wide_scripts_count_for_more() -> None:
    story = "フェリーは金曜日の朝、予定より一時間早く港に入り、四百人の人々に迎えられた。"
    article = read(*MENU, "フェリーが一時間早く到着、理由は不明", *[story] * 3, *TEASERS)
    assert article.title == "フェリーが一時間早く到着、理由は不明"
    assert article.text.split("\n\n") == [story] * 3


def test_prose_is_as_long_as_a_sentence_and_ends_as_one() -> None:
    assert is_prose(STORY[0])
    assert not is_prose(STORY[0][:-1])
    assert not is_prose("Trams cross it.")
    assert is_prose("港口委员会周五决定，旧桥将于六月重新向有轨电车开放，市长表示欢迎，工程师们正在准备。")


def run_of(lines: list[str]) -> list[str]:
    return lines[slice(*best_run(lines))]


def test_the_best_run_goes_from_prose_to_prose_over_short_gaps() -> None:
    lines = ["Home", "Sport", STORY[0], "A heading", STORY[0], *["Read this headline too"] * 9, STORY[0], "Contact"]
    assert run_of(lines) == [STORY[0], "A heading", STORY[0]]
    assert run_of(["Home", "Sport"]) == []
    assert run_of([STORY[0], *["Menu"] * 20, STORY[0], STORY[0]]) == [STORY[0], STORY[0]]
