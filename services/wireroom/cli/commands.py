"""Every command, and what becomes of their failures."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from pathlib import Path

from wireroom.cli import (
    checking,
    drift,
    health,
    inputs,
    listing,
    looking,
    pausing,
    quarantine,
    repairing,
    replaying,
    ruling,
    running,
    sourcing,
    status,
    submissions,
    submit,
    tokens,
    trying,
    versions,
)
from wireroom.cli.app import app
from wireroom.cli.output import say
from wireroom.database import AWAY
from wireroom.errors import WireroomError

COMMANDS = (
    submit,
    submissions,
    sourcing,
    listing,
    status,
    looking,
    versions,
    inputs,
    quarantine,
    repairing,
    replaying,
    pausing,
    checking,
    drift,
    tokens,
    health,
    trying,
    ruling,
    running,
)
"""Importing a module registers its commands."""


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
    try:
        # It ends quietly where nobody reads on.
        app(prog_name="wireroom")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def _failed(sentence: str) -> int:
    say(sentence, head="error: ")
    return 1
