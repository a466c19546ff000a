"""A story is found in all the text that a page shows."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse import scraped
from wireroom.parse.lexicon import Lexicon
from wireroom.parse.runs import Run, best_run, is_prose
from wireroom.parse.scraped import MOST_LINES, Story, chosen, story_of
from wireroom.parse.stage import parse

MENU = ["Home", "World", "Business", "Sport", "Weather", "Archive", "Log in", "Subscribe", "Search", "Menu"]
STORY = [
    "The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd of four hundred.",
    "Nobody on board knew why, said the captain, who had spent the night on the bridge with a cup of cold tea.",
    "The harbour master has asked for the log of the voyage, and will answer questions about it on Monday at noon.",
]
TITLE = "Ferry arrives an hour early and nobody knows why"
TEASERS = ["Fog closes the airport", "Mayor opens third bridge", "Ten soups for a cold week", "Imprint", "Privacy"]


def read(*lines: str) -> ParsedArticle:
    return parse(FetchedPage(body="\n".join(lines).encode(), content_type="text/plain"))


def test_menus_above_and_teasers_below_are_no_part_of_it() -> None:
    article = read(*MENU, TITLE, *STORY, *TEASERS)
    assert article.title == TITLE
    assert article.text.split("\n\n") == STORY


def test_the_byline_between_title_and_story_is_read() -> None:
    article = read(*MENU, TITLE, "Share", "By Rita Alves", "Save", *STORY)
    assert [author.name for author in article.authors] == ["Rita Alves"]
    assert article.text.split("\n\n") == STORY


def test_a_line_with_a_full_stop_in_the_story_stays_and_prose_behind_the_teasers_does_not() -> None:
    other = "A bakery on the hill has won the prize for the best rye loaf of the county, for the third year in a row."
    article = read(*MENU, TITLE, *STORY[:2], "He drank it.", STORY[2], *TEASERS, "Food", other, "Read more", *TEASERS)
    assert [block.text for block in article.blocks] == [*STORY[:2], "He drank it.", STORY[2]]


def test_a_quote_of_the_story_stays() -> None:
    quote = "“I have never seen so many people at the quay, and nobody had told them to come,” she said."
    article = read(*MENU, TITLE, *STORY, quote, STORY[0].replace("four", "five"), *TEASERS)
    assert quote in [block.text for block in article.blocks]


def test_a_list_within_the_story_stays() -> None:
    points = [
        "- The log of the voyage, page by page, as the captain wrote it down on the night of the arrival.",
        "- A drawing of the quay that shows where each of the four hundred people stood when it happened.",
    ]
    article = read(*MENU, TITLE, *STORY, *points, STORY[1].replace("tea", "milk"), *TEASERS)
    assert [block.text for block in article.blocks if block.kind == "list_item"] == [point[2:] for point in points]


def test_an_invitation_within_the_story_is_kept_apart() -> None:
    article = read(*MENU, TITLE, *STORY[:2], "Sign up for our newsletter", STORY[2], *TEASERS)
    assert article.text.split("\n\n") == STORY
    assert [(tail.kind, tail.text) for tail in article.tails] == [("newsletter", "Sign up for our newsletter")]


def test_a_list_of_headlines_within_the_story_is_kept_apart() -> None:
    more = [STORY[0].replace("four", "five"), STORY[1].replace("tea", "milk"), STORY[2].replace("Monday", "Sunday")]
    article = read(*MENU, TITLE, *STORY, "Related stories", "Fog closes the airport", *more, *TEASERS)
    assert article.text.split("\n\n") == [*STORY, *more]
    assert [one.title for one in article.related] == ["Fog closes the airport"]


def test_a_long_footer_makes_a_scraped_text_of_one_that_begins_with_its_title() -> None:
    footer = [f"{city} {trade}" for city in ("Bergen", "Cork", "Lima", "Riga") for trade in MENU[:8]]
    assert read(TITLE, *STORY, *footer).text.split("\n\n") == STORY
    article = read(TITLE, *STORY, *footer[:20])
    assert len(article.blocks) > len(STORY)


def test_a_long_list_of_headlines_makes_no_scraped_text_of_a_tidy_one() -> None:
    headlines = [f"{city} opens a bridge3 hours ago" for city in ("Bergen", "Cork", "Lima", "Riga")] * 10
    article = read(TITLE, *STORY, "The inquiry goes on", "Related stories", *headlines)
    assert [block.text for block in article.blocks] == [*STORY, "The inquiry goes on"]
    assert len(article.related) == len(headlines)


def test_an_arabic_story_is_found_between_menus() -> None:
    menu = ["الرئيسية", "أخبار", "رياضة", "اقتصاد", "ثقافة", "صحة", "طقس", "اتصل بنا", "بحث", "دخول"]
    title = "وصول العبارة قبل موعدها بساعة ولا أحد يعرف السبب"
    story = [
        "وصلت العبارة صباح يوم الجمعة قبل موعدها بساعة كاملة، وكان في استقبالها حشد من أربعمئة شخص على رصيف الميناء.",
        "وقال القبطان إن أحدا على متنها لم يعرف السبب، وإنه أمضى الليل كله في غرفة القيادة مع كوب من الشاي البارد.",
        "وطلب مدير الميناء سجل الرحلة، وسيجيب عن أسئلة الصحفيين حولها يوم الاثنين ظهرا في مكتبه القريب من الرصيف.",
    ]
    article = read(*menu, title, *story, *menu)
    assert article.title == title
    assert article.text.split("\n\n") == story


def test_what_stands_behind_thousands_of_lines_is_not_read() -> None:
    assert len(story_of([*MENU, *STORY, *["Home"] * MOST_LINES, *STORY]).lines) <= MOST_LINES
    assert story_of(["Home"] * MOST_LINES + STORY).lines == ["Home"] * MOST_LINES


def test_the_run_with_most_prose_is_the_story_where_the_trees_see_none() -> None:
    assert chosen([0.1, 0.2, 0.1], Run(1, 3)) == [1, 2]
    assert chosen([0.3, 0.5, 0.9], Run(0, 3)) == [1, 2]


class Trees:
    """Those that see the story where they are told to."""

    def __init__(self, *story: int) -> None:
        self.story = story

    def judge(self, numbers: NDArray[np.float32]) -> list[float]:
        return [float(at in self.story) for at in range(len(numbers))]


def test_what_the_trees_leave_out_within_the_story_is_named_and_their_first_line_may_be_the_title(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = [*MENU, "By Rita Alves", TITLE, STORY[0], "Share", *STORY[1:], *TEASERS]
    monkeypatch.setattr(scraped, "_learned", lambda: (Lexicon({}, {}), Trees(11, 12, 14)))
    assert story_of(lines) == Story([TITLE, STORY[0], "Share", STORY[1]], frozenset({"Share"}))
    assert read(*lines).text.split("\n\n") == STORY[:2]


def test_a_line_that_is_left_out_once_and_taken_once_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scraped, "_learned", lambda: (Lexicon({}, {}), Trees(11, 13)))
    assert story_of([*MENU, TITLE, STORY[0], STORY[1], STORY[1]]).others == frozenset()


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
