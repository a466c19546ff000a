"""`wireroom rules`: rules for single sites, tried on the pages beside them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

RULES = Path(__file__).parents[2] / "rules"
NAME = "saltmarsh.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def changed(folder: Path, **fields: object) -> Path:
    record = folder / f"{NAME}.json"
    record.write_text(json.dumps(json.loads(record.read_text("utf-8")) | fields))
    return folder


def test_a_page_that_gives_its_record_is_ok(nowhere: CommandLine, folder: Path) -> None:
    assert nowhere("rules", str(folder)) == (0, f"ok                  {NAME}.html\n", "")
    nowhere.env["WIREROOM_RULES"] = str(folder)
    assert nowhere("rules", "--json").document == {"rule": f"{NAME}.toml", "page": f"{NAME}.html", "fault": None}


def test_what_is_not_as_it_should_be_is_told_by_field(nowhere: CommandLine, folder: Path) -> None:
    ended = nowhere("rules", str(changed(folder, authors=["Nora Quill"])))
    told = 'authors: is ["Nora Quill", "Tom Behan"], not ["Nora Quill"]'
    assert (ended.code, ended.out) == (1, f"not as it should be {NAME}.html  {told}\n")


def test_a_page_of_another_site_is_told(nowhere: CommandLine, folder: Path) -> None:
    ended = nowhere("rules", str(changed(folder, url="https://lake.example/1")))
    assert ended.code == 1 and "url: no rule is for https://lake.example/1" in ended.out


def test_a_rule_without_a_page_is_told(nowhere: CommandLine, folder: Path) -> None:
    (folder / f"{NAME}.html").unlink()
    ended = nowhere("rules", str(folder))
    assert ended.code == 1 and f"no page stands beside it: add one as {NAME}.html, and {NAME}.json" in ended.out


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"url": None}, "it must be an object with the page's url"), ({"headline": "x"}, "headline is no field that is")],
)
def test_a_record_that_cannot_be_compared_is_told(
    nowhere: CommandLine, folder: Path, fields: dict[str, object], said: str
) -> None:
    ended = nowhere("rules", str(changed(folder, **fields)))
    assert ended.code == 1 and said in ended.err and f"{NAME}.json" in ended.err


def test_without_a_folder_it_says_how_to_give_one(nowhere: CommandLine) -> None:
    ended = nowhere("rules")
    assert ended.code == 2 and "WIREROOM_RULES" in ended.err


def test_try_reads_a_page_by_its_rule(nowhere: CommandLine, folder: Path) -> None:
    nowhere.env["WIREROOM_RULES"] = str(folder / "none")
    ended = nowhere("try", str(folder / f"{NAME}.html"))
    assert ended.code == 1 and "there is no such folder of rules" in ended.err
