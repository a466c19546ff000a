"""Hosts: when each may be asked again, and who may ask it. All of it is in the ledger, so that no restart is impolite.

A host is asked by one at a time: by a live flight, of pages or of a poll, or by who borrowed it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import Busy
from wireroom.ledger.life import cool_down

queries = Queries("wireroom.ledger", "hosts.sql")


class Admission(NamedTuple):
    """Whether a flight of pages has still some of a host, and whether the host may be asked: it is not paused."""

    mine: bool
    open: bool


def asked(connection: Connection, hosts: Iterable[str], delay: float, *, answered: bool = False) -> None:
    """Leave hosts that were asked just now in peace: for `delay` seconds, or for their own delay if it is longer.

    One that `answered` well has no failures any more.
    """
    if given := sorted(hosts):
        connection.execute(queries.asked, {"hosts": given, "delay": delay, "answered": answered})


def cool(connection: Connection, busy: Mapping[str, Busy], seconds: float) -> None:
    """Leave busy hosts in peace for as long as they ask, or for `seconds` doubled with each time in a row."""
    if not busy:
        return
    names = sorted(busy)
    found: dict[str, int] = dict(connection.execute(queries.lock_hosts, {"hosts": names}).fetchall())
    failures = [found.get(name, 0) for name in names]
    waits = [
        cool_down(before, busy[name].retry_after, seconds, random.random())  # noqa: S311 - it only spreads load
        for name, before in zip(names, failures, strict=True)
    ]
    given = {"hosts": names, "waits": waits, "causes": [str(busy[name])[:1000] for name in names]}
    connection.execute(queries.cool, given)


def slow_down(connection: Connection, host: str, delay: float | None) -> None:
    """From now on the host is asked at most every `delay` seconds, as it wishes; None: it has no wish."""
    connection.execute(queries.slow_down, {"host": host, "delay": delay})


def admit(connection: Connection, flight: int, host: str) -> Admission:
    """Whether a flight of pages may ask the host now."""
    row = connection.execute(queries.admit, {"flight": flight, "host": host}).fetchone()
    assert row is not None
    return Admission(*row)


def is_open(connection: Connection, host: str) -> bool:
    """Whether nobody has paused the host."""
    return connection.execute(queries.is_open, {"host": host}).fetchone() == (True,)


def borrow(connection: Connection, host: str, seconds: float) -> bool:
    """Ask the host oneself, for `seconds` at most; False: it is not to be asked now. To be followed by `give_back`."""
    with connection.transaction():
        connection.execute(queries.wait_for_launch)
        return connection.execute(queries.borrow, {"host": host, "seconds": seconds}).rowcount == 1


def give_back(connection: Connection, host: str, delay: float) -> None:
    """A borrowed host was asked for the last time; it may be asked again after its delay."""
    connection.execute(queries.give_back, {"host": host, "delay": delay})
