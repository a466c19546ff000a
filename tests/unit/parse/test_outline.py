"""A page as its lines."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.outline import MOST_LINES, Outline, outline

FILLER = "<p>" + "The ferry came in on Friday morning. " * 8 + "</p>"


def read(html: str) -> Outline:
    return outline(LexborHTMLParser(f"<body>{html}</body>"))


def texts(html: str) -> list[str]:
    return [line.text for line in read(html).lines]


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<p>One <b>two</b> <a href=x>three</a></p><p>Four</p>", ["One two three", "Four"]),
        ("<div>One<p>Two</p>Three</div>", ["One", "Two", "Three"]),
        ("One<br>two<br><br>Three", ["One two", "Three"]),
        ("<ul><li>One</li><li>Two</li></ul>", ["One", "Two"]),
        ("<p>Caf\u0065\u0301 and so\u00adft\u200b hyphens</p>", ["Café and soft hyphens"]),
        ("<p>One<script>two()</script><style>p{}</style><button>Share</button></p>", ["One"]),
        ("", []),
    ],
)
def test_blocks_and_double_breaks_part_lines_and_inline_elements_do_not(html: str, lines: list[str]) -> None:
    assert texts(html) == lines


def test_the_frame_is_not_read_where_there_is_something_else() -> None:
    assert texts(f"<nav>Home</nav>{FILLER}<footer>Imprint</footer>") == texts(FILLER)


def test_a_page_that_is_all_frame_by_mistake_is_read() -> None:
    assert texts(f"<footer>{FILLER}</footer>") == texts(FILLER)


def test_a_line_knows_its_box_its_links_and_what_is_bold() -> None:
    page = read('<section class="story"><p>See <a href="/map"><b>the map</b></a></p></section>')
    (line,) = page.lines
    assert (line.linked, line.strong, line.href) == (7, 7, "/map")
    box = page.boxes[line.box]
    assert (box.tag, page.boxes[box.parent].label) == ("p", "story")


def test_a_page_without_end_is_read_up_to_a_bound() -> None:
    assert len(texts("<p>One</p>" * (MOST_LINES + 5))) == MOST_LINES
