"""A second opinion: on each line where the first is in doubt, and instead of it where it is lost."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Block
from wireroom.parse.body import agreed
from wireroom.parse.choice import choose, left_out, weighed
from wireroom.parse.outline import Outline, outline
from wireroom.parse.wording import ends_a_sentence

LINES = [
    "The observatory will open its doors to visitors on Saturday night, for the first time since the storm.",
    "Its dome was repaired over the winter by a firm that builds silos, and turns without a sound again now.",
    "Whoever comes should bring a warm coat, as the dome is open and no heating may run while people look.",
]
OTHERS = [
    LINES[0],
    "The café is shut on Saturday, and tea is served from a van that stands at the gate until the last guest leaves.",
    "Dogs stay outside, says the director, who has two of them and knows what they think of brass and of lenses.",
]
SURE = dict.fromkeys(range(3), 0.98)


def paragraphs(lines: list[str]) -> Outline:
    return outline(LexborHTMLParser("".join(f"<p>{line}</p>" for line in lines)))


def told(lines: list[str], chances: dict[int, float], doubt: float, second: list[str]) -> tuple[list[str], str]:
    blocks, origin = agreed(paragraphs(lines), chances, doubt, [Block(kind="paragraph", text=one) for one in second])
    return [block.text for block in blocks], origin


def test_a_second_opinion_moves_the_lines_that_are_in_doubt() -> None:
    page = paragraphs([*LINES, "A line of its own.", "***"])
    # Of a line without letters it says nothing.
    chances = {0: 0.97, 1: 0.6, 2: 0.2, 3: 0.02, 4: 0.2}
    assert choose(page, weighed(page, chances, f"{LINES[2]}\nA line of its own.")) == [0, 2]


@pytest.mark.parametrize(
    ("last", "chance", "is_told"),
    [
        ("<p>Admission is free, and so is the tea at the gate.</p>", 0.3, True),
        ("<p>Admission is free, and so is the tea at the gate.</p>", 0.15, False),
        ("<p>By Ada Brook</p>", 0.3, False),
        ("<p><a href='/tea'>Admission</a> is free, and so is the tea at the gate.</p>", 0.3, False),
        ("<p class=note>Admission is free, and so is the tea at the gate.</p>", 0.3, False),
        ("<div>Admission is free, and so is the tea at the gate.</div>", 0.3, False),
    ],
)
def test_a_sentence_among_paragraphs_that_are_told_is_told_with_them(last: str, chance: float, is_told: bool) -> None:
    page = outline(LexborHTMLParser("".join(f"<p>{line}</p>" for line in LINES) + last))
    assert choose(page, SURE | {3: chance}) == [0, 1, 2, *[3] * is_told]
    assert choose(page, {0: 0.98, 1: 0.05, 2: 0.05, 3: chance}) == [0]


@pytest.mark.parametrize(("end", "is_told"), [(":", True), ("：", True), (".", False)])
def test_a_list_that_the_story_announces_is_told_whole(end: str, is_told: bool) -> None:
    items = "<ul><li>Friday: 9</li><li>Sunday: none</li><li><a href=/x>The pier is shut</a></li></ul>"
    page = outline(LexborHTMLParser(f"<div><p>The hours of the first week are these{end}</p>{items}</div>{items}"))
    assert choose(page, {0: 0.9} | dict.fromkeys(range(1, 7), 0.01)) == ([0, 1, 2] if is_told else [0])


@pytest.mark.parametrize(("times", "repeated"), [(4, [4]), (1, [])])
def test_a_line_that_repeats_the_story_is_left_out(times: int, repeated: list[int]) -> None:
    lines = [f"{line} {number}." for number in range(times) for line in LINES[:1]]
    lines = [" ".join([line] * 3) for line in lines]
    page = paragraphs([*lines, " ".join([*lines, *OTHERS * 3] if times == 1 else lines)])
    assert left_out(page, -1, dict.fromkeys(range(times + 1), 0.98)) == repeated


@pytest.mark.parametrize(("doubt", "lines"), [(0.2, LINES), (0.3, OTHERS)])
def test_a_second_opinion_goes_before_the_first_only_where_that_is_lost(doubt: float, lines: list[str]) -> None:
    assert told(LINES, SURE, doubt, OTHERS) == (lines, "trafilatura")


def test_a_second_opinion_goes_before_a_first_that_tells_much_more() -> None:
    assert told(LINES, SURE, 0.2, LINES[:2]) == (LINES[:2], "trafilatura")


def test_a_second_opinion_goes_before_the_scrap_on_which_both_agree() -> None:
    second = [*OTHERS[1:], OTHERS[1]]
    assert told(LINES, dict.fromkeys(range(3), 0.6), 0.2, second) == (second, "trafilatura")


def test_without_a_second_opinion_the_first_is_taken() -> None:
    assert told(LINES, {0: 0.98, 1: 0.6, 2: 0.2}, 0.2, []) == (LINES[:2], "visible")


@pytest.mark.parametrize(
    "end", ["sagte sie.“", "sagt er: »Nie!«", "पुल खुल गया।", "کیا یہ سچ ہے؟", "پل کھل گیا۔", "と話した。」"]
)
def test_sentences_end_in_many_scripts_and_quotation_marks(end: str) -> None:
    assert ends_a_sentence(end)
