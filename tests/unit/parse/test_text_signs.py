"""What speaks for and against a line of text."""

from __future__ import annotations

import numpy as np
import pytest

from wireroom.parse.forest import read_learned
from wireroom.parse.lexicon import Lexicon
from wireroom.parse.runs import best_run
from wireroom.parse.scraped import LEARNED_OF_TEXT
from wireroom.parse.text_signs import NAMES, read_text_signs

PROSE = "The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd at the quay."
LEXICON = Lexicon({}, {"subscribe": -2.0, "said": 1.0})


def signs(*lines: str) -> dict[str, list[float]]:
    numbers = read_text_signs(lines, best_run(lines), LEXICON)
    assert numbers.shape == (len(lines), len(NAMES))
    assert np.isfinite(numbers).all()
    return dict(zip(NAMES, numbers.T.tolist(), strict=True))


@pytest.mark.parametrize("lines", [["a"], ["1"], ["Menu", "Menu"], ["."] * 3, [PROSE], [PROSE, "x", PROSE * 20]])
def test_any_lines_have_all_signs(lines: list[str]) -> None:
    assert signs(*lines)


def test_what_a_line_begins_and_ends_with_is_told_apart() -> None:
    lines = ["Sport", "sport.", "港口:", "7,", "“Sport”", "* more…", "> more |"]
    assert signs(*lines)["first"] == [0, 1, 2, 3, 4, 5, 5]
    assert signs(*lines)["last"] == [0, 1, 2, 3, 4, 6, 5]


def test_dates_bylines_and_headings_of_other_stories_are_known() -> None:
    dates = signs("18:30", "3 May 2025", "4.5.25", "By Rita Alves")
    assert dates["when"] == [1, 1, 1, 0]
    found = signs("By Rita Alves", "Fog closes airport 3 hours ago", "Related stories", "© 2025 Lake Paper")
    assert found["byline"] == [1, 1, 0, 0]
    assert found["tail"] == [0, 0, 1, 1]


def test_words_are_weighed() -> None:
    assert signs("Subscribe now", "she said")["odds_mean"] == [-1.0, 0.5]
    assert signs("Subscribe now", "she said")["odds_worst"] == [-2.0, 0.0]


def test_a_line_that_repeats_but_for_its_numbers_is_known() -> None:
    assert signs("Rating: 3 votes", "Rating: 17 votes", "Rating")["repeats"] == pytest.approx([np.log(2), np.log(2), 0])


def test_windows_sum_the_lines_before_and_behind() -> None:
    found = signs("By Rita Alves", "Home", "By Jo Mo", "Home", "Home")
    assert found["byline_before_3"] == [0, 1, 1, 2, 1]
    assert found["byline_after_3"] == [1, 1, 0, 0, 0]


def test_the_lines_beside_a_line_are_told() -> None:
    lengths = signs("Home", PROSE, "Sport")
    assert lengths["length-1"] == [0, *lengths["length"][:2]]
    assert lengths["length+1"] == [*lengths["length"][1:], 0]
    assert lengths["length+2"] == [lengths["length"][2], 0, 0]


def test_stretches_of_prose_end_where_the_gap_is_longer() -> None:
    found = signs("Home", PROSE, "Home", PROSE, *["Home"] * 3, PROSE)
    assert found["stretch_paragraphs_2"] == [0, 2, 2, 2, 0, 0, 0, 1]
    assert found["stretch_paragraphs_5"] == [0, 3, 3, 3, 3, 3, 3, 3]
    assert found["stretch_share_2"] == pytest.approx([0, 2 / 3, 2 / 3, 2 / 3, 0, 0, 0, 1 / 3])
    assert found["stretch_number_2"] == [-1, 0, 0, 0, 0, 0, 0, 1]
    assert signs(PROSE, "Home", "Home", PROSE)["stretch_paragraphs_2"] == [1, 0, 0, 1]
    assert signs(PROSE, *["Home"] * 3, PROSE, PROSE)["stretch_number_2"] == [-1, -1, -1, -1, 0, 0]
    assert found["stretch_gap_2"] == [60, 60, 60, 60, 60, 60, 60, 4]


def test_distances_go_from_the_run_and_the_nearest_prose() -> None:
    found = signs("Home", PROSE, PROSE, "Home", "Home")
    assert found["from_run"] == [-1, 0, 1, 2, 3]
    assert found["to_run"] == [-2, -1, 0, 1, 2]
    assert found["in_run"] == [0, 1, 1, 0, 0]
    assert found["since_prose"] == [60, 60, 1, 1, 2]
    assert found["until_prose"] == [1, 1, 60, 60, 60]


def test_kin_are_words_that_other_lines_of_the_run_have() -> None:
    found = signs("Crowd expected at noon", PROSE, PROSE.replace("ferry", "liner"), "Bakery prize")
    assert found["kin"][0] == 1
    assert found["kin"][1] == pytest.approx(5 / 6)
    assert found["kin"][3] == 0


def test_what_the_package_carries_fits_the_signs() -> None:
    lexicon, trees = read_learned(LEARNED_OF_TEXT, NAMES)
    assert lexicon.words["subscribe"] < 0 < lexicon.words["said"]
    assert 0 < trees.judge([[0.0] * len(NAMES)])[0] < 1
