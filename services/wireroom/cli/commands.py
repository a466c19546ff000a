"""Every command, and what becomes of their failures."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from itertools import chain
from pathlib import Path

from wireroom.cli.app import app
from wireroom.cli.output import say
from wireroom.database import AWAY
from wireroom.errors import WireroomError

MODULES: Mapping[str, Sequence[str]] = {
    "submit": ["submit"],
    "submission": ["submissions"],
    "sources": ["sourcing", "listing", "health"],
    "status": ["status"],
    "jobs": ["looking"], "job": ["looking"], "refusals": ["looking"], "article": ["looking"],
    "diff": ["versions"],
    "raw": ["inputs"],
    "quarantine": ["quarantine"], "redrive": ["quarantine"], "reject": ["quarantine"],
    "cancel": ["repairing"],
    "replay": ["replaying"],
    "pause": ["pausing"], "resume": ["pausing"], "pauses": ["pausing"],
    "migrate": ["checking"], "reconcile": ["checking"],
    "drift": ["drift"],
    "tokens": ["tokens"],
    "try": ["trying"],
    "rules": ["ruling"],
    "up": ["running"], "demo": ["running"],
}  # fmt: skip
"""Command -> the modules that register it when they are imported, in the order of the help."""


def load(command: str | None = None) -> None:
    """Register a command; all of them where there is none of that name, for the help to show."""
    for name in MODULES.get(command or "") or dict.fromkeys(chain(*MODULES.values())):
        import_module(f"wireroom.cli.{name}")


def run() -> int:
    """Run the command that the arguments name; returns the exit code.

    What a user can mend becomes a sentence, and never a traceback.
    """
    _settle_streams()
    # What libraries say while they work is for the workers' logs.
    logging.getLogger().addHandler(logging.NullHandler())
    logging.captureWarnings(True)
    try:
        return _command()
    except WireroomError as error:
        return _failed(str(error))
    except AWAY as error:
        return _failed(f"Postgres broke off: {error}")
    except OSError as error:
        return _failed(f"cannot go on: {error.strerror or error}")


def _settle_streams() -> None:
    """What was closed leads nowhere, and what a locale has no character for is replaced."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open()
    sys.stdout, sys.stderr = (stream or nowhere.open("w") for stream in (sys.stdout, sys.stderr))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _command() -> int:
    # The others would take longer than most commands do.
    load(next(iter(sys.argv[1:]), None))
    try:
        # It ends quietly where nobody reads on.
        app(prog_name="wireroom")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _failed(sentence: str) -> int:
    say(sentence, head="error: ")
    return 1
