"""Connections to checked addresses: a name is resolved once, every address is checked, and one of them is used."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable

import httpcore

from wireroom.errors import Transient, Unusable
from wireroom.ingest.addresses import Address, Networks, parse, permitted

Resolve = Callable[[str, int], Awaitable[list[Address]]]

CONNECT_SECONDS = 10.0
"""How long one address of a name is tried before the next one is."""


async def resolve(host: str, port: int) -> list[Address]:
    """The addresses of `host` in the order to try them; raises `Transient` where the name is not known."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Transient(f"the name {host} could not be resolved: {error}") from error
    return list(dict.fromkeys(parse(str(entry[4][0])) for entry in found))


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
        failure: Exception | None = None
        for address in await self._checked(host, port):
            try:
                return await self._network.connect_tcp(
                    str(address), port, timeout or CONNECT_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise Transient(f"could not connect to {host}, port {port}: {_why(failure)}") from failure

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
                raise Unusable("private_address", f"{host} is at {address}, which is not an address of the public net")
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
