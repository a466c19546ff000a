"""What each origin's robots.txt says, as it was read last."""

from __future__ import annotations

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.ledger import hosts

queries = Queries("wireroom.ledger", "robots.sql")


def known(connection: Connection, origin: str) -> str | None:
    """The rules of an origin (`https://news.example`, with a port where it is not the scheme's own), while they are
    good; None: they have to be read. All is allowed where they are empty."""
    row = connection.execute(queries.known, {"origin": origin}).fetchone()
    return str(row[0]) if row else None


def keep(
    connection: Connection, origin: str, host: str, status: int | None, rules: str, seconds: float,
    delay: float | None,
) -> None:  # fmt: skip
    """Keep what was read there, for so many seconds, and the delay that the rules wish for between two requests."""
    with connection.transaction():
        hosts.slow_down(connection, host, delay)
        given = {"origin": origin, "status": status, "rules": rules, "seconds": seconds}
        connection.execute(queries.keep, given)
