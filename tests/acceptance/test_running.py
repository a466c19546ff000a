"""`wireroom demo` and `wireroom up` as a newcomer runs them: they end by themselves or at Ctrl-C, and leave nothing."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psutil
import pytest

from newsroom.line import story
from wireroom.client import Accepted, Client
from wireroom.contracts import ArticleJob
from wireroom.database import Connection, connect
from wireroom.embedded import free_port
from wireroom.settings import ENV_FILE, Settings

WIREROOM = (sys.executable, "-m", "wireroom.cli.main")
PATIENCE = 60.0


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command in a directory of its own; its processes can be told by a variable of their environment."""

    def run(*arguments: str, port: int | None = None) -> subprocess.Popen[str]:
        (tmp_path / "tmp").mkdir(exist_ok=True)
        env = os.environ | {"WIREROOM_TEST": str(tmp_path), "TMPDIR": str(tmp_path / "tmp")}
        env |= {"WIREROOM_GATEWAY_PORT": str(port or free_port())}
        return subprocess.Popen(
            [*WIREROOM, *arguments], cwd=tmp_path, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip

    return run


def processes(directory: Path) -> list[tuple[int, str]]:
    """Process ids and command lines of what a command started in `directory`."""
    found = []
    for process in psutil.process_iter():
        try:
            # A server that writes its own title into its memory has no environment any more, but a place.
            mine = process.environ().get("WIREROOM_TEST") == str(directory)
            if mine or Path(process.cwd()).is_relative_to(directory):
                found.append((process.pid, " ".join(process.cmdline())))
        except psutil.Error:
            continue
    return found


def left_behind(directory: Path) -> list[str]:
    """Command lines of what still runs of it."""
    return [line for _, line in processes(directory)]


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


def test_ctrl_c_under_load_loses_and_repeats_nothing(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    port = free_port()
    with up(start, port) as first:
        with Client(f"http://127.0.0.1:{port}") as client:
            answers = client.submit_many(ArticleJob(text=story(number)) for number in range(1500))
        accepted = {answer.job_id for answer in answers if isinstance(answer, Accepted)}
        with ledger(tmp_path) as db:
            wait_for(lambda: db.execute("SELECT FROM outcomes").rowcount > 50)
    assert first.returncode == 0 and left_behind(tmp_path) == []
    with up(start, port), ledger(tmp_path) as db:
        at_once = db.execute("SELECT FROM outcomes").rowcount
        wait_for(lambda: db.execute("SELECT FROM line").rowcount == 0)
        ends = db.execute("SELECT job_id, outcome FROM outcomes").fetchall()
        assert db.execute("SELECT FROM attempts").rowcount == 0
    assert 50 < at_once < len(accepted) == 1500
    assert sorted(ends) == sorted((job, "stored") for job in accepted)


@contextmanager
def up(start: Callable[..., subprocess.Popen[str]], port: int) -> Iterator[subprocess.Popen[str]]:
    """`wireroom up` until the block ends, however it does; then Ctrl-C, which reaches everybody in the foreground."""
    process = start("up", port=port)
    try:
        wait_for_line(process, "Wireroom is up")
        yield process
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=PATIENCE)


def ledger(directory: Path) -> AbstractContextManager[Connection]:
    """The Postgres of the `up` that runs there."""
    return connect(Settings(_env_file=directory / ENV_FILE).database_url, "test")


def wait_for(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_servers_of_up_are_started_again_when_they_die(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    article = tmp_path / "article.txt"
    article.write_text(story(1))
    with start("up") as up:
        wait_for_line(up, "Wireroom is up")
        for server in ("valkey-server", "bin/postgres -D"):
            victim = next(pid for pid, line in processes(tmp_path) if server in line)
            psutil.Process(victim).kill()
        deadline = time.monotonic() + PATIENCE
        while said(start("submit", str(article)))[0] or "stored" not in said(start("jobs"))[1]:
            assert time.monotonic() < deadline
        up.send_signal(signal.SIGINT)
        up.communicate(timeout=PATIENCE)
    assert up.returncode == 0 and left_behind(tmp_path) == []


def test_a_second_up_says_that_one_runs_and_leaves_it_alone(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    with start("up") as first:
        wait_for_line(first, "Wireroom is up")
        second = start("up")
        _, errors = second.communicate(timeout=PATIENCE)
        assert second.returncode == 1 and errors.startswith("error: a Wireroom already runs in .wireroom")
        assert said(start("jobs"))[0] == 0
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=PATIENCE)
    assert left_behind(tmp_path) == []


def test_after_up_was_killed_the_next_one_starts(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    with start("up") as first:
        wait_for_line(first, "Wireroom is up")
        first.kill()
        first.communicate(timeout=PATIENCE)
    with start("up") as second:
        wait_for_line(second, "Wireroom is up")
        second.send_signal(signal.SIGINT)
        second.communicate(timeout=PATIENCE)
    assert second.returncode == 0
    deadline = time.monotonic() + PATIENCE
    while left_behind(tmp_path):
        assert time.monotonic() < deadline
    assert not list((tmp_path / "tmp").iterdir())


def test_a_port_that_is_taken_is_told(start: Callable[..., subprocess.Popen[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _, errors = start("up", port=taken.getsockname()[1]).communicate(timeout=PATIENCE)
    assert "cannot be had" in errors and "WIREROOM_GATEWAY_PORT" in errors


def said(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Exit code and output of a command that ends by itself."""
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output
