"""Whether a list of headlines was left in a body, by the page's own links."""

from __future__ import annotations

import pytest
from benchmarks.extract.tails import has_headline_list, letters

LINKS = {"Trams cross the old bridge", "Mayor opens a new ferry line", "Sport", "Rain falls on the cable car"}
STORY = "The council decided on Friday.\nThe bridge will be open in June."


def left(text: str, gold: str = STORY) -> bool:
    return has_headline_list(text, set(map(letters, LINKS)), [gold], str.split)


def test_two_headlines_in_a_row_are_a_list_however_they_are_marked() -> None:
    assert left(f"{STORY}\nTrams cross the old bridge\nMayor opens a new ferry line")
    assert left(f"{STORY}\n\n- trams cross the old bridge\n\n- Mayor opens a new “ferry” line\n")


@pytest.mark.parametrize(
    "text",
    [
        STORY,
        f"{STORY}\nTrams cross the old bridge",
        f"Trams cross the old bridge\n{STORY}\nMayor opens a new ferry line",
        f"{STORY}\nSport\nSport",
        f"{STORY}\nNo link says these words\nNor does one say these words",
        "",
    ],
)
def test_one_headline_or_a_tag_or_what_no_link_says_is_none(text: str) -> None:
    assert not left(text)


def test_what_the_gold_has_is_no_tail() -> None:
    text = f"{STORY}\nTrams cross the old bridge\nMayor opens a new ferry line"
    assert not left(text, gold=text)
