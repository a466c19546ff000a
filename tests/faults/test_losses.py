"""`make bench-losses` with a few articles: both systems undergo a fault, and what is lost is seen as lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from benchmarks.losses.chained import Chain
from benchmarks.losses.faults import CHAIN, LINE, Strike
from benchmarks.losses.lined import Line
from benchmarks.losses.subject import Plan, Subject
from benchmarks.losses.trial import undergo

from newsroom.line import ROOT
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
