"""Files, folders and lines, read as what they are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from wireroom.cli.intake import Given, Unreadable, read, read_file, read_lines, walk
from wireroom.contracts import ArticleJob

LIMIT = 1000


def lines(text: bytes, limit: int = LIMIT) -> list[Given | Unreadable]:
    return list(read_lines(io.BytesIO(text), limit))


@pytest.mark.parametrize("address", ["https://news.example/a", "HTTP://news.example", "ftp://x", "file:///etc/passwd"])
def test_an_address_is_never_taken_for_a_file(address: str) -> None:
    (place,) = walk(address)
    assert list(read(place, io.BytesIO(), LIMIT)) == [Given(address, ArticleJob(url=address))]


def test_a_file_named_with_a_dash_in_a_folder_is_not_stdin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "-").write_text("A story.")
    monkeypatch.chdir(tmp_path)
    (place,) = walk(".")
    assert list(read(place, io.BytesIO(b"https://news.example/a"), LIMIT)) == [
        Given("-", ArticleJob(body=b"A story."), "-")
    ]


def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def deny(_: Path) -> object:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("os.scandir", deny)
    assert list(walk(str(tmp_path))) == [Unreadable(str(tmp_path), "it cannot be read: Permission denied")]


def test_no_more_of_a_file_is_read_than_an_article_may_have() -> None:
    found = read_file(Path("/dev/zero"), LIMIT)
    assert found == Unreadable("/dev/zero", "it has more than the 1,000 bytes that an article may have")


def test_a_file_of_just_the_largest_size_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x" * LIMIT)
    assert read_file(path, LIMIT) == Given(str(path), ArticleJob(text="x" * LIMIT), "a.txt")


@pytest.mark.parametrize("charset", ["utf-16", "utf-8-sig", "cp1251", "shift_jis"])
def test_text_in_any_charset_is_no_binary(tmp_path: Path, charset: str) -> None:
    path = tmp_path / "a.html"
    path.write_bytes(("<p>Паром 東京 " if charset != "cp1251" else "<p>Паром ").encode(charset, "ignore") * 9)
    assert isinstance(read_file(path, LIMIT), Given)


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
