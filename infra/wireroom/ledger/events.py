"""Sequencing: ends get their positions among the events one after the other, without gaps.

Whoever pages over a plain sequence misses transactions that took their number early and committed late.
"""

from __future__ import annotations

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "events.sql")

ROUND = 1000
"""Most endings numbered in one transaction."""


class Sequencer:
    """Numbers endings; each dispatcher has one. It remembers only what spares walking over dead rows."""

    def __init__(self) -> None:
        self._floor = 0

    def sequence(self, connection: Connection, *, sweep: bool = False) -> int:
        """Number up to `ROUND` endings, and return how many; none while another sequencer is at it.

        `sweep` also finds those that were committed after later ones had been numbered.
        """
        with connection.transaction():
            if connection.execute(queries.try_sequence).fetchone() != (True,):
                return 0
            given = {"floor": 0 if sweep else self._floor, "most": ROUND}
            row = connection.execute(queries.sequence, given).fetchone()
            assert row is not None
            self._floor = max(self._floor, row[1])
            return int(row[0])


def sequence(connection: Connection) -> int:
    """Number every ending there is, and return how many."""
    sequencer, numbered = Sequencer(), 0
    while some := sequencer.sequence(connection, sweep=True):
        numbered += some
    return numbered
