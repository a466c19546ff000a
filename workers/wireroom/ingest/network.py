"""Connections to checked addresses: a name is resolved once, every address is checked, and one of them is used."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpcore

from wireroom.errors import Busy, Unusable, WireroomError
from wireroom.ingest.addresses import Address, Networks, parse, permitted

Resolve = Callable[[str, int], Awaitable[list[Address]]]

CONNECT_SECONDS = 10.0
"""How long one address of a name is tried before the next one is."""
_RESOLVERS = 128
# fmt: off
_OF_OTHER_SERVICES = frozenset({
    # What browsers refuse: https://fetch.spec.whatwg.org/#port-blocking. Whoever answers there takes a request for
    # something else.
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
    110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531,
    532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060,
    5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
})
# fmt: on
# Not the loop's own threads: names that nobody answers for would hold up all that is done by these.
_threads = ThreadPoolExecutor(_RESOLVERS, "resolver")


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of `host` in the order to try them; raises `Busy` where the name is not known."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.run_in_executor(_threads, _look_up, host, port)
    except (OSError, UnicodeError) as error:
        raise Busy(f"the name {host} could not be resolved: {error}") from error
    return list(dict.fromkeys(parse(address) for address in found))


def _look_up(host: str, port: int) -> list[str]:
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def read_hosts(path: Path) -> dict[str, list[Address]]:
    """The names of a hosts file, as /etc/hosts is one; raises `WireroomError` that names the setting and the line."""
    known: dict[str, list[Address]] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeError) as error:
        raise WireroomError(f"WIREROOM_FETCH_HOSTS: {str(path)!r} cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        address, *names = line.partition("#")[0].split() or [""]
        if not address:
            continue
        try:
            found = parse(address)
        except ValueError as error:
            raise WireroomError(
                f"WIREROOM_FETCH_HOSTS: {path}, line {number}: {error}; write an address, then its names"
            ) from error
        for name in names:
            known.setdefault(name.lower(), []).append(found)
    return known


def looking_first(known: Mapping[str, list[Address]], resolve: Resolve) -> Resolve:
    """Finds names among those that are known, and only then as `resolve` does."""

    async def look(host: str, port: int) -> list[Address]:
        return known.get(host.lower()) or await resolve(host, port)

    return look


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """A network on which only permitted addresses exist. Nothing resolves the name again after the check."""

    def __init__(self, allow: Networks, resolve: Resolve = resolve) -> None:
        self._allow = allow
        self._resolve = resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of `host` that answers; `Unusable` if any of them is not permitted."""
        if port in _OF_OTHER_SERVICES:
            raise Unusable("port", f"port {port} of {host} is not one on which pages are served")
        failure: Exception | None = None
        for address in await self._checked(host, port):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout or CONNECT_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise Busy(f"could not connect to {host}, port {port}: {_why(failure)}") from failure

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Refused: there are no articles in sockets of this machine."""
        raise Unusable("private_address", "a socket of this machine is not fetched")

    async def sleep(self, seconds: float) -> None:
        """Sleep, as httpcore asks for it."""
        await self._network.sleep(seconds)

    async def _checked(self, host: str, port: int) -> list[Address]:
        found = await self._resolve(host, port)
        for address in found:
            # One bad address condemns the name: a mixed answer is how rebinding is done.
            if not permitted(address, self._allow):
                why = "is not an address of the public net, nor one that WIREROOM_FETCH_ALLOW names"
                raise Unusable("private_address", f"{host} is at {address}, which {why}")
        return found


def _why(failure: BaseException | None) -> str:
    if failure is None:
        return "the name has no address"
    if isinstance(failure, httpcore.ConnectTimeout):
        return "no answer in time"
    root = failure
    while root.__cause__ is not None:
        root = root.__cause__
    return getattr(root, "strerror", None) or str(root) or "refused"
