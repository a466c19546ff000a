"""Which code was measured."""

from __future__ import annotations

import subprocess
from pathlib import Path


def commit() -> str:
    """The commit, `-dirty` where files differ from it; `unknown` without git."""
    argv = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"]
    try:
        return subprocess.run(argv, capture_output=True, text=True, check=False).stdout.strip() or "unknown"
    except OSError:
        return "unknown"
