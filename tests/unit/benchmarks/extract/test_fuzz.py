"""Mutated pages: the same again for a seed, and whatever parse does to one is seen, kept, and can be repeated."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event

import pytest
from benchmarks.extract.fuzz import subject, trial
from benchmarks.extract.fuzz.__main__ import told
from benchmarks.extract.fuzz.hunt import Hunt, keep, kept_input, kind_of
from benchmarks.extract.fuzz.mutations import LARGEST, MUTATIONS, Mutant, mutant, swollen
from benchmarks.extract.fuzz.subject import Result, Subject, confirmed

from newsroom.pages import page
from wireroom.contracts import FetchedPage, ParsedArticle

PAGES = [page(number).encode() for number in range(3)]
GOOD = Mutant(PAGES[0], "text/html", None, "nothing")
CHILD = """
import json, os, signal, sys
for line in sys.stdin.buffer:
    body = sys.stdin.buffer.read(json.loads(line)["length"])
    if body == b"deadly":
        os.kill(os.getpid(), signal.SIGSEGV)
    if body == b"endless":
        os.kill(os.getpid(), signal.SIGPROF)
    print(json.dumps({"end": "article", "cpu": 0.1, "megabytes": 90.0}), flush=True)
"""


def test_a_seed_and_a_number_make_the_same_input_again() -> None:
    made = [mutant(PAGES, 7, number) for number in range(60)]
    assert made == [mutant(PAGES, 7, number) for number in range(60)]
    assert made != [mutant(PAGES, 8, number) for number in range(60)]
    assert {name for one in made for name in one.made.split(", ")} == MUTATIONS.keys() | {"swollen"}
    assert all(len(one.body) <= LARGEST for one in made)


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_changes_a_page_and_takes_any_other_input(name: str) -> None:
    labelled = b"<meta charset=utf-8>" + PAGES[0]
    assert {MUTATIONS[name](labelled, PAGES, Random(seed)) for seed in range(20)} != {labelled}
    for body in (b"x", b"\0\xff" * 50, b"<" * 50):
        assert all(isinstance(MUTATIONS[name](body, PAGES, Random(seed)), bytes) for seed in range(5))


def test_a_page_is_swollen_to_between_1_and_20_megabytes() -> None:
    sizes = [len(swollen(PAGES[0], PAGES, Random(seed))) for seed in range(9)]
    assert all(1_000_000 < size < 20_100_000 for size in sizes) and len(set(sizes)) == 9


def test_parse_in_a_process_of_its_own_gives_an_article_or_a_reason_and_what_it_took() -> None:
    with Subject() as tried:
        article, empty = tried.undergo(GOOD), tried.undergo(GOOD._replace(body=b" "))
    assert (article.end, empty.end) == ("article", "empty")
    assert article.cpu > 0 and 20 < article.megabytes < 500
    assert not article.fault and not empty.fault


def test_any_other_exception_is_told_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: FetchedPage) -> ParsedArticle:
        raise KeyError("headline")

    monkeypatch.setattr(trial, "parse", broken)
    assert trial.outcome(FetchedPage(body=b"")).startswith("raised KeyError at test_fuzz.py:")


def test_an_input_that_ends_the_process_is_told_and_the_next_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "_ARGV", (sys.executable, "-c", CHILD))
    with Subject() as tried:
        ends = [tried.undergo(Mutant(body, "", None, "")) for body in (b"deadly", b"fine", b"endless", b"fine")]
    assert [one.fault for one in ends] == ["died: SIGSEGV", "", "took more than 2 s of CPU", ""]


def test_the_kernel_ends_a_parse_that_does_not_end() -> None:
    code = (
        "from benchmarks.extract.fuzz import trial\n"
        "def parse(page):\n    while True: pass\n"
        "trial.parse, trial.ENDED_AFTER = parse, 0.2\ntrial.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=b'{"length": 1, "content_type": "", "url": null}\nx',
        check=False,
        timeout=120,
    )
    assert done.returncode == -signal.SIGPROF


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        (Result("article", 1.9, 499), ""),
        (Result("article", 2.1, 90), "took more than 2 s of CPU"),
        (Result("too_large", 0.1, 501), "took more than 500 MB"),
        (Result("raised KeyError at page.py:7: 'a'", 0.1, 90), "raised KeyError at page.py:7: 'a'"),
    ],
)
def test_time_memory_and_exceptions_are_faults(result: Result, fault: str) -> None:
    assert result.fault == fault


def test_what_is_at_fault_is_counted_by_kind_kept_and_can_be_run_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(subject, "_ARGV", (sys.executable, "-c", CHILD.replace('b"deadly"', "body")))
    hunt = Hunt(PAGES, 7, tmp_path)
    hunt.run(0.5, 1, Event())
    assert hunt.faults.keys() == {"died: SIGSEGV"} and hunt.tried >= 1
    assert f"--again {tmp_path / '7-0.page'}" in told(hunt)
    assert kept_input(tmp_path / "7-0.page") == mutant(PAGES, 7, 0)
    assert confirmed(kept_input(tmp_path / "7-0.page")).fault == "died: SIGSEGV"


@pytest.mark.parametrize(("slow", "fault"), [(3, ""), (9, "took more than 2 s of CPU")])
def test_an_input_is_slow_that_is_slow_each_time_in_a_fresh_process(
    slow: int, fault: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    child = f"open({str(runs)!r}, 'a').write('x')\n" + CHILD.replace(
        '"cpu": 0.1', f'"cpu": 0.1 if len(open({str(runs)!r}).read()) > {slow} else 3.0'
    )
    monkeypatch.setattr(subject, "_ARGV", (sys.executable, "-c", child))
    assert confirmed(GOOD).fault == fault
    assert len(runs.read_text()) == min(slow + 1, 5)


def test_a_hunt_begins_with_the_input_that_it_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(subject, "_ARGV", (sys.executable, "-c", CHILD.replace('b"deadly"', "body")))
    hunt = Hunt(PAGES, 7, tmp_path, 5822)
    hunt.run(0.5, 1, Event())
    assert hunt.kept[0] == tmp_path / "7-5822.page" and kept_input(hunt.kept[0]) == mutant(PAGES, 7, 5822)


def test_an_end_is_of_the_same_kind_whatever_its_figures(tmp_path: Path) -> None:
    assert kind_of("raised ValueError at a.py:7: bad 0x12 at 99") == kind_of(
        "raised ValueError at a.py:7: bad 0xff at 1"
    )
    assert kind_of("raised ValueError at a.py:7: bad") != kind_of("raised ValueError at a.py:8: bad")
    assert keep(tmp_path / "new" / "1-2", GOOD, Result("article", 0.1, 90)).read_bytes() == GOOD.body
