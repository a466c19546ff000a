"""`wireroom demo` and `wireroom up` as a newcomer runs them: they end by themselves or at Ctrl-C, and leave nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from newsroom.line import story
from wireroom.embedded import free_port

WIREROOM = (sys.executable, "-m", "wireroom.cli.main")
PATIENCE = 60.0


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command in a directory of its own; its processes can be told by a variable of their environment."""

    def run(*arguments: str) -> subprocess.Popen[str]:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        env = os.environ | {"WIREROOM_TEST": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")}
        env |= {"WIREROOM_GATEWAY_PORT": str(free_port())}
        return subprocess.Popen(
            [*WIREROOM, *arguments], cwd=tmp_path, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    return run


def left_behind(directory: Path) -> list[str]:
    """Command lines of the processes that a command started in `directory`, and that still run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("WIREROOM_TEST") == str(directory):
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


def wait_for_line(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    raise AssertionError(f"it ended without saying {text!r}: {process.communicate()[1]}")


def test_the_demo_shows_records_and_reconciles(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    process = start("demo")
    output, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, errors
    assert "Reykjavik greenhouse heats itself and the school next door" in output
    assert "not_an_article" in output and "gone: the server answered 404" in output
    assert "= 31 stored" in output and "2 rejected" in output and "no findings" in output
    assert "make up" in output
    assert left_behind(tmp_path) == [] and list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("seconds", [0.2, 0.6, 0.9, 1.2, 4.0])
def test_ctrl_c_ends_the_demo_without_a_trace(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path, seconds: float
) -> None:
    process = start("demo")
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=PATIENCE)
    assert process.returncode in (130, -signal.SIGINT), errors  # a shell says 130 in both cases
    assert "Traceback" not in errors
    assert left_behind(tmp_path) == [] and list((tmp_path / "tmp").iterdir()) == []


def test_up_stays_up_and_keeps_its_data(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    article = tmp_path / "article.txt"
    article.write_text(story(1))
    with start("up") as first:
        wait_for_line(first, "Wireroom is up")
        submitted = start("submit", str(article)).communicate(timeout=PATIENCE)
        assert "1" in submitted[0], submitted
        deadline = time.monotonic() + PATIENCE
        while "stored" not in start("jobs").communicate(timeout=PATIENCE)[0]:
            assert time.monotonic() < deadline
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=PATIENCE)
    assert first.returncode == 0
    assert left_behind(tmp_path) == []
    with start("up") as second:
        wait_for_line(second, "Wireroom is up")
        assert "Ferry number 1 reaches Oslo" in start("article", "1").communicate(timeout=PATIENCE)[0]
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    assert left_behind(tmp_path) == []
