"""A visit to one host: one request after the other, as its robots.txt allows, with its delay between them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from types import TracebackType
from typing import NamedTuple, Protocol, Self
from urllib.parse import urljoin, urlsplit

from wireroom import urls
from wireroom.errors import Busy, Unusable
from wireroom.ingest import answers, robots
from wireroom.ingest.client import Answer, Client, Kept
from wireroom.ingest.robots import FRESH, MOST_DELAY, MOST_REDIRECTS, Rules, Told

_ACCEPT = {"Accept": "text/plain,*/*;q=0.8"}
_NAP = 20.0
"""Longest sleep, in seconds, after which one looks whether the host may still be asked."""


class Left(Exception):  # noqa: N818 - it is what happened
    """The host is to be left now, before anything more is asked of it: somebody has paused it."""


class House(Protocol):
    """What the ledger knows of a host, for one visit to it."""

    async def admit(self) -> bool:
        """Whether it may be asked now: nobody has paused it. Raises what says that the visit is not ours any more."""

    async def rules(self, origin: str) -> str | None:
        """The robots.txt of an origin, where it is known and good; empty: all is allowed."""

    async def keep(self, origin: str, told: Told, delay: float | None) -> None:
        """Keep what an origin's robots.txt said, and the seconds between two requests that it wishes for."""

    async def borrow(self, host: str) -> bool:
        """Whether another host may be asked, once; if so, `give_back` follows."""

    async def give_back(self, host: str) -> None:
        """That one was asked."""


class Manners(NamedTuple):
    """How a host is visited."""

    delay: float = 0.0
    """Seconds between the end of a request and the next one."""
    agent: str = "Wireroom"
    """How its robots.txt calls us."""


_NONE = Manners()


class Budget:
    """Seconds for the requests of one fetch, all together; the time between them does not count."""

    def __init__(self, seconds: float, what: str = "page") -> None:
        self._seconds = self._left = seconds
        self._what = what

    @asynccontextmanager
    async def spent(self) -> AsyncIterator[None]:
        """The block is a request; raises `Busy` when the seconds are over."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(self._left):
                yield
        except TimeoutError as error:
            raise Busy(f"the whole {self._what} did not come within {self._seconds:g} seconds") from error
        finally:
            self._left = max(0.0, self._left - (time.monotonic() - began))


class Visit:
    """Asks one host, in its own time. Without a `house` any host is asked at once, and no robots.txt is.

    Used as an asynchronous context manager, which hangs up at the end; by one task at a time.
    """

    def __init__(
        self, client: Client, seconds: float, host: str | None = None, house: House | None = None,
        manners: Manners = _NONE, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        """`seconds` are those of one request for a robots.txt."""
        self._client = client
        self._seconds = seconds
        self._host = host
        self._house = house
        self._manners = manners
        self._sleep = sleep
        self._clock = clock
        self._kept = Kept(self._pause)
        self._rules: dict[str, Rules] = {}
        self._began = clock()
        self._ended: float | None = None
        self.delay = manners.delay
        """Seconds between two requests: those of the settings, or more if the host wishes for more."""
        self.asked = 0
        """How often the host was."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._kept.close()

    def stays(self, url: str) -> bool:
        """Whether the address is on the host that is visited."""
        return self._host is None or urls.host(url) == self._host

    @property
    def lasted(self) -> float:
        """Seconds since it began."""
        return self._clock() - self._began

    @asynccontextmanager
    async def ask(
        self, url: str, headers: Mapping[str, str], budget: Budget, *, obeys: bool = True
    ) -> AsyncIterator[Answer]:
        """Ask for `url` (in normal form), once, as soon as one may.

        Raises `Unusable("robots")` where its robots.txt does not allow it (unless nobody `obeys` that), `Left` where
        the host is to be left, and `Busy` for everything that goes wrong on the way.
        """
        if self._house is not None and obeys and not (await self.rules(url)).allow(url):
            raise Unusable("robots", f"the robots.txt of {_origin(url)} does not allow to fetch it")
        async with self._exchange(url, headers, budget) as answer:
            yield answer

    async def rules(self, url: str) -> Rules:
        """The rules of the origin of `url`: as the ledger knows them, or as the origin tells them now."""
        origin = _origin(url)
        if origin not in self._rules:
            known = await self._known(origin)
            if known is not None:
                await self._learn(origin, known)
            else:
                await self._ask_for_rules(origin)
        return self._rules[origin]

    async def _known(self, origin: str) -> str | None:
        return await self._house.rules(origin) if self._house is not None else None

    async def _learn(self, origin: str, text: str) -> Rules:
        # Half a megabyte of rules is read in a thread: the loop has others to serve.
        self._rules[origin] = rules = await asyncio.to_thread(Rules, text, self._manners.agent)
        if self.stays(origin):
            self.delay = max(self.delay, min(rules.delay or 0.0, MOST_DELAY))
        return rules

    async def _ask_for_rules(self, origin: str) -> None:
        try:
            address, told = await self._told(_robots_of(origin))
        except Busy as error:
            raise Busy(f"its robots.txt cannot be read now: {error}", retry_after=error.retry_after) from error
        origins = [origin] if address != _robots_of(_origin(address)) else dict.fromkeys((origin, _origin(address)))
        for one in origins:
            rules = await self._learn(one, told.text)
            if self._house is not None:
                await self._house.keep(one, told, rules.delay)

    async def _told(self, address: str) -> tuple[str, Told]:
        """What a robots.txt says, and where it was found. One that leads from place to place allows everything."""
        for _ in range(1 + MOST_REDIRECTS):
            async with self._reach(address) as answer:
                location = answers.redirect(answer.status, answer.headers)
                if location is None:
                    return address, await robots.told(answer)
                told = Told(answer.status, "", FRESH)
            try:
                address = urls.normal(urljoin(address, location))
            except (urls.InvalidUrl, ValueError):
                break
            if address == _robots_of(_origin(address)) and (text := await self._known(_origin(address))) is not None:
                return address, Told(told.status, text, FRESH)
        return address, told

    @asynccontextmanager
    async def _reach(self, address: str) -> AsyncIterator[Answer]:
        """Ask for a robots.txt, which may be on another host: only if that one may be asked at this moment."""
        budget = Budget(self._seconds, "robots.txt")
        if self.stays(address):
            async with self._exchange(address, _ACCEPT, budget) as answer:
                yield answer
            return
        host = urls.host(address)
        if self._house is None or not await self._house.borrow(host):
            raise Busy(f"it is at {host}, which must not be asked now")
        try:
            async with budget.spent(), self._client.once(address, _ACCEPT) as answer:
                yield answer
        finally:
            await self._house.give_back(host)

    @asynccontextmanager
    async def _exchange(self, url: str, headers: Mapping[str, str], budget: Budget) -> AsyncIterator[Answer]:
        await self._wait()
        self.asked += 1
        try:
            async with budget.spent(), self._client.exchange(url, headers, self._kept) as answer:
                yield answer
        finally:
            self._ended = self._clock()

    async def _pause(self) -> None:
        self._ended = self._clock()
        await self._wait()

    async def _wait(self) -> None:
        """Until the host may be asked, and whoever may forbid it has not."""
        while self._ended is not None and (seconds := self._ended + self.delay - self._clock()) > 0:
            await self._sleep(min(seconds, _NAP))
            if seconds > _NAP:
                await self._admit()
        await self._admit()

    async def _admit(self) -> None:
        if self._house is not None and not await self._house.admit():
            raise Left


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _robots_of(origin: str) -> str:
    return f"{origin}/robots.txt"
