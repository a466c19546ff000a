"""Pauses: what a person holds up, and how a launcher holds it. Flights under way finish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from wireroom import urls
from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import WireroomError
from wireroom.ledger.accept import Tickets
from wireroom.ledger.offer import check_name
from wireroom.topology import POLL

queries = Queries("wireroom.ledger", "pauses.sql")

LANES = ("live", "backfill")
LEGS = ("fetch", "process")
"""Of jobs; polls have one of their own."""
NAMES: dict[str, tuple[str, ...]] = {
    "line": (), "leg": (*LEGS, POLL), "lane": LANES, "source": (), "host": (),
}  # fmt: skip
"""What can be paused, and the names it may have where they are few. A host's pause is of its polls and fetches."""
NEWEST = 20_000
"""Newest jobs among which a source is looked for, to tell whether anybody has heard of it."""
CALLED_AT_ONCE = 1000
"""Most jobs of one kind that become ready in one launch."""
HELD_AT_ONCE = 1000


class Target(NamedTuple):
    """What is paused; `name` is empty for the line."""

    what: str
    name: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.name}".rstrip()


class Pause(NamedTuple):
    """A pause, by whom, and why if they said it."""

    what: str
    name: str
    who: str
    why: str | None
    since: datetime

    def __str__(self) -> str:
        return str(Target(self.what, self.name))

    @property
    def told(self) -> str:
        """Who, and why."""
        return f"{self.who}: {self.why}" if self.why else self.who


def target(what: str, name: str | None = None) -> Target:
    """What a person means, in normal form; raises `WireroomError` that says what can be paused."""
    if what not in NAMES:
        raise WireroomError(f"{what!r} cannot be paused: it is one of {', '.join(NAMES)}")
    if what == "line":
        if name is not None:
            raise WireroomError("the line has no name: leave it out")
        return Target(what)
    known = NAMES[what]
    if name is None:
        raise WireroomError(f"name the {what}" + (f": {_either(known)}" if known else ""))
    if known and name not in known:
        raise WireroomError(f"a {what} is {_either(known)}, not {name!r}")
    if what == "source" and (refused := check_name(what, name)):
        raise WireroomError(refused.cause)
    return Target(what, _host(name) if what == "host" else name)


def pause(connection: Connection, target: Target, who: str, why: str | None = None) -> bool:
    """Hold the target: nothing of it is launched after this has returned. False: it was paused before, and stays so.

    Raises `WireroomError` for a `why` that cannot be kept.
    """
    if refused := check_name("why", why):
        raise WireroomError(refused.cause)
    with connection.transaction():
        connection.execute(queries.wait_for_launches)
        given = target._asdict() | {"who": who, "why": why}
        return connection.execute(queries.pause, given).rowcount == 1


def resume(connection: Connection, target: Target) -> bool:
    """Let the target go on; False: it was not paused. The dispatchers find the jobs that were held for it."""
    return connection.execute(queries.resume, target._asdict()).rowcount == 1


def pauses(connection: Connection) -> list[Pause]:
    """The oldest first."""
    return [Pause(*row) for row in connection.execute(queries.pauses)]


def is_known(connection: Connection, target: Target) -> bool:
    """Whether the host was asked before, or one of the `NEWEST` jobs is of the source; anything else is known."""
    if target.what == "source":
        row = connection.execute(queries.knows_source, {"name": target.name, "newest": NEWEST}).fetchone()
    elif target.what == "host":
        row = connection.execute(queries.knows_host, {"name": target.name}).fetchone()
    else:
        return True
    return row == (True,)


class Holds:
    """What is held of one leg; its launcher has one, and uses it under the launch lock only.

    A paused line, leg or lane is not claimed from, and all stays as it is. A paused host is a busy one. A job of a
    paused source is parked when a claim meets it, so that none is looked at twice, and called when the pause is gone.
    """

    def __init__(self, leg: str) -> None:
        self._leg = leg
        self._tickets = Tickets()
        self._more = False
        self.lanes = list(LANES)
        self.sources = 0
        """How many sources are paused."""

    def look(self, connection: Connection, *, sweep: bool) -> bool:
        """See what is paused now, and call jobs whose source was resumed; whether there may be more of them.

        `sweep` finds also what another launcher parked while the source was being resumed.
        """
        row = connection.execute(queries.held, {"leg": self._leg, "lanes": list(LANES)}).fetchone()
        assert row is not None
        resumed = row[1] < self.sources
        self.lanes, self.sources = row
        if resumed or sweep or self._more:
            self._more = self._call(connection)
        return self._more

    def hold(self, connection: Connection, jobs: Sequence[int]) -> dict[int, str | None]:
        """Park those of these jobs, locked by this transaction, whose source is paused; each with its host."""
        if not self.sources or not jobs:
            return {}
        held: dict[int, str | None] = dict(connection.execute(queries.hold, {"jobs": list(jobs)}).fetchall())
        if hosts := sorted({host for host in held.values() if host}):
            connection.execute(queries.hold_behind, {"hosts": hosts, "most": HELD_AT_ONCE})
        return held

    def _call(self, connection: Connection) -> bool:
        """Give tickets by turns, as to new jobs: a crowd that was held must not crowd out the others."""
        rows = connection.execute(queries.released, {"leg": self._leg, "most": CALLED_AT_ONCE}).fetchall()
        if rows:
            tickets = [self._tickets.next(self._leg, lane, source, current) for _, lane, source, current in rows]
            connection.execute(queries.call, {"jobs": [row[0] for row in rows], "tickets": tickets})
        return len(rows) == CALLED_AT_ONCE


def _either(names: Sequence[str]) -> str:
    return " or ".join(names)


def _host(name: str) -> str:
    try:
        normal = urls.host(name if "://" in name else f"http://{name}/")
    except urls.InvalidUrl as error:
        raise WireroomError(f"{name!r} is not the name of a host, as news.example: {error}") from error
    if name.lower() != normal and any(sign in name for sign in "/?#@:"):
        raise WireroomError(f"{name!r} is not the name of a host alone: did you mean {normal!r}?")
    return normal
