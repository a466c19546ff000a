"""The extractors that Wireroom is compared with, each in a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from wireroom.errors import WireroomError

OURS = "wireroom"
OURS_FROM_TEXT = "wireroom-text"
PRECISE = "trafilatura-precision"
"""Whom all others are compared with, page by page."""
_PACKAGES: Mapping[str, str] = MappingProxyType({
    "trafilatura": "trafilatura", "trafilatura-fast": "trafilatura", PRECISE: "trafilatura",
    "newspaper4k": "newspaper4k", "readability-lxml": "readability-lxml", "resiliparse": "resiliparse",
    "news-please": "news-please",
})  # fmt: skip
SYSTEMS = (OURS, *_PACKAGES)
ENVIRONMENTS = Path(__file__).parents[2] / ".wireroom" / "peers"
_HERE = Path(__file__).parent
_PIP = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes")
_MADE = "made-of"


def command(system: str) -> list[str]:
    """What runs it: a process that answers each job on its input with a row on its output."""
    package = _PACKAGES.get(system)
    python = Path(sys.executable) if package is None else _environment(package) / "bin" / "python"
    # -P: what lies beside the runner is no module of a peer's.
    return [str(python), "-P", str(_HERE / "runner.py"), OURS if system == OURS_FROM_TEXT else system]


def pinned(system: str) -> str:
    """The package of a peer and its version, as `trafilatura==2.3.1`; empty for Wireroom."""
    package = _PACKAGES.get(system)
    lines = [] if package is None else _lock(package).read_text().splitlines()
    return next((line.split()[0] for line in lines if line.startswith(f"{package}==")), "")


def prepare(systems: Sequence[str]) -> None:
    """Make the environments that are not there yet, or were made of other versions; raises `WireroomError`."""
    for package in dict.fromkeys(_PACKAGES[name] for name in systems if name in _PACKAGES):
        made, wanted = _environment(package) / _MADE, sha256(_lock(package).read_bytes()).hexdigest()
        if not made.exists() or made.read_text() != wanted:
            sys.stderr.write(f"making an environment for {package} (once)\n")
            _make(package)
            made.write_text(wanted)


def _make(package: str) -> None:
    place = _environment(package)
    venv.create(place, clear=True, with_pip=True, symlinks=True)
    argv = [str(place / "bin" / "python"), *_PIP, "-r", str(_lock(package))]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        said = "\n".join(line for line in done.stderr.splitlines() if line.startswith("ERROR"))
        raise WireroomError(f"{package} cannot be installed (--systems leaves it out); pip says:\n{said}")


def _environment(package: str) -> Path:
    return ENVIRONMENTS / f"{package}-{sys.version_info.major}.{sys.version_info.minor}"


def _lock(package: str) -> Path:
    return _HERE / "peers" / f"{package}.lock"
