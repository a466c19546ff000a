"""While workers and dispatchers of a new version replace the old ones, neither sees the other's messages."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsroom.databases import database_of
from newsroom.line import Line
from newsroom.producers import Press
from newsroom.proof import prove
from newsroom.shifts import NEXT, Shift, next_version
from wireroom.embedded import EmbeddedPostgres
from wireroom.supervisor import Process
from wireroom.topology import CONTRACT, STAGES
from wireroom.watchdog import DEAF_SECONDS

WAVE = 1_950
RECEIVED = {"flight_started", "flight_dropped"}
Begin = Callable[..., Shift]


class GatewayAlone(Line):
    """The others come in shifts."""

    def crew(self, dispatchers: int, gateway: bool) -> list[Process]:
        return [one for one in super().crew(0, gateway) if one.name == "gateway"]


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """For all tests of the module; each leaves it empty."""
    with (
        database_of(postgres, "upgraded") as database,
        GatewayAlone(database, tmp_path_factory.mktemp("line"), gateway=True, env=env) as line,
    ):
        yield line


@pytest.fixture
def begin(line: Line, tmp_path: Path) -> Iterator[Begin]:
    """Begins a shift of the `old` or the `new` version."""
    versions = {"old": {}, "new": next_version(tmp_path)}
    shifts: list[Shift] = []

    def begun(name: str, *roles: str) -> Shift:
        shifts.append(Shift(line, name, roles, versions[name]))
        return shifts[-1]

    yield begun
    for shift in shifts:
        shift.end()


def said(line: Line, name: str, events: set[str]) -> set[int]:
    """The flights of which processes of a version have logged such an event."""
    return {one["flight"] for one in line.log(f"* {name}") if one["event"] in events}


def check_apart(line: Line) -> None:
    """Each version has worked, on flights of its own only."""
    for name in ("old", "new"):
        received = said(line, name, RECEIVED)
        assert received and received <= said(line, name, {"flight_launched"}), name


def in_flight(line: Line, contract: int) -> int:
    return line.count(f"flights WHERE contract = {contract}")


def test_a_rolling_upgrade_under_load(line: Line, press: Press, begin: Begin) -> None:
    old_workers, old_dispatcher = begin("old", *STAGES), begin("old", "dispatcher")
    with press.wave(WAVE, seconds=10.0):
        line.wait(lambda: line.count("outcomes") > 100, "the old ones to work")
        begin("new", *STAGES)
        begin("new", "dispatcher")
        line.wait(lambda: all(in_flight(line, one) for one in (CONTRACT, NEXT)), "both to be in flight")
        line.wait(lambda: bool(said(line, "new", RECEIVED)), "the new ones to work")
        old_workers.end()
        line.wait(lambda: in_flight(line, CONTRACT) > 0, "flights that nobody reads")
        old_dispatcher.end()
        prove(line, press)
    check_apart(line)


def test_what_nobody_reads_any_more_comes_back(line: Line, press: Press, begin: Begin) -> None:
    begin("new", *STAGES)
    old_dispatcher = begin("old", "dispatcher")
    with press.wave(100, pushed=0) as wave:
        wave.finish()
        line.wait(lambda: in_flight(line, CONTRACT) > 0, "the old dispatcher to launch")
        # The new workers are not deaf: what waits so long is not for them.
        time.sleep(2 * DEAF_SECONDS * float(line.env["WIREROOM_LEASE_SCALE"]))
        old_dispatcher.end()
        stranded = {flight for (flight,) in line.db.execute("SELECT id FROM flights")}
        begin("new", "dispatcher")
        prove(line, press, most_losses=0)
    assert stranded and stranded <= {one["flight"] for one in line.log() if one.get("rule") == "waiting"}
    assert not [one for one in line.log() if one["event"] == "worker_deaf"]
