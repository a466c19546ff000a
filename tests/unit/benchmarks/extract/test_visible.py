"""The visible text of a page."""

from __future__ import annotations

import pytest
from benchmarks.extract.visible import linked_lines, visible_lines


def test_each_block_is_a_line_from_top_to_bottom_menus_and_footers_included() -> None:
    page = (
        "<title>Not shown</title><nav><ul><li><a href=/>Home</a><li><a href=/s>Sport</a></ul></nav>"
        "<article><h1>Trams  cross\n the bridge</h1><p>By <b>Inés</b> <i>Pardo</i><br>Oslo</p></article>"
        "<footer>© Harbour&nbsp;Wire</footer>"
    )
    assert visible_lines(page) == [
        "Home", "Sport", "Trams cross the bridge", "By Inés Pardo", "Oslo", "© Harbour Wire",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "unseen",
    [
        "<script>var a = 1</script>", "<style>p { color: red }</style>", "<noscript><p>No script</p></noscript>",
        "<template><p>No</p></template>", "<!-- no -->", "<p hidden>No</p>",
        "<div style='Display : NONE'><p>No</p></div>",
        "<p style=visibility:hidden>No</p>", "<select><option>No</option></select>", "<svg><text>No</text></svg>",
    ],
)  # fmt: skip
def test_what_a_reader_does_not_see_is_left_out(unseen: str) -> None:
    assert visible_lines(f"<p>Before{unseen}</p>{unseen}<p>After</p>") == ["Before", "After"]


def test_pages_nested_deeper_than_calls_can_be_are_read() -> None:
    assert visible_lines("<div>" * 3000 + "deep" + "</div>" * 3000 + "<p>shallow") == ["deep", "shallow"]


def test_links_say_their_lines_and_all_of_them_in_one() -> None:
    page = "<a href=/1><h3>A headline</h3><p>A teaser</p></a><p>A <a href=/2>second</a> one</p>"
    assert linked_lines(page) == {"A headline", "A teaser", "A headline A teaser", "second"}
