"""A local web in a process of its own, for tests and benchmarks."""

from __future__ import annotations

import subprocess
import sys
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.request import Request, urlopen

from benchmarks.web.log import Asked, Reading
from benchmarks.web.server import DESK
from benchmarks.web.site import NETWORK
from benchmarks.web.town import Plan, Town, build
from wireroom.errors import WireroomError


class LocalWeb:
    """Serves from `with` to its end; what it was asked is in `log`."""

    def __init__(self, directory: Path, plan: Plan) -> None:
        self._directory = directory
        self._plan = plan

    def __enter__(self) -> Self:
        self._directory.mkdir(parents=True, exist_ok=True)
        argv = [sys.executable, "-m", "benchmarks.web", "--port", "0", "--directory", str(self._directory)]
        argv += [f"--{name}={value}" for name, value in self._plan.press._asdict().items()]
        self._process = subprocess.Popen([*argv, f"--slow={self._plan.slow}"], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        said = self._process.stdout.readline().split()
        if not said:
            raise WireroomError("the local web ended at its start")
        self.port = int(said[-1])
        self._reading = Reading(self._directory / "requests.jsonl")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.communicate()

    @cached_property
    def town(self) -> Town:
        """What it serves."""
        return build(self.port, self._plan)

    @property
    def env(self) -> dict[str, str]:
        """Settings with which its hosts, and nothing else of this machine, are found and fetched."""
        return {"WIREROOM_FETCH_HOSTS": str(self._directory / "hosts"), "WIREROOM_FETCH_ALLOW": str(NETWORK)}

    def log(self) -> list[Asked]:
        """Every request that has ended."""
        return self._reading.all()

    def move_on(self, edition: int) -> None:
        """From now on it is in this edition."""
        url = f"http://{NETWORK[1]}:{self.port}{DESK}{edition}"
        with urlopen(Request(url, method="POST"), timeout=10):
            pass
