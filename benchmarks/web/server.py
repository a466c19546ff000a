"""The server of all the hosts: one event loop, one port, a line in the log for each request."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from benchmarks.web.answers import Answer, Request, plainly, refusal
from benchmarks.web.log import KEPT, Asked, Book
from benchmarks.web.site import Site, inside

MAX_HEAD = 64 * 1024
DESK = "/edition/"
"""`POST /edition/2` to any host moves the web on to its second edition."""
_RESET = struct.pack("ii", 1, 0)


@dataclass
class House:
    """What all connections share."""

    sites: Mapping[str, Site]
    book: Book
    edition: int = 1
    connections: count[int] = field(default_factory=lambda: count(1))

    def answer(self, request: Request) -> Answer:
        """What the host answers; a name that no host has is not found, and so is a path."""
        site = self.sites.get(request.host)
        place = site and site.places.get(request.path.partition("?")[0].partition("#")[0])
        return place(request) if place else refusal(404)


class Caller(asyncio.Protocol):
    """One connection; it is the `Wire` of its answers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._number = next(house.connections)
        self._read = bytearray()
        self._task: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()
        self._sent, self._last = 0, 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._address: str = transport.get_extra_info("sockname")[0]
        if not inside(self._address):
            now = time.monotonic()
            self._house.book.write(Asked("", self._address, "", now, now, connection=self._number))

    def data_received(self, data: bytes) -> None:
        self._read += data
        self._next()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def connection_lost(self, _: Exception | None) -> None:
        self._room.set()
        if self._task is not None:
            self._task.cancel()

    async def send(self, data: bytes) -> None:
        """As `Wire.send`."""
        await self._room.wait()
        if self._transport.is_closing():
            raise ConnectionResetError
        self._last = time.monotonic()
        self._sent += len(data)
        self._transport.write(data)

    def close(self) -> None:
        """As `Wire.close`."""
        self._transport.close()

    def reset(self) -> None:
        """As `Wire.reset`."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def _next(self) -> None:
        end = self._read.find(b"\r\n\r\n")
        if self._task is not None or end < 0:
            if len(self._read) > MAX_HEAD:
                self._transport.close()
            return
        text = self._read[:end].decode("latin-1")
        del self._read[: end + 4]
        self._task = asyncio.get_running_loop().create_task(self._serve(text, time.monotonic()))

    async def _serve(self, text: str, begin: float) -> None:
        method, request = read_request(text, begin, self._house.edition)
        if method == "POST" and request.path.startswith(DESK):
            self._house.edition = int(request.path.removeprefix(DESK))
            await plainly(self, Answer(b"The web has moved on.\n"))
        else:
            await self._answer(request)
        self._task = None
        self._next()

    async def _answer(self, request: Request) -> None:
        answer, whole = self._house.answer(request), False
        self._sent, self._last = 0, 0.0
        try:
            await (answer.manner or plainly)(self, answer)
            whole = True
        except ConnectionError:
            pass
        finally:
            # Where nothing was sent for a while, the reader has broken off just now.
            self._note(request, answer, self._last if whole or self._last else time.monotonic(), whole)

    def _note(self, request: Request, answer: Answer, end: float, whole: bool) -> None:
        kept = {name: request.headers[name] for name in KEPT if name in request.headers}
        self._house.book.write(
            Asked(request.host, self._address, request.path, request.at, end, answer.status if self._sent else 0, whole,
                  self._number, self._sent, kept, answer.rest, answer.early)
        )  # fmt: skip


def read_request(text: str, at: float, edition: int) -> tuple[str, Request]:
    """Method and request of a head; a line that is none asks for nothing."""
    first, *lines = text.split("\r\n")
    method, _, rest = first.partition(" ")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    host = headers.get("host", "").rsplit(":", 1)[0].lower()
    return method, Request(host, rest.rpartition(" ")[0], headers, at, edition)


async def serve(house: House, sockets: list[socket.socket]) -> None:
    """Until it is cancelled."""
    loop = asyncio.get_running_loop()
    servers = [await loop.create_server(lambda: Caller(house), sock=one, backlog=1024) for one in sockets]
    try:
        await asyncio.Event().wait()
    finally:
        for server in servers:
            server.close()


def open_sockets(port: int) -> list[socket.socket]:
    """One for all addresses of IPv4, and one for the loopback address of IPv6 where there is one; 0 is any port."""
    first = socket.create_server(("", port), backlog=1024)
    opened = [first]
    with suppress(OSError):
        opened.append(socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6, backlog=1024))
    return opened
