"""The title of a story in text without markup."""

from __future__ import annotations

import pytest

from wireroom.parse.text_title import title_of

STORY = "The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd at the quay."
TITLE = "Crowd meets ferry that came in an hour before"
OTHER = "Bakery wins the prize for the best loaf of the county"


def title(*lines: str, story: list[int] | None = None) -> str | None:
    at = title_of(lines, story or [len(lines) - 1])
    return lines[at] if at >= 0 else None


def test_the_line_with_most_words_of_the_story_is_the_title() -> None:
    assert title(TITLE, OTHER, STORY) == TITLE
    assert title(OTHER, TITLE, STORY) == TITLE


def test_of_equal_lines_the_nearer_is_the_title() -> None:
    assert title_of([TITLE, "Share", TITLE, STORY], [3]) == 2


def test_a_line_of_one_word_a_byline_and_a_sentence_are_none() -> None:
    assert title("Ferry-ferry-ferry", STORY) is None
    assert title("By Friday Morning", STORY) is None
    assert title("The ferry came in on Friday morning.", STORY) is None
    assert title("The ferry came in on Friday morning", STORY) is not None


def test_a_line_far_above_the_story_is_none() -> None:
    menu = ["Home"] * 24
    assert title(TITLE, *menu, STORY) == TITLE
    assert title(TITLE, *menu, "Home", STORY) is None


@pytest.mark.parametrize(("lines", "found"), [((TITLE, STORY, STORY), TITLE), ((f"“{STORY}”", STORY), None)])
def test_the_first_line_of_the_story_is_its_title_where_it_is_no_prose(
    lines: tuple[str, ...], found: str | None
) -> None:
    assert title(*lines, story=list(range(len(lines)))) == found


def test_scripts_without_spaces_are_compared_by_two_characters() -> None:
    told = "フェリーは金曜日の朝、予定より一時間早く港に入り、四百人の人々に迎えられた。"
    titles = ["フェリー、予定より早く到着", "丘の上のパン屋、郡で最高の賞を受賞"]
    assert title(*titles, told) == titles[0]
