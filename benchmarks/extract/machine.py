"""On what it was measured, without which no figure means anything."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from pathlib import Path

from benchmarks.commit import commit
from benchmarks.extract.peers import pinned


def measured_on(systems: Iterable[str]) -> str:
    """Machine, versions, commit, and how busy it is now."""
    peers = filter(None, dict.fromkeys(map(pinned, systems)))
    return (
        f"{_cpu()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()};"
        f" load average {load()} before\n"
        f"{', '.join([f'wireroom at commit {commit()}', *peers])}"
    )


def load() -> str:
    """How many processes wanted to run, over the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _cpu() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text("utf-8", "replace").splitlines() if told.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())
