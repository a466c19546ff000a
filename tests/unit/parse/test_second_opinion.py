"""What of a page another reader is shown, where the parser is unsure."""

from __future__ import annotations

from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.body import second_opinion
from wireroom.parse.outline import outline

PROSE = "The lock keeper counts the herons each morning, and writes their number on the gate with chalk."
PAGE = f"<body><ul><li>Weather<li>Tides</ul><div><p>Six herons</p></div><div><p>{PROSE}</p><b>Share</b></div>"


def left(page: str, **chances: float) -> str:
    """What is left of a page when the second reader has read it; `chances` of lines by their first words."""
    tree = LexborHTMLParser(page)
    lines = outline(tree)
    by_place = {at: chances[word] for at, line in enumerate(lines.lines) if (word := line.text.split()[0]) in chances}
    second_opinion(tree, lines, by_place)
    assert tree.body is not None
    return tree.body.text(separator=" ")


def test_boxes_without_prose_and_without_a_line_that_may_be_story_are_not_shown() -> None:
    assert left(PAGE, Six=0.02, Weather=0.005) == f"Six herons {PROSE} Share"
    assert left(PAGE, Six=0.005, Weather=0.005) == f"{PROSE} Share"


def test_a_page_on_which_no_line_may_be_story_is_shown_whole() -> None:
    assert left("<body><ul><li>Weather<li>Tides</ul><p>Six herons</p>") == "Weather Tides Six herons"
