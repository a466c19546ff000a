"""The visible text of a page, and what is made of it without markup."""

from __future__ import annotations

import pytest
from benchmarks.extract.prose import best_run, is_prose
from benchmarks.extract.visible import linked_lines, visible_lines

PROSE = "The council of the harbour decided on Friday that the old bridge shall be open to trams again in June."


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


def test_prose_is_as_long_as_a_sentence_and_ends_as_one() -> None:
    assert is_prose(PROSE)
    assert not is_prose(PROSE[:-1])
    assert not is_prose("Trams cross it.")
    assert is_prose("港口委员会周五决定，旧桥将于六月重新向有轨电车开放，市长表示欢迎，工程师们正在准备。")


def test_the_best_run_goes_from_prose_to_prose_over_short_gaps() -> None:
    lines = ["Home", "Sport", PROSE, "A heading", PROSE, *["Read this headline too"] * 9, PROSE, "Contact"]
    assert best_run(lines) == [PROSE, "A heading", PROSE]
    assert best_run(["Home", "Sport"]) == []
    assert best_run([PROSE, *["Menu"] * 20, PROSE, PROSE]) == [PROSE, PROSE]
