"""The raw input: exactly as it came, and never onto a terminal that it could take over."""

from __future__ import annotations

import hashlib
import os
import pty
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import TYPE_CHECKING, Any

import pytest

from newsroom.desk import Desk, page
from wireroom.cli.inputs import is_plain
from wireroom.ledger import captures

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

EVERY_BYTE = bytes(range(256)) * 300


def captured(desk: Desk, body: bytes, **fields: Any) -> int:
    job = desk.job(url=f"https://news.example/{body[:9].hex()}")
    desk.hurry()
    captures.capture(desk.db, desk.flight("fetch"), job, page(body, **fields), delay=0)
    return job


def raw(wireroom: CommandLine, *arguments: str) -> tuple[int | None, bytes, str]:
    with wireroom.start("raw", *arguments, stdin=DEVNULL) as process:
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err.decode()


def test_the_bytes_come_as_they_came(wireroom: CommandLine, desk: Desk, tmp_path: Path) -> None:
    job = captured(desk, EVERY_BYTE, headers={"server": "odd"})
    code, out, told = raw(wireroom, str(job))
    assert (code, out) == (0, EVERY_BYTE)
    assert told.startswith(f"job {job}: 76,800 bytes · text/html · status 200 · https://news.example/a · 2025-05-02")
    code, out, _ = raw(wireroom, str(job), "--output", "page.html", "--json")
    assert code == 0 and (tmp_path / "page.html").read_bytes() == EVERY_BYTE
    document = wireroom("raw", str(job), "--json").document
    digest = hashlib.blake2b(EVERY_BYTE, digest_size=16).hexdigest()
    assert (document["job_id"], document["status"], document["headers"]) == (job, 200, {"server": "odd"})
    assert (document["digest"], document["size"], "body" in document) == (digest, 76_800, False)
    code, out, told = raw(wireroom, str(job), "--output", "/nowhere/page.html")
    assert (code, out) == (1, b"") and told.startswith("error: cannot write /nowhere/page.html: ")


def test_a_terminal_gets_text_only(wireroom: CommandLine, desk: Desk) -> None:
    for body, shown in ((b"\x1b[2Jgone", b""), (b"<p>A page.\n", b"<p>A page.\r\n")):
        job = captured(desk, body)
        terminal, end = pty.openpty()
        with wireroom.start("raw", str(job), stdin=DEVNULL, stdout=end, stderr=PIPE) as process:
            os.close(end)
            assert process.stderr is not None
            told = process.stderr.read().decode()
            assert (process.wait(60), b"--output" in told.encode()) == ((0, False) if shown else (1, True)), told
        os.set_blocking(terminal, False)
        assert (os.read(terminal, 1000) if shown else b"") == shown
        os.close(terminal)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        ("Düsseldorf 東京\r\n\tso".encode(), True), (b"", True), (b"\x1b[31m", False), (b"\x07", False),
        (b"\xff\xfe", False), ("\x9b31m".encode(), False), ("\u202eevil".encode(), False), (b"a\0b", False),
    ],
)  # fmt: skip
def test_plain_text_does_nothing_to_a_terminal(body: bytes, plain: bool) -> None:
    assert is_plain(body) is plain


def test_what_is_not_there_is_said_in_a_sentence(wireroom: CommandLine, desk: Desk) -> None:
    waiting, expired = desk.job(url="https://news.example/a"), desk.job()
    desk.db.execute("DELETE FROM captures WHERE job_id = %s", [expired])
    assert "was not fetched" in raw(wireroom, str(waiting))[2]
    code, out, told = raw(wireroom, str(expired))
    assert (code, out) == (1, b"") and told.startswith(f"error: the input of job {expired} has expired")
    assert raw(wireroom, "99") == (1, b"", "error: there is no job 99\n")
