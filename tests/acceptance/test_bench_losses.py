"""`make bench-losses` with a few articles: both systems undergo a fault, and what is lost is seen as lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psutil
import pytest
from benchmarks.losses.chained import Chain
from benchmarks.losses.faults import CHAIN, FAULTS, LINE, Strike, strikes_of
from benchmarks.losses.lined import Line
from benchmarks.losses.subject import Ends, Plan, Subject
from benchmarks.losses.tally import STAGES, TALLY, executions, tally
from benchmarks.losses.trial import Account, Look, account, undergo

from newsroom.line import ROOT, story
from wireroom.embedded import EmbeddedPostgres

FLUSH = "Redis: FLUSHALL"
LOST_AFTER = 5.0


def command(*arguments: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "benchmarks.losses", *arguments]
    env = os.environ | {"PYTHONPATH": "tests"}
    return subprocess.Popen(argv, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_both_systems_undergo_the_fault_and_every_accepted_article_is_in_one_column() -> None:
    with command("--articles", "40", "--faults", FLUSH, "--lost-after", f"{LOST_AFTER}") as running:
        shown, said = running.communicate(timeout=180)
    assert running.returncode == 0, said
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines() if line.startswith("|")]
    assert [row[1] for row in rows[2:]] == [CHAIN, LINE]
    for row in rows[2:]:
        accepted, stored, explained, lost, going = map(int, row[2:7])
        assert accepted == 40 == stored + explained + lost + going
    assert int(rows[2][5]) > 0, shown
    assert rows[3][3:7] == ["40", "0", "0", "0"], shown
    assert "40 articles" in shown and "celery 5" in shown


def lose_a_message(subject: Subject) -> None:
    with subject.servers() as (_, broker):
        while broker.lpop("parse") is None:
            pass


def lose_a_row(subject: Subject) -> None:
    with subject.servers() as (db, _):
        while db.execute("DELETE FROM line WHERE job_id = (SELECT max(job_id) FROM line)").rowcount == 0:
            pass


@pytest.mark.parametrize(("system", "harm"), [(Chain(), lose_a_message), (Line(), lose_a_row)], ids=["chain", "line"])
def test_one_article_that_is_removed_by_hand_is_seen_as_lost(
    postgres: EmbeddedPostgres, tmp_path: Path, system: Chain | Line, harm: object
) -> None:
    strikes = [Strike(harm, 0.0, "accepted")]  # type: ignore[arg-type]
    directory = tmp_path / f"lost_{type(system).__name__.lower()}"
    found = undergo(system, postgres, directory, Plan(20), strikes, LOST_AFTER)
    assert (found.accepted, found.stored, found.explained, found.lost, found.going) == (20, 19, 0, 1, 0)
    assert found.needs_a_hand


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


def test_ctrl_c_ends_it_and_leaves_nothing_running() -> None:
    with command("--articles", "10", "--faults", FLUSH, "--systems", CHAIN) as running:
        assert running.stderr is not None
        while not running.stderr.readline().startswith("celery"):
            pass
        family = psutil.Process(running.pid).children(recursive=True)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert "Traceback" not in said
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
