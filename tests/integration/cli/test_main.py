"""Every command fails in sentences, and ends as a shell expects."""

from __future__ import annotations

import signal
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING

import pytest

from newsroom.desk import Desk

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


@pytest.mark.parametrize(
    "command",
    [("migrate",), ("submit", "https://news.example/a"), ("jobs",), ("redrive", "--all"), ("cancel", "7")],
)
def test_an_absent_database_is_told_in_one_line(nowhere: CommandLine, command: tuple[str, ...]) -> None:
    ended = nowhere.alone(*command)
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: Postgres does not answer (WIREROOM_DATABASE_URL): ")
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("WIREROOM_DATABASE_URL", "postgresql:/me:secret@db", "error: WIREROOM_DATABASE_URL is no URL of a Postgres"),
        ("WIREROOM_DATABASE_URL", "me secret", "error: WIREROOM_DATABASE_URL is no URL of a Postgres"),
        ("WIREROOM_CONTENT_BYTES", "much", "error: WIREROOM_CONTENT_BYTES: "),
    ],
)
def test_a_wrong_setting_is_named_and_no_password_shown(nowhere: CommandLine, name: str, value: str, told: str) -> None:
    nowhere.env[name] = value
    ended = nowhere.alone("submit", "https://news.example/a")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith(told)
    assert "secret" not in ended.err


def test_a_wrong_redis_url_is_told_before_anything_is_accepted(wireroom: CommandLine, desk: Desk) -> None:
    wireroom.env["WIREROOM_REDIS_URL"] = "nonsense"
    ended = wireroom("submit", "https://news.example/a")
    assert ended.code == 1
    assert ended.err.startswith("error: WIREROOM_REDIS_URL is not the URL of a Redis: ")
    assert desk.value("SELECT count(*) FROM jobs") == 0


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_a_reader_that_goes_away_is_no_trouble(wireroom: CommandLine, desk: Desk, form: tuple[str, ...]) -> None:
    desk.jobs(1000)
    with wireroom.start("jobs", "--limit", "1000", *form, stdin=DEVNULL) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_a_full_disk_is_told(wireroom: CommandLine, desk: Desk) -> None:
    desk.job()
    with Path("/dev/full").open("wb") as full, wireroom.start("jobs", "--json", stdout=full) as process:
        err = process.communicate(timeout=60)[1]
    assert (process.returncode, err) == (1, b"error: cannot go on: No space left on device\n")


def test_closed_streams_are_no_trouble(wireroom: CommandLine, desk: Desk) -> None:
    shell = ("sh", "-c", '"$@" <&- >&- 2>&-', "sh", *wireroom.command("submit", "https://news.example/a"))
    with wireroom.run(shell) as process:
        assert process.wait(60) == 0
    assert desk.value("SELECT count(*) FROM jobs") == 1


def test_the_answer_is_utf8_json_whatever_the_locale(wireroom: CommandLine, desk: Desk) -> None:
    desk.job(source="Übersee")
    wireroom.env |= {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    assert wireroom.alone("jobs", "--json").lines[0]["source"] == "Übersee"
    assert wireroom.alone("jobs").code == 0


ASKED = """
SELECT 1 FROM pg_stat_activity
WHERE application_name = 'wireroom cli' AND state = 'idle' AND query LIKE '%%FROM jobs%%'
"""
"""Whether the command has asked for the newest job, after which it reads its lines."""


def test_ctrl_c_while_waiting_for_lines_ends_with_130(wireroom: CommandLine, desk: Desk) -> None:
    with wireroom.start("submit", "-") as process:
        while not desk.value(ASKED):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, b"", b"")
