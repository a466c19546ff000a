"""The account of `make bench-losses`: every accepted article is in one column, and what is repeated is counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from benchmarks.losses.faults import FAULTS, strikes_of
from benchmarks.losses.subject import Ends
from benchmarks.losses.tally import STAGES, TALLY, executions, tally
from benchmarks.losses.trial import Account, Look, account

from newsroom.line import story


def look(**given: object) -> Look:
    made = Look(set(range(1, 6)), Ends(Counter({1: 1, 2: 2}), {3: "it fell"}), {2, 4}, executions(Path("/nowhere")))
    return made._replace(**given)  # type: ignore[arg-type]


def test_each_accepted_article_is_counted_in_the_first_place_where_it_is_found() -> None:
    found = account(look(), 1.0, [])
    assert (found.accepted, found.stored, found.explained, found.going, found.lost) == (5, 2, 1, 1, 1)
    assert found.twice == 1


def test_a_hand_is_needed_for_what_is_lost_for_what_does_not_end_and_for_wrong_books() -> None:
    def needed(findings: list[str], **given: object) -> bool:
        found: Account = account(look(**given), 1.0, findings)
        return found.needs_a_hand

    assert not needed([], answers={1, 2, 3})
    assert needed([], answers={1, 4})
    assert needed([], answers={1, 5})
    assert needed(["a row too many"], answers={1, 2, 3})


def test_a_stage_that_works_on_an_article_again_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TALLY, str(tmp_path / "tally"))
    for stage, number in (("parse", 1), ("enrich", 1), ("enrich", 1), ("enrich", 1), ("enrich", 2)):
        tally(stage, story(number))  # type: ignore[arg-type]
    found = account(look(worked=executions(tmp_path / "tally")), 1.0, [])
    assert found.repeated == {"parse": 0, "enrich": 2, "store": 0}
    assert list(found.repeated) == list(STAGES)


@pytest.mark.parametrize("name", FAULTS)
def test_a_seed_says_when_a_fault_strikes(name: str) -> None:
    first, again = ([(strike.share, strike.of) for strike in strikes_of(name, FAULTS[name], seed=7)] for _ in range(2))
    assert first == again and all(0 < share <= 1 for share, _ in first)
