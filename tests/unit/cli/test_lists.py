"""Lists of articles: lines and tables, each with its number, and what is wrong with one told by line and field."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from wireroom.cli.given import Given, Unreadable
from wireroom.cli.intake import read
from wireroom.cli.lists import read_lines, read_table
from wireroom.contracts import ArticleJob

LIMIT = 1000


def lines(text: bytes, limit: int = LIMIT) -> list[Given | Unreadable]:
    return list(read_lines(io.BytesIO(text), limit))


def table(text: str | bytes) -> list[Given | Unreadable]:
    return list(read_table(io.BytesIO(text if isinstance(text, bytes) else text.encode())))


def test_lines_keep_their_numbers_over_empty_ones() -> None:
    found = lines(b"\n  \nhttps://news.example/a\r\n\n{}")
    assert [one.where for one in found] == ["line 3", "line 5"]


def test_the_mark_at_the_head_of_a_file_is_no_part_of_a_line() -> None:
    assert lines(b'\xef\xbb\xbf{"text": "A"}') == [Given("line 1", ArticleJob(text="A"))]


def test_a_line_without_end_is_dropped_and_the_next_one_read() -> None:
    longest = LIMIT * 6 + 1_000_000
    first, second = lines(b"x" * (3 * longest) + b"\nhttps://news.example/a\n")
    assert first == Unreadable("line 1", f"it has more than {longest:,} bytes")
    assert second == Given("line 2", ArticleJob(url="https://news.example/a"))


def test_an_article_of_the_largest_size_fits_a_line_however_it_is_escaped() -> None:
    text = b'{"text": "' + b"\\u0041" * 200_000 + b'"}'
    assert lines(text, 200_000) == [Given("line 1", ArticleJob(text="A" * 200_000))]


def test_a_comment_in_a_list_is_passed_over() -> None:
    assert [one.where for one in lines(b"# of May\nhttps://news.example/a\n")] == ["line 2"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("urls.txt", "\ufeff# of May\n\nhttps://news.example/a\n"),
        ("urls", "https://news.example/a"),
        ("urls.jsonl", '\n\n{"url": "https://news.example/a"}\n'),
        ("URLS.CSV", "title,url\n,\n,https://news.example/a\n"),
        ("urls.tsv", "Link\ttitle\n\nhttps://news.example/a\t\n"),
    ],
)
def test_a_list_is_told_by_its_name_or_its_lines(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    (found,) = read(path, io.BytesIO(), LIMIT)
    assert found == Given(f"{path}, line {content.count(chr(10)) or 1}", ArticleJob(url="https://news.example/a"))


@pytest.mark.parametrize("spoiled", ["news.example/b", "not a url\nftp://news.example/c\nhttps://news.example/d"])
def test_a_list_with_a_spoiled_line_is_no_article(tmp_path: Path, spoiled: str) -> None:
    (path := tmp_path / "urls.txt").write_text(f"https://news.example/a\n{spoiled}\n")
    found = list(read(path, io.BytesIO(), LIMIT))
    assert found[0] == Given(f"{path}, line 1", ArticleJob(url="https://news.example/a"))
    assert isinstance(found[1], Unreadable) and found[1].where == f"{path}, line 2"


@pytest.mark.parametrize(
    "text", ["https://news.example/a\nThe ferry stays.\n", "https://news.example/a\n渡船将继续运行一年。\n"]
)
def test_an_article_may_begin_with_its_address(tmp_path: Path, text: str) -> None:
    (path := tmp_path / "story.txt").write_text(text)
    assert list(read(path, io.BytesIO(), LIMIT)) == [Given(str(path), ArticleJob(text=text), "story.txt")]


def test_columns_that_are_known_are_fields_and_all_others_meta() -> None:
    rows = """Title,URL,Source,published,external_id,key,desk
"The ferry, again
and again",https://news.example/a,Harbour Wire,2025-05-02,x7,k7,
"""
    assert table(rows) == [
        Given(
            "line 3",
            ArticleJob(
                url="https://news.example/a", source="Harbour Wire", published="2025-05-02", external_id="x7", key="k7",
                meta={"Title": "The ferry, again\nand again"},
            ),
        )
    ]  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_of_any_office_is_read(delimiter: str) -> None:
    row = delimiter.join(["https://news.example/a", "Wire"])
    (found,) = table(f"\ufeff{delimiter.join(['url', 'source'])}\r\n{row}\r\n".encode())
    assert found == Given("line 2", ArticleJob(url="https://news.example/a", source="Wire"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "title;address\nA;https://news.example/a\n",
            "line 1: the table needs a column named url or link; its columns are: title, address",
        ),
        ("", "line 1: the table needs a column named url or link; its columns are: none"),
        ("url\nnews.example/a\n", "line 2: url: it is not a URL that begins with http:// or https://"),
        ("Link,title\n,A\n", "line 2: Link: it is empty"),
        (
            "url,title\nhttps://news.example/a,A,B\n",
            "line 2: the row has 3 cells, but there are 2 columns: quote what has a delimiter in it",
        ),
        (b"url,title\nhttps://news.example/a,caf\xe9\n", "line 2: title: it is not UTF-8: save the table as UTF-8"),
        (
            "url\n" + "x" * 200_000,
            "line 2: the table is broken here, and the rest was not read: field larger than field limit (131072)",
        ),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_line_column_and_fix(text: str | bytes, told: str) -> None:
    (found,) = table(text)
    assert str(found) == told


def test_a_bad_row_does_not_keep_the_others() -> None:
    found = table("url\nhttps://news.example/a\nb\nhttps://news.example/c\n")
    assert [type(one) for one in found] == [Given, Unreadable, Given]
