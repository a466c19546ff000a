"""Processes beside a line's own, which come and go; and such as speak another version of its messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread
from types import MappingProxyType

from newsroom.line import ROOT, Line
from wireroom.crew import crew
from wireroom.supervisor import Supervisor
from wireroom.topology import CONTRACT

NEXT = CONTRACT + 1


class Shift:
    """Supervised processes of these roles, named `ROLE NAME`, from its beginning to its end."""

    def __init__(
        self, line: Line, name: str, roles: Collection[str], env: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        everybody = [one for one in crew(line.env | dict(env), gateway=False) if one.name in roles]
        self.supervisor = Supervisor([replace(one, name=f"{one.name} {name}") for one in everybody], line.directory)
        self._over = Event()
        self._thread = Thread(target=self.supervisor.run, args=(self._over.is_set,), name=name)
        self._thread.start()

    def end(self) -> None:
        """SIGTERM to all of them, if that was not yet; they are gone after the return."""
        self._over.set()
        self._thread.join()


def next_version(directory: Path) -> dict[str, str]:
    """Settings of processes that run the same code with one number raised: the version of its messages."""
    source = (ROOT / "infra/wireroom/topology.py").read_text("utf-8")
    now = f"\nCONTRACT = {CONTRACT}\n"
    assert source.count(now) == 1
    # The folder is a part of the namespace package that comes before the installed ones.
    (directory / "wireroom").mkdir(parents=True)
    (directory / "wireroom/topology.py").write_text(source.replace(now, f"\nCONTRACT = {NEXT}\n"), "utf-8")
    return {"PYTHONPATH": str(directory)}
