"""Files, folders and lines, read as what they are."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from wireroom.cli.given import Given, Unreadable
from wireroom.cli.intake import read, read_file, walk
from wireroom.contracts import ArticleJob

LIMIT = 1000


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


def test_a_file_of_many_articles_is_not_tried_as_one(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("https://news.example/a\n")
    found = read_file(path, LIMIT)
    assert found == Unreadable(str(path), "it holds a list of articles, not one: give it to `wireroom submit`")


def test_a_list_of_feeds_is_sent_where_it_belongs(tmp_path: Path) -> None:
    (path := tmp_path / "feeds.OPML").write_text("<opml/>")
    (found,) = read(path, io.BytesIO(), LIMIT)
    assert isinstance(found, Unreadable) and "`wireroom sources import`" in found.cause


def test_a_text_that_begins_with_a_heading_is_an_article(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for text in ("# A story\n", "https://news.example/a\nis where it was.\n"):
        path.write_text(text)
        assert read_file(path, LIMIT) == Given(str(path), ArticleJob(text=text), "a.txt")
