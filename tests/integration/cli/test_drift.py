"""Which sources are not what they were, as an operator asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsroom.proofs import Proofs
from wireroom.contracts import Moment
from wireroom.database import Connection
from wireroom.ledger.events import sequence

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

DATED = Moment(iso="2025-05-02T10:15:00+00:00", origin="json-ld")
SHORT = "with too short a history (under 100 articles)"


@pytest.fixture
def desk(db: Connection, database: str) -> Proofs:
    return Proofs(db, database)


def broken(desk: Proofs) -> int:
    """A source loses its times; the job to look at."""
    desk.publish(100, "[Tide]", published=DATED)
    jobs = desk.publish(25, "[Tide]")
    desk.publish(100, "Ebb")
    desk.publish(3, "New")
    desk.read()
    return jobs[-1]


def test_a_break_is_a_line_with_what_was_and_is_and_an_article_to_look_at(wireroom: CommandLine, desk: Proofs) -> None:
    job = broken(desk)
    ended = wireroom("drift")
    assert (ended.code, ended.err) == (1, "")
    _, line, end = (" ".join(line.split()) for line in ended.out.splitlines())
    article = desk.value("SELECT article_id FROM outcomes WHERE job_id = %s", job)
    assert line.startswith("[Tide] published filled 100 % -> 0 % 20")
    assert line.endswith(f"Z job {job}, article {article}")
    assert end == f"breaks: 1; sources compared with their own history: 2; {SHORT}: 1"


def test_programs_get_all_of_it(wireroom: CommandLine, desk: Proofs) -> None:
    job = broken(desk)
    ended = wireroom("drift", "--json")
    (found,) = ended.document["breaks"]
    assert ended.code == 1
    assert [found[name] for name in ("source", "field", "measure", "job_id")] == ["[Tide]", "published", "filled", job]
    assert (found["was"], found["now"], found["sentence"]) == (1.0, 0.0, "filled 100 % -> 0 %")
    assert [ended.document[name] for name in ("compared", "too_short", "unread")] == [2, 1, 0]


def test_no_break_is_one_sentence(wireroom: CommandLine, desk: Proofs) -> None:
    broken(desk)
    sentence = f"no break; sources compared with their own history: 1; {SHORT}: 0\n"
    assert wireroom("drift", "--source", "Ebb") == (0, sentence, "")
    assert wireroom("drift", "--source", "[Tide]").code == 1


def test_what_nobody_has_looked_at_is_told(wireroom: CommandLine, desk: Proofs) -> None:
    assert wireroom("drift").out == f"no break; sources compared with their own history: 0; {SHORT}: 0\n"
    assert wireroom("drift", "--source", "Tide") == (
        1, "", "error: no article of Tide was looked at yet; `wireroom jobs` shows what there is\n",
    )  # fmt: skip
    desk.publish(2)
    desk.read()
    desk.publish(1)
    sequence(desk.db)
    assert wireroom("drift").out.endswith(f"{SHORT}: 1; ends not looked at yet: 1\n")
