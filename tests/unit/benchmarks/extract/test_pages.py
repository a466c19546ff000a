"""Folders of pages, and which pages are held back."""

from __future__ import annotations

import gzip
import json
import tarfile
from pathlib import Path

import pytest
from benchmarks.extract.pages import is_held_back, read_pages, spread
from benchmarks.extract.scores import load_score

from wireroom.errors import WireroomError

ROWS: list[dict[str, object]] = [
    {"id": "made:1", "set": "made", "domain": "one.example", "url": "https://one.example/1", "html": "pages/1.html.gz",
     "gold": {"body": ["A story."], "title": "Trams"}},
    {"id": "made:2", "set": "made", "domain": "two.example", "html": "pages/2.html.gz", "gold": {}},
]  # fmt: skip


def folder(place: Path, rows: list[dict[str, object]]) -> Path:
    (place / "pages").mkdir(parents=True)
    (place / "index.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    for row in rows:
        (place / str(row.get("html", "none"))).write_bytes(gzip.compress(b"<p>A story."))
    return place


@pytest.mark.parametrize("form", ["index.jsonl", "pages/index.jsonl", "archive"])
def test_pages_are_read_from_a_folder_or_an_archive_in_it(form: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    place = folder(
        data / "pages" if form == "pages/index.jsonl" else tmp_path / "made" if form == "archive" else data, ROWS
    )
    if form == "archive":
        data.mkdir()
        with tarfile.open(data / "pages.tar.gz", "w:gz") as archive:
            archive.add(place, arcname=".")
    (tmp_path / "unpacked").mkdir()
    one, two = read_pages(data, tmp_path / "unpacked")
    assert (one.id, one.url, one.domain, one.bodies) == ("made:1", "https://one.example/1", "one.example", ["A story."])
    assert (two.url, two.bodies, two.read()) == (None, [], b"<p>A story.")


def test_a_folder_without_pages_or_without_a_judge_is_named(tmp_path: Path) -> None:
    with pytest.raises(WireroomError, match=rf"DATA={tmp_path}: .*index\.jsonl"):
        read_pages(tmp_path, tmp_path)
    with pytest.raises(WireroomError, match=rf"DATA={tmp_path}: there is no score\.py"):
        load_score(tmp_path)


def test_a_row_that_lacks_a_field_is_named(tmp_path: Path) -> None:
    with pytest.raises(WireroomError, match=r"index\.jsonl: .*'gold'"):
        read_pages(folder(tmp_path / "data", [{"id": "1", "set": "s", "domain": "d", "html": "1.gz"}]), tmp_path)


def test_two_sites_of_nine_are_held_back_and_always_the_same() -> None:
    sites = [f"site{number}.example" for number in range(900)]
    assert 160 <= sum(map(is_held_back, sites)) <= 240
    assert [site for site in ("abc.es", "bbc.com", "cnn.com", "nytimes.com") if is_held_back(site)] == [
        "abc.es",
        "cnn.com",
    ]


def test_fewer_pages_are_taken_evenly_over_all(tmp_path: Path) -> None:
    data = folder(tmp_path / "data", [ROWS[0] | {"id": str(number)} for number in range(10)])
    pages = read_pages(data, tmp_path)
    assert [page.id for page in spread(pages, 4)] == ["0", "2", "5", "7"]
    assert spread(pages, None) == spread(pages, 99) == pages
