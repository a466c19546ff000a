"""The real command line, in this process or in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from wireroom.cli import commands
from wireroom.cli.output import console
from wireroom.settings import settings

PATIENCE = 60.0
NOWHERE = "127.0.0.1:9"
WIDTH = 200


class Ended(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The answer as JSON, one object a line."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def document(self) -> dict[str, Any]:
        """The answer as one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class CommandLine:
    """Runs `wireroom` in a folder, on a database; nobody listens where Redis should be."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("WIREROOM_")} | {
            "WIREROOM_DATABASE_URL": database_url,
            "WIREROOM_REDIS_URL": f"redis://{NOWHERE}/0",
            "USER": "ada",
            "LOGNAME": "ada",
            "COLUMNS": str(WIDTH),
            "PYTHONWARNINGS": "error",
        }

    def __call__(self, *arguments: str, stdin: str | bytes = b"") -> Ended:
        """Run it to its end, in this process: each of its own would take half a second."""
        streams = CliRunner().isolation(stdin)
        with pytest.MonkeyPatch.context() as patch, streams as (out, err, _):
            for name in os.environ.keys() - self.env.keys():
                patch.delenv(name)
            for name, value in self.env.items():
                patch.setenv(name, value)
            patch.setattr(sys, "argv", ["wireroom", *arguments])
            patch.setattr(console, "_width", WIDTH)
            patch.chdir(self.folder)
            settings.cache_clear()
            try:
                code = commands.run()
            finally:
                settings.cache_clear()
            sys.stdout.flush()
            sys.stderr.flush()
            return Ended(code, out.getvalue().decode(), err.getvalue().decode())

    def alone(self, *arguments: str) -> Ended:
        """Run it to its end in a process of its own; it prints no traceback."""
        with self.start(*arguments, stdin=subprocess.DEVNULL) as process:
            out, err = (text.decode() for text in _communicate(process))
        assert "Traceback" not in out + err, err
        return Ended(process.returncode, out, err)

    def command(self, *arguments: str) -> list[str]:
        """What starts it."""
        return [sys.executable, "-m", "wireroom.cli.main", *arguments]

    def start(self, *arguments: str, **pipes: Any) -> subprocess.Popen[bytes]:
        """The process, with pipes."""
        return self.run(self.command(*arguments), **pipes)

    def run(self, command: Sequence[str], **pipes: Any) -> subprocess.Popen[bytes]:
        """Any process in the same place."""
        given: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return subprocess.Popen(command, cwd=self.folder, env=self.env, **given | pipes)


def _communicate(process: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
    try:
        return process.communicate(timeout=PATIENCE)
    finally:
        # Else whoever waits for its end would wait as long as it does.
        process.kill()


@pytest.fixture
def wireroom(tmp_path: Path, database: str) -> CommandLine:
    return CommandLine(tmp_path, database)


@pytest.fixture
def nowhere(tmp_path: Path) -> CommandLine:
    """Without a database."""
    return CommandLine(tmp_path, f"postgresql://wireroom@{NOWHERE}/wireroom")
