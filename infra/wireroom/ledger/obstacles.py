"""What holds up jobs or polls that somebody waits for: pauses, and hosts that are left in peace."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger.pauses import Target

queries = Queries("wireroom.ledger", "obstacles.sql")

MOST = 1000
"""Jobs or sources that are looked at."""
SHOWN = 5


class Obstacle(NamedTuple):
    """A pause, by whom and why; or a host that may be asked again at `until`, and why not before, if it said so."""

    what: str
    name: str
    who: str | None
    why: str | None
    until: datetime | None
    number: int
    """How many it holds up, of the first `MOST`."""

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        if self.until is None:
            return f"{Target(self.what, self.name)} is paused by {self.who}{why}"
        until = self.until.isoformat(" ", timespec="seconds").replace("+00:00", "Z")
        return f"host {self.name} is left in peace until {until}{why}"


def obstacles(connection: Connection, *, submission: str | None = None, sources: Sequence[int] = ()) -> list[Obstacle]:
    """What holds up the jobs of a submission, and the polls of sources; the greatest obstacles first."""
    given = {"submission": submission, "sources": list(sources), "most": MOST, "shown": SHOWN}
    return [Obstacle(*row) for row in connection.execute(queries.obstacles, given)]
