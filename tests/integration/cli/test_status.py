"""The status: once into a pipe, live on a terminal, as JSON for programs."""

from __future__ import annotations

import os
import pty
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen
from typing import TYPE_CHECKING

from newsroom.desk import EPOCH, Desk
from wireroom.cli.main import INTERRUPTED
from wireroom.errors import Transient
from wireroom.ledger import sources
from wireroom.ledger.poll_launch import PollLauncher
from wireroom.ledger.reconcile import reconcile
from wireroom.ledger.sources import Wanted

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def busy(desk: Desk) -> None:
    """Something of everything."""
    ended, failed, retried, *_ = desk.jobs(4, source="Tide")
    flight = desk.flight()
    desk.finish((ended, 1))
    desk.fail(flight, retried, Transient("the disk is full"))
    desk.db.execute("UPDATE line SET failures = 5 WHERE job_id = %s", [failed])
    desk.fail(flight, failed, ValueError("the sky fell"))
    desk.jobs(3, lane="backfill")
    reconcile(desk.db)


def test_it_is_printed_once_into_a_pipe(wireroom: CommandLine, desk: Desk) -> None:
    busy(desk)
    sources.add(desk.db, [Wanted(url="https://news.example/feed")], "ada")
    PollLauncher(10).launch(desk.db, EPOCH)
    wireroom("pause", "lane", "backfill", "--why", "the disk is full")
    ended = wireroom("status")
    assert (ended.code, ended.err) == (0, "")
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    for expected in (
        "process live 0 1 0 0",
        "process backfill (paused) 3 0 0 0",
        "parse 0 1 in 1 flight",
        "poll 1 source 0",
        "accepted 7.0/min 0.1/min",
        "failed in the last hour: parse surprise 1, parse transient 1",
        "1 × parse (transient): the disk is full",
        "in quarantine: 1",
        "1 × parse (surprise): ValueError: the sky fell",
        "refused in the last day: nothing",
    ):
        assert expected in lines
    assert lines[1].startswith("paused: lane backfill, since 20") and lines[1].endswith("cli:ada: the disk is full")
    assert "all accounted for: 7 accepted = 0 stored + 0 updated + 0 unchanged + 1 rejected" in ended.out
    assert "\x1b" not in ended.out


def test_an_empty_wireroom_has_a_status(wireroom: CommandLine) -> None:
    ended = wireroom("status", "--once")
    assert ended.code == 0
    assert "not reconciled yet" in ended.out and "nothing finished in the last 15 min" in ended.out


def test_what_is_unaccounted_for_is_said_aloud(wireroom: CommandLine, desk: Desk) -> None:
    desk.jobs(2)
    reconcile(desk.db)
    desk.db.execute("DELETE FROM line")
    reconcile(desk.db)
    assert "2 UNACCOUNTED, see wireroom reconcile; the last clean pass began 20" in wireroom("status").out


def test_as_json_it_is_one_document(wireroom: CommandLine, desk: Desk) -> None:
    busy(desk)
    wireroom("pause", "source", "Tide")
    found = wireroom("status", "--json").document
    assert found["waiting"][3] == {
        "leg": "process", "lane": "backfill", "ready": 3, "time": 0, "host": 0, "pause": 0, "at_least": [],
    }  # fmt: skip
    assert found["in_flight"] == [{"stage": "parse", "started": True, "flights": 1, "articles": 1}]
    assert found["oldest"]["job_id"] == 2 + 1
    assert [(rate["what"], rate["number"], rate["seconds"]) for rate in found["rates"]] == [
        ("accepted", 7, 60), ("accepted", 7, 3600), ("finished", 1, 60), ("finished", 1, 3600),
    ]  # fmt: skip
    assert found["times"][0]["what"] == "total"
    assert found["quarantine"] == {"number": 1, "at_least": False}
    assert [one["what"] for one in found["pauses"]] == ["source"]
    assert found["checked"]["findings"] == 0
    assert found["checked"]["identity"].startswith("7 accepted = 0 stored")


@contextmanager
def on_a_terminal(wireroom: CommandLine, *arguments: str) -> Iterator[tuple[Popen[bytes], int]]:
    """The process, and what reads its terminal."""
    ours, theirs = pty.openpty()
    wireroom.env |= {"TERM": "xterm", "LINES": "60"}
    with wireroom.start(*arguments, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        try:
            yield process, ours
        finally:
            process.kill()
            os.close(ours)


def read_until(terminal: int, wanted: bytes, times: int = 1) -> bytes:
    """What is shown up to there; ends with the process at the latest."""
    seen = b""
    while seen.count(wanted) < times:
        seen += os.read(terminal, 65536)
    return seen


def test_on_a_terminal_it_is_live_until_ctrl_c(wireroom: CommandLine, desk: Desk) -> None:
    with on_a_terminal(wireroom, "status") as (process, terminal):
        assert b"in quarantine: 0" in read_until(terminal, b"refused in the last day")
        busy(desk)
        read_until(terminal, b"in quarantine: 1")
        process.send_signal(signal.SIGINT)
        rest = read_until(terminal, b"\x1b[?25h")
        assert process.wait(timeout=30) == INTERRUPTED
        assert b"Traceback" not in rest


def test_on_a_terminal_it_can_be_printed_once(wireroom: CommandLine, desk: Desk) -> None:
    with on_a_terminal(wireroom, "status", "--once") as (process, terminal):
        read_until(terminal, b"refused in the last day")
        assert process.wait(timeout=30) == 0


def test_on_a_terminal_without_a_database_it_is_an_error(nowhere: CommandLine) -> None:
    with on_a_terminal(nowhere, "status") as (process, terminal):
        read_until(terminal, b"Postgres does not answer")
        assert process.wait(timeout=30) == 1
