"""What a visit asks the ledger, where there is none: a `House` that says what the test wants, and remembers."""

from __future__ import annotations

import asyncio
from threading import Event

from wireroom.ingest.addresses import Address, networks, parse
from wireroom.ingest.client import Client
from wireroom.ingest.network import CheckedNetwork
from wireroom.ingest.robots import Told
from wireroom.ingest.visit import Manners, Visit

HOST = "news.example"


class House:
    """Of a host that is open until the test closes it."""

    def __init__(self, *, lends: bool = True) -> None:
        self.known: dict[str, str] = {}
        """Origin -> its robots.txt."""
        self.kept: dict[str, tuple[Told, float | None]] = {}
        self.lent: list[str] = []
        """Other hosts that were asked, with a minus as they were given back."""
        self.admissions = 0
        self.closed_after: int | None = None
        self._lends = lends

    async def admit(self) -> bool:
        self.admissions += 1
        return self.closed_after is None or self.admissions <= self.closed_after

    async def rules(self, origin: str) -> str | None:
        return self.known.get(origin)

    async def keep(self, origin: str, told: Told, delay: float | None) -> None:
        self.kept[origin] = (told, delay)

    async def borrow(self, host: str) -> bool:
        if self._lends:
            self.lent.append(host)
        return self._lends

    async def give_back(self, host: str) -> None:
        self.lent.append(f"-{host}")


class Clock:
    """Time goes by only while somebody sleeps; a request takes none."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []
        self.meanwhile: Event | None = None
        """What happens while somebody sleeps: it is set, and cleared by whoever it was meant for."""

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        if self.meanwhile is not None:
            self.meanwhile.set()
        while self.meanwhile is not None and self.meanwhile.is_set():
            await asyncio.sleep(0.001)


async def on_loopback(host: str, port: int) -> list[Address]:
    """Every name is one of this machine."""
    return [parse("127.0.0.1")]


def visit(house: House | None, clock: Clock, *, delay: float = 1.5, host: str = HOST) -> Visit:
    """A visit to a host of this machine by its name."""
    return Visit(_CLIENT, 20, host, house, Manners(delay, "Wireroom"), sleep=clock.sleep, clock=clock)


_CLIENT = Client("Wireroom/1", CheckedNetwork(networks("127.0.0.1/32"), on_loopback), bool)
