"""`make bench` with a few articles: each system does its work, and the table has its figures."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from benchmarks.ground import spent
from benchmarks.idle import Idle
from benchmarks.system import Measured
from benchmarks.table import BARE, CHAIN, LINE, Load, Results, table

ROOT = Path(__file__).parents[2]
FIGURE = r"\d[\d,]*(?:\.\d+)?"


def bench(*arguments: str) -> str:
    """The table of a small run."""
    argv = [sys.executable, "-m", "benchmarks", "--rounds", "1", *arguments]
    env = os.environ | {"PYTHONPATH": "tests"}
    ended = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    return ended.stdout


def test_every_system_stores_texts_and_the_idle_line_is_timed() -> None:
    shown = bench("--articles", "24", "--loads", "text, thin", "--idle", "3", "--systems", BARE, LINE, CHAIN)
    for name in (BARE, LINE, CHAIN):
        assert re.search(rf"^CPU ms an article: {name} +{FIGURE}$", shown, re.MULTILINE), shown
        assert re.search(rf"^articles a second: {name} +{FIGURE}$", shown, re.MULTILINE), shown
    assert re.search(rf"^chain / Wireroom: plumbing +(?:-?{FIGURE}x|lost in noise)$", shown, re.MULTILINE), shown
    assert re.search(
        rf"^idle, submit to stored / a chain of four no-ops: {FIGURE}x at p50, of 3 each$", shown, re.MULTILINE
    )


def test_pages_are_measured_too() -> None:
    shown = bench("--pages", "6", "--loads", "page, thin", "--idle", "0", "--systems", BARE, LINE)
    for name in (BARE, LINE):
        assert re.search(rf"^CPU ms an article: {name} +{FIGURE}$", shown, re.MULTILINE), shown


def test_the_time_of_children_counts_also_when_they_have_ended() -> None:
    burn = "import time; until = time.process_time() + 0.3\nwhile time.process_time() < until: pass\n"
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}]); print(); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert spent({"parent": parent.pid})["parent"] >= 0.3
        parent.communicate()


def measured(cost: float, rate: float) -> Measured:
    return Measured(1000, {"all": cost}, 1000 / rate)


def test_plumbing_is_what_is_above_the_bare_loop_and_ratios_come_first() -> None:
    rounds = {BARE: [measured(2.0, 500)], LINE: [measured(3.0, 400)], CHAIN: [measured(12.0, 100)]}
    shown = table(Results({Load("text", "thin"): rounds}, Idle([0.02, 0.03, 0.04], [0.01, 0.02, 0.03])))
    lines = {re.sub(" {2,}.*", "", line): line.split()[-1] for line in shown.splitlines() if line}
    assert shown.splitlines()[1].startswith("chain / Wireroom: CPU")
    assert lines["chain / Wireroom: CPU an article"] == "4.0x"
    assert lines["chain / Wireroom: plumbing"] == "10.0x"
    assert lines["Wireroom / chain: articles a second"] == "4.0x"
    assert lines["plumbing, CPU ms an article: Wireroom"] == "1.00"
    assert "a chain of four no-ops: 1.50x at p50" in shown
