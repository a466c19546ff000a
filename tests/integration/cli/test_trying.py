"""`wireroom try`: the record of one article, on the spot, without any server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsroom.pages import Web

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

PAGES = Path(__file__).parents[2] / "pages"
GOLD = {path: json.loads(path.read_text("utf-8")) for path in sorted(PAGES.glob("*/*.gold.json"))}
INPUTS = [path for path, gold in GOLD.items() if "rejected" not in gold][::4]
SECTION = PAGES / "html/section-page.html"


@pytest.mark.parametrize("gold", INPUTS, ids=lambda path: path.stem)
def test_a_files_record_is_the_gold(nowhere: CommandLine, gold: Path) -> None:
    name = gold.name.removesuffix(".gold.json")
    (page,) = (path for path in gold.parent.glob(f"{name}.*") if path != gold)
    document = nowhere("try", str(page), "--json").document
    assert document["parsed"]["title"] == GOLD[gold]["title"]
    assert document["enrichments"]["language"]["code"] == GOLD[gold]["language"]


def test_a_record_is_shown_readably(nowhere: CommandLine) -> None:
    ended = nowhere("try", str(PAGES / "text/nairobi-ferry-timetable.txt"))
    assert (ended.code, ended.err) == (0, "")
    for shown in (
        "Nairobi, Mombasa Agree Single Ticket For Rail And Ferry Passengers",
        "2025-05-02T16:15:00+03:00 (Africa/Nairobi, zone of the dateline's place)",
        "NAIROBI, (Kenya News Desk - 2nd May, 2025) → Nairobi, KE",
        "Wanjiru Maina",
        "11 headlines of other stories, cut off",
    ):
        assert shown in ended.out


def test_a_page_that_would_be_rejected_is_told_with_its_reason(nowhere: CommandLine) -> None:
    told = "rejected: not_an_article: the page is a list of stories, not a story\n"
    assert nowhere("try", str(SECTION)) == (1, "", told)
    ended = nowhere("try", str(SECTION), "--json")
    assert (ended.code, ended.document["rejected"]) == (1, "not_an_article")


def test_an_address_is_fetched(nowhere: CommandLine) -> None:
    nowhere.env["WIREROOM_FETCH_ALLOW"] = "127.0.0.0/8"
    with Web() as web:
        found, gone = nowhere("try", web.url(7), "--json"), nowhere("try", web.url("missing"))
    assert found.document["parsed"]["title"] == "Tram 7 crosses the bridge of Lima"
    assert gone == (1, "", "rejected: gone: the server answered 404 (Not Found)\n")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("http://127.0.0.1:2/a", "rejected: private_address: "),
        ("ftp://news.example/a", "rejected: invalid_url: the URL must begin with http:// or https://"),
        ("missing.txt", "error: missing.txt: there is no such file; an address begins with http:// or https://"),
        ("empty.txt", "error: empty.txt: the file is empty"),
        ("photo.txt", "error: photo.txt: the content is a file such as an image"),
        (".", "error: .: it cannot be read: Is a directory"),
        ("", "error: .: it cannot be read: Is a directory"),
    ],
)
def test_what_cannot_be_tried_is_told_in_a_sentence(nowhere: CommandLine, given: str, told: str) -> None:
    (nowhere.folder / "empty.txt").touch()
    (nowhere.folder / "photo.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0")
    ended = nowhere("try", given)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(told)


def test_a_host_that_does_not_answer_is_an_error_not_a_rejection(nowhere: CommandLine) -> None:
    nowhere.env["WIREROOM_FETCH_ALLOW"] = "127.0.0.0/8"
    ended = nowhere("try", "http://127.0.0.1:2/a")
    assert ended.code == 1
    assert ended.err.startswith("error: could not connect to 127.0.0.1, port 2: ")
