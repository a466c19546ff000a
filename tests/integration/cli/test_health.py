"""Which sources bring less than they used to, as an operator asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsroom.almanac import Almanac
from wireroom.database import Connection
from wireroom.volumes import counting

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


@pytest.fixture
def desk(db: Connection, database: str, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    monkeypatch.setattr(counting, "STEP", 2000)
    return Almanac(db, database)


def one_is_silent(desk: Almanac) -> None:
    """Two sources publish by the hour, until one stops; a third is new."""
    now = desk.now
    desk.came("[Tide]", range(now - 24 * 24, now - 40))
    desk.came("Ebb", range(now - 24 * 24, now))
    desk.came("New", [now - 1])
    desk.judge()


def test_a_silent_source_is_a_line_with_what_was_expected_and_where_to_look(
    wireroom: CommandLine, desk: Almanac
) -> None:
    one_is_silent(desk)
    ended = wireroom("sources", "health")
    _, line, *_, end = (" ".join(line.split()) for line in ended.out.splitlines())
    assert ended.code == 1
    assert line.startswith("[Tide] silent 20") and "nothing came since 20" in line
    assert "its producer test sends less" in ended.out
    assert end.startswith("sources: 1 silent, 1 learning, 1 ok; up to 20")


def test_all_of_them_are_shown_on_demand_and_one_by_its_name(wireroom: CommandLine, desk: Almanac) -> None:
    one_is_silent(desk)
    every = wireroom("sources", "health", "--all")
    assert [line.split()[0] for line in every.out.splitlines() if line[0] in "[EN"] == ["[Tide]", "New", "Ebb"]
    well = wireroom("sources", "health", "--source", "Ebb")
    assert well.code == 0 and "came in 24 hours; expected: " in well.out
    few = wireroom("sources", "health", "--all", "--limit", "1")
    assert "--limit shows more than 1" in few.out


def test_programs_get_all_of_it(wireroom: CommandLine, desk: Almanac) -> None:
    one_is_silent(desk)
    ended = wireroom("sources", "health", "--json")
    (found,) = ended.document["sources"]
    assert (ended.code, found["source"], found["state"], found["came"]) == (1, "[Tide]", "silent", 0)
    assert found["expected"] == pytest.approx(40, rel=0.05) and found["sentence"] and found["look_at"]
    told = [ended.document[name] for name in ("more", "quiet_since")]
    assert (ended.document["states"]["silent"], *told) == (1, False, None)


def test_where_nothing_comes_from_anybody_that_is_said(wireroom: CommandLine, desk: Almanac) -> None:
    now = desk.now
    for source in ("Tide", "Ebb", "Gulf"):
        desk.came(source, range(now - 24 * 24, now - 12))
    desk.judge()
    ended = wireroom("sources", "health")
    assert ended.code == 1
    assert ended.out.startswith("nothing has come from anybody since 20")


def test_before_the_first_hour_nothing_is_known(wireroom: CommandLine) -> None:
    assert wireroom("sources", "health") == (0, "sources: none is known yet; no hour was judged yet\n", "")
    assert wireroom("sources", "health", "--source", "Tide") == (
        1, "", "error: nothing of Tide was judged yet; `wireroom jobs` shows what there is\n",
    )  # fmt: skip
