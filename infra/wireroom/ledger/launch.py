"""Launching: ready jobs are claimed in flights, within the bound, fairly, one dispatcher at a time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any, Literal, NamedTuple

from wireroom.crash import Point, crash_at
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.boarding import Bounds, Ready, choose, form_flights
from wireroom.ledger.life import FARTHEST, FIRST_STAGE, Leg
from wireroom.ledger.pauses import CALLED_AT_ONCE, Holds
from wireroom.topology import CONTRACT, POLL

queries = Queries("wireroom.ledger", "launch.sql")

HOST_SECONDS = 10.0
"""How long one flight may keep asking one host."""
TURN_SECONDS = 5.0
"""How long a host that is free is kept for a poll or a page whose turn it is, where nothing launches that."""
BACKFILL_TURN = 10
"""One claim in so many begins with what is in no hurry."""
_LOOK_AHEAD = 4
"""Candidates looked at for each place where some may be parked: those of busy hosts and paused sources."""
_OVERLAP = timedelta(minutes=1)
_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = datetime(9999, 12, 31, tzinfo=UTC)
_FARTHEST = timedelta(seconds=FARTHEST)


class Flight(NamedTuple):
    """A flight that was claimed and must now be published."""

    id: int
    leg: Leg | Literal["poll"]
    stage: str
    jobs: tuple[int, ...]


def skip_flight_numbers(connection: Connection) -> None:
    """To be called when Postgres may have come back from a crash: no flight gets the number of an earlier one."""
    connection.execute(queries.skip_flight_numbers)


class Launch(NamedTuple):
    """What one launch did; `more` says that looking again at once is worth it."""

    flights: list[Flight]
    more: bool = False


class Launcher:
    """Launches the flights of one leg; each dispatcher has one a leg. It remembers only what makes looking cheap."""

    def __init__(self, leg: Leg, bounds: Bounds, clock: Callable[[], float] = time.monotonic) -> None:
        self.leg: Leg = leg
        self._clock = clock
        self._bounds = bounds
        self._floor = 0
        self._called_until = _EVER
        self._claims = 0
        self._sweep = False
        self._bytes = 0
        self._busy = False
        self._held: float | None = None
        self._lanes: dict[str, int] = {}
        self._parked = False
        self._asked: Counter[str | None] = Counter()
        self._holds = Holds(leg)

    def launch(self, connection: Connection, epoch: str, *, sweep: bool = False) -> Launch:
        """Claim what fits into the bound and commit it as flights; nothing if another dispatcher is launching.

        `epoch` is the one read from Redis before. `sweep` looks below the watermarks too, for what was committed late;
        where there is no room now, the next launch that has some does it.
        """
        self._sweep = sweep = self._sweep or sweep
        with connection.transaction():
            mine, now, _, live, backfill = _row(connection, queries.try_launch, leg=self.leg)
            if not mine:
                return Launch([])
            self._lanes = {"live": 0, "backfill": 0} if sweep else {"live": live, "backfill": backfill}
            self._call_due(connection, now, sweep)
            more = self._holds.look(connection, sweep=sweep)
            room = self._measure(connection)
            if room <= 0 or not self._holds.lanes:
                return Launch([])
            if self.leg == "fetch":
                self._call_hosts(connection, sweep)
            if not (room := self._worth_a_flight(connection, room)):
                return Launch([], more)
            claimed = self._claim(connection, room)
            self._sweep = False
            return Launch(self._board(connection, claimed, epoch), more or self._parked)

    def _call_due(self, connection: Connection, now: datetime, sweep: bool) -> None:
        """Give tickets to jobs whose time has come, and to those whose time is farther away than any wait."""
        given = {"leg": self.leg, "most": CALLED_AT_ONCE}
        since = _EVER if sweep else self._called_until - _OVERLAP
        called = connection.execute(queries.call_due, given | {"since": since, "until": now}).rowcount
        if called < CALLED_AT_ONCE:
            self._called_until = now
        if sweep:
            connection.execute(queries.call_due, given | {"since": now + _FARTHEST, "until": _NEVER})

    def _call_hosts(self, connection: Connection, sweep: bool) -> None:
        """Give tickets to jobs whose host is free."""
        given = {"pages": self._bounds.pages, "seconds": HOST_SECONDS, "lanes": self._holds.lanes}
        given |= {"patience": TURN_SECONDS}
        if sweep:
            connection.execute(queries.find_parked, given)
            connection.execute(queries.free_misdated, {"farthest": FARTHEST})
        connection.execute(queries.call_hosts, given)

    def _measure(self, connection: Connection) -> int:
        """How many articles there is room for; none where the bytes in flight are at their bound."""
        given = {"leg": self.leg, "stage": FIRST_STAGE[self.leg], "floor": self._floor}
        articles, size, self._floor, waiting = _row(connection, queries.in_flight, **given)
        room, self._bytes = self._bounds.in_flight - int(articles), self._bounds.bytes_in_flight - int(size)
        full_articles, full_bytes = self._bounds.full
        cramped = room < full_articles or self._bytes < full_bytes
        self._busy = self.leg == "process" and bool(articles) and (waiting or cramped)
        return room if self._bytes > 0 else 0

    def _worth_a_flight(self, connection: Connection, room: int) -> int:
        """How much of the room to use: none where nothing is ready, and on a busy line only what full flights take.

        A message costs as much as the work on some articles, and one that waits behind others is not late.
        """
        given = {"leg": self.leg, "limit": self._bounds.articles, "lanes": self._holds.lanes}
        ready, size = _row(connection, queries.ready, **given, **self._lanes)
        if not ready or not self._busy:
            self._held = None
            self._sweep = self._sweep and bool(ready)
            return room if ready else 0
        articles, bytes_ = self._bounds.full
        whole, whole_bytes = room - room % articles, self._bytes - self._bytes % bytes_
        if whole and whole_bytes and (ready >= articles or size >= bytes_):
            self._held, self._bytes = None, whole_bytes
            return whole
        now = self._clock()
        self._held = now if self._held is None else self._held
        if now - self._held < self._bounds.patience:
            return 0
        self._held = None
        return room

    def _claim(self, connection: Connection, room: int) -> list[Ready]:
        self._claims += 1
        self._parked = False
        self._asked = Counter()
        if self._claims % BACKFILL_TURN:
            live = self._claim_lane(connection, "live", room)
            return live + self._claim_lane(connection, "backfill", room - len(live))
        # A turn of backfill is one flight, not all the room there is.
        turn = self._claim_lane(connection, "backfill", min(room, self._bounds.articles))
        return turn + self._claim_lane(connection, "live", room - len(turn))

    def _claim_lane(self, connection: Connection, lane: str, room: int) -> list[Ready]:
        if room <= 0 or lane not in self._holds.lanes:
            return []
        where = {"leg": self.leg, "lane": lane}
        limit = room * _LOOK_AHEAD if self.leg == "fetch" or self._holds.sources else room
        given = where | {"watermark": self._lanes[lane], "limit": limit}
        found = [Ready(*row) for row in connection.execute(queries.claim, given)]
        held = self._hold(connection, found)
        free = [ready for ready in found if ready.job_id not in held]
        parked: list[Ready] = []
        if self.leg == "fetch":
            going, parked = self._park_busy(connection, free, room)
        else:
            going = self._that_fit(free[:room])
        done = {*held, *(ready.job_id for ready in going + parked)}
        if passed := list(takewhile(lambda ready: ready.job_id in done, found)):
            connection.execute(queries.advance, where | {"ticket": passed[-1].ticket})
        return going

    def _hold(self, connection: Connection, found: list[Ready]) -> set[int]:
        """Those whose source is paused; they wait for it."""
        held = self._holds.hold(connection, [ready.job_id for ready in found])
        if held:
            self._parked = True
        if hosts := sorted({host for host in held.values() if host}):
            # It may have been their turn.
            connection.execute(queries.still_parked, {"hosts": hosts, "lanes": self._holds.lanes})
        return set(held)

    def _that_fit(self, found: list[Ready]) -> list[Ready]:
        """The first ones, up to the bound of bytes, or the one that is over it by itself."""
        going: list[Ready] = []
        for ready in found:
            if self._bytes <= 0 or (going and ready.bytes > self._bytes):
                break
            self._bytes -= ready.bytes
            going.append(ready)
        return going

    def _park_busy(self, connection: Connection, found: list[Ready], room: int) -> tuple[list[Ready], list[Ready]]:
        """Those that may be fetched now; and the others met on the way, which wait for their host."""
        hosts = {ready.host for ready in found}
        busy = busy_hosts(connection, "fetch", hosts)
        pages = self._pages_of_slow(connection, hosts)
        going, parked = choose(found, busy, room, self._bounds.pages, self._asked, pages)
        if parked:
            connection.execute(queries.park, {"jobs": sorted(ready.job_id for ready in parked)})
            self._parked = True
        return going, parked

    def _pages_of_slow(self, connection: Connection, hosts: set[str | None]) -> dict[str | None, int]:
        given = {"hosts": list(hosts), "seconds": HOST_SECONDS}
        rows = connection.execute(queries.slow_hosts, given)
        return {host: min(pages, self._bounds.pages) for host, pages in rows}

    def _board(self, connection: Connection, claimed: list[Ready], epoch: str) -> list[Flight]:
        if not claimed:
            return []
        groups = form_flights(claimed, self._bounds)
        ids = _row(connection, queries.flight_numbers, flights=len(groups))[0]
        flights = dict(zip(ids, groups, strict=True))
        stage = FIRST_STAGE[self.leg]
        boarding = [(ready.job_id, id_) for id_, group in flights.items() for ready in group]
        with connection.pipeline():
            jobs, boarded = zip(*boarding, strict=True)
            connection.execute(queries.board, {"jobs": list(jobs), "flights": list(boarded)})
            if hosts := sorted({ready.host for ready in claimed if ready.host}):
                connection.execute(queries.still_parked, {"hosts": hosts, "lanes": self._holds.lanes})
                connection.execute(queries.give_turn, {"hosts": hosts, "leg": POLL})
            shared = {"leg": self.leg, "stage": stage, "epoch": epoch, "contract": CONTRACT}
            rows = [shared | {"id": id_, "losses": max(r.losses for r in group)} for id_, group in flights.items()]
            connection.cursor().executemany(queries.insert_flight, rows)
        crash_at(Point.LAUNCH_WRITTEN)
        return [Flight(id_, self.leg, stage, tuple(ready.job_id for ready in group)) for id_, group in flights.items()]


def busy_hosts(connection: Connection, leg: str, hosts: Iterable[str | None]) -> set[str]:
    """Those of the hosts that must not be asked by the leg now; under the lock of fetch launches, as polls are."""
    given = {"leg": leg, "hosts": list(hosts), "patience": TURN_SECONDS}
    return {host for (host,) in connection.execute(queries.busy_hosts, given)}


def _row(connection: Connection, statement: Any, **parameters: Any) -> Any:
    row = connection.execute(statement, parameters).fetchone()
    assert row is not None
    return row
