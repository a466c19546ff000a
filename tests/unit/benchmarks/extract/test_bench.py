"""`make bench-extract` from end to end, on made pages and with a made judge; the only system here is Wireroom."""

from __future__ import annotations

import gzip
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks.extract import peers
from benchmarks.extract.__main__ import main
from benchmarks.extract.pages import is_held_back

from newsroom.pages import page

ROOT = Path(__file__).parents[4]
SCORE = """
def tokens(text):
    return text.split()
def score_page(row, pred):
    gold, text = row["gold"], pred.get("text") or ""
    hit = gold["body"][0] in text
    return {"set": row["set"], "P": 1.0 if hit else None, "R": float(hit), "F": float(hit),
            "t=": int(pred.get("title") == gold["title"]), "img": 0}
def aggregate(pages, boot):
    mean = lambda key: sum(page[key] or 0 for page in pages) / len(pages)
    numbers = {key: len(pages) for key in ("nb", "n_t=", "n_img")}
    return numbers | {"F1": mean("F"), "P": mean("P"), "R": mean("R"), "t=": mean("t="), "img": 0}
"""
SITES = {held_back: next(f"site{at}.example" for at in range(99) if is_held_back(f"site{at}.example") is held_back)
         for held_back in (False, True)}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Four pages, one of a held-back site; the gold title of the first is another than the page's."""
    rows = []
    for number in range(4):
        gold = {"title": page(number).partition('og:title" content="')[2].partition('"')[0] if number else "Another",
                "body": [f"The tram numbered {number} crossed"]}  # fmt: skip
        file = f"{number}.html.gz"
        (tmp_path / file).write_bytes(gzip.compress(page(number).encode()))
        rows.append({"id": str(number), "set": "made", "domain": SITES[number == 3], "html": file, "gold": gold})
    (tmp_path / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (tmp_path / "score.py").write_text(SCORE)
    return tmp_path


def bench(*argv: str) -> subprocess.CompletedProcess[str]:
    argv = (sys.executable, "-m", "benchmarks.extract", *argv)
    return subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)


def test_one_run_tells_the_quality_of_development_and_held_back_pages_apart_and_the_speed(data: Path) -> None:
    done = bench("--data", str(data), "--systems", "wireroom", "--keep", str(data / "kept"))
    assert done.returncode == 0, done.stderr
    developed, held_back = done.stdout.split("### Held-back pages: 1 of 1 sites")
    assert "### Development pages: 3 of 1 sites" in developed
    cells = {tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in developed.splitlines() if "|" in line}
    assert ("body F1", "all", "3", "1.000") in cells
    assert ("title exact", "made", "3", "0.667") in cells
    assert ("title exact", "made", "1", "1.000") in {
        tuple(cell.strip() for cell in line.split("|")[1:-1]) for line in held_back.splitlines() if "|" in line
    }
    assert ("lead image", "made", "3", "-") in cells
    assert ("set", "pages", "whole text", "best run of prose", "wireroom-text") in cells
    assert "pages a CPU second" in developed and "commit" in held_back
    kept = [json.loads(line) for line in (data / "kept" / "wireroom.jsonl").read_text().splitlines()]
    assert [row["id"] for row in kept] == list("0123")


def test_the_held_back_sites_are_listed(data: Path) -> None:
    assert bench("--data", str(data), "--held-back-domains").stdout == f"{SITES[True]}\n"


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--systems", "wireroom,goose"], "unknown: goose; there are wireroom, trafilatura"),
        (["--pages", "none"], "'none' is no number of pages"),
    ],
)
def test_what_cannot_be_asked_for_is_said(
    argv: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench-extract", *argv])
    with pytest.raises(SystemExit):
        main()
    assert said in capsys.readouterr().err


def test_a_folder_without_pages_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = bench("--data", str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == f"make bench-extract: DATA={tmp_path}: there is no score.py to judge by"


def test_after_ctrl_c_the_pages_so_far_are_told(data: Path) -> None:
    lines = (data / "index.jsonl").read_text().splitlines()
    rows = [json.loads(line) | {"id": f"{at}-{number}"} for at in range(150) for number, line in enumerate(lines)]
    (data / "index.jsonl").write_text("\n".join(map(json.dumps, rows)))
    argv = (sys.executable, "-m", "benchmarks.extract", "--data", str(data), "--systems", "wireroom")
    pipe = subprocess.PIPE
    with subprocess.Popen(argv, cwd=ROOT, stdout=pipe, stderr=pipe, text=True) as running:
        assert running.stderr is not None
        running.stderr.readline()
        running.send_signal(signal.SIGINT)
        told, said = running.communicate()
    assert running.returncode == 130 and "Traceback" not in said
    assert "### Development pages" in told


def test_every_peer_is_pinned_by_hash_and_names_no_registry() -> None:
    for system in peers.SYSTEMS[1:]:
        assert peers.pinned(system)
    for lock in (ROOT / "benchmarks" / "extract" / "peers").glob("*.lock"):
        assert "--hash=sha256:" in lock.read_text() and "://" not in lock.read_text()
