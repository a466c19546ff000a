"""Launching polls: sources that are due, each in a flight of its own, each host one request at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import launch
from wireroom.ledger.launch import BACKFILL_TURN, TURN_SECONDS, Flight, Launch, busy_hosts
from wireroom.ledger.life import FARTHEST
from wireroom.ledger.pauses import LANES
from wireroom.topology import CONTRACT, POLL

queries = Queries("wireroom.ledger", "poll_launch.sql")

PAUSED_SECONDS = 60.0
"""How long after its end a pause may still hold a poll."""
_LOOK_AHEAD = 4
"""Sources looked at for each place, where some may have to wait for their host."""


class Due(NamedTuple):
    """A source whose time has come; its row is locked."""

    id: int
    host: str
    source: str
    lane: str


class PollLauncher:
    """Launches polls, at most `in_flight` at a time; each dispatcher has one."""

    leg = POLL

    def __init__(self, in_flight: int) -> None:
        self._in_flight = in_flight
        self._claims = 0

    def launch(self, connection: Connection, epoch: str, *, sweep: bool = False) -> Launch:
        """Claim what is due and commit it as flights; nothing while another dispatcher launches fetches or polls.

        `epoch` is the one read from Redis before. `sweep` also finds what was left behind.
        """
        with connection.transaction():
            mine = connection.execute(launch.queries.try_launch, {"leg": "fetch"}).fetchone()
            if not mine or not mine[0]:
                return Launch([])
            if sweep:
                connection.execute(queries.adrift)
                connection.execute(queries.misdated, {"lanes": list(LANES), "farthest": FARTHEST})
            paused, flying, lanes = connection.execute(queries.look, {"lanes": list(LANES)}).fetchone() or (True, 0, [])
            room = self._in_flight - int(flying)
            if paused or room <= 0:
                return Launch([])
            going, more = self._claim(connection, lanes, room)
            return Launch(_board(connection, going, epoch), more)

    def _claim(self, connection: Connection, lanes: Sequence[str], room: int) -> tuple[list[Due], bool]:
        """What flies now; and whether others were met that had to wait, so that looking again is worth it."""
        given = {"most": room, "patience": TURN_SECONDS}
        called = [Due(*row) for row in connection.execute(queries.call, given)]
        going, put_off = self._held(connection, called, lanes)
        self._claims += 1
        parked = False
        for lane in LANES if self._claims % BACKFILL_TURN else reversed(LANES):
            limit = (room - len(going)) * _LOOK_AHEAD
            if limit <= 0:
                break
            found = [Due(*row) for row in connection.execute(queries.due, {"lane": lane, "limit": limit})]
            free, held = self._held(connection, found, lanes)
            put_off += held
            now, later = choose(free, _busy(connection, free) | {one.host for one in going}, room - len(going))
            if later:
                connection.execute(queries.park, {"sources": sorted(one.id for one in later)})
            going += now
            parked |= bool(later)
        if put_off:
            connection.execute(queries.put_off, {"sources": sorted(put_off), "seconds": PAUSED_SECONDS})
        connection.execute(queries.still_parked, {"hosts": sorted({one.host for one in called})})
        return going, parked

    @staticmethod
    def _held(connection: Connection, found: Sequence[Due], lanes: Sequence[str]) -> tuple[list[Due], list[int]]:
        """Those that no pause of their lane or publisher holds, and the ids of those that one does."""
        names = sorted({one.source for one in found})
        rows = connection.execute(queries.paused_names, {"names": names}) if names else ()
        paused = {name for (name,) in rows}
        free = [one for one in found if one.source not in paused and one.lane in lanes]
        return free, sorted({one.id for one in found} - {one.id for one in free})


def choose(found: Iterable[Due], busy: set[str], room: int) -> tuple[list[Due], list[Due]]:
    """In their order: what flies (at most `room`, one of each host), and what must wait for its host."""
    going: list[Due] = []
    parked: list[Due] = []
    asked = set(busy)
    for one in found:
        if len(going) == room:
            break
        (parked if one.host in asked else going).append(one)
        asked.add(one.host)
    return going, parked


def _busy(connection: Connection, found: Sequence[Due]) -> set[str]:
    return busy_hosts(connection, POLL, {one.host for one in found}) if found else set()


def _board(connection: Connection, going: Sequence[Due], epoch: str) -> list[Flight]:
    if not going:
        return []
    row = connection.execute(launch.queries.flight_numbers, {"flights": len(going)}).fetchone()
    assert row is not None
    shared = {"leg": POLL, "stage": POLL, "epoch": epoch, "contract": CONTRACT, "losses": 0}
    hosts = sorted({one.host for one in going})
    with connection.pipeline():
        connection.execute(queries.board, {"sources": [one.id for one in going], "flights": row[0]})
        connection.execute(queries.still_parked, {"hosts": hosts})
        connection.execute(launch.queries.give_turn, {"hosts": hosts, "leg": "fetch"})
        connection.cursor().executemany(launch.queries.insert_flight, [shared | {"id": id_} for id_ in row[0]])
    crash_at(Point.LAUNCH_WRITTEN)
    return [Flight(id_, POLL, POLL, ()) for id_ in row[0]]
