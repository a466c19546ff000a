"""A way to a server that misbehaves as a test tells it while connections pass over it."""

from __future__ import annotations

import ctypes
import random
import socket
import struct
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread, Timer
from types import TracebackType
from typing import Literal, NamedTuple, Self

from wireroom.embedded import free_port

_RESET = struct.pack("ii", 1, 0)
_ATTACH_FILTER, _DETACH_FILTER = 26, 27
_REJECT_ALL = ctypes.create_string_buffer(struct.pack("HBBI", 6, 0, 0, 0))
# A filter of one instruction, "return 0": the kernel drops what comes in before TCP sees it, so nobody acknowledges it.
_FILTER = struct.pack("HL", 1, ctypes.addressof(_REJECT_ALL))
_CHUNK = 65_536
_MOST_BEFORE_RESET = 20_000
FOUND_OUT_SECONDS = 20.0
"""After this time a server sees that a client is gone without a word: Postgres as it is told, others sooner."""
Way = Literal["request", "answer"]
_WAYS: tuple[Way, ...] = ("request", "answer")


class Cut(NamedTuple):
    """Reset a connection as soon as so many bytes of the request or of the answer have passed."""

    of: Way
    after: int


class Proxy:
    """Passes connections on to `target`, a port of loopback or a Unix socket, from `with` to its end.

    Each method that ends in -ing misbehaves while its block lasts, on new connections and on those there are.
    """

    def __init__(self, target: int | Path) -> None:
        self._target = target
        self.port = free_port()
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.connections = 0
        """How many there have been."""
        self._live: set[_Connection] = set()
        self._forgotten: list[_Connection] = []
        self._door = Lock()
        self._cuts: Iterator[Cut] = iter(())
        self._delay = (0.0, 0.0)
        self._passes, self._listens = Event(), Event()
        self._closing = False

    def __enter__(self) -> Self:
        self._passes.set()
        self._listens.set()
        self._thread = Thread(target=self._accept, name="proxy")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._closing = True
        self._stop_listening()
        self._listens.set()
        self._thread.join()
        self._listener.close()
        for connection in [*self._connections(), *self._forgotten]:
            connection.reset()

    def cut(self) -> None:
        """Reset every connection, now."""
        for connection in self._connections():
            connection.reset()

    def forget(self) -> None:
        """As a firewall that is restarted: over the connections there are nothing passes any more, nobody is told."""
        for connection in self._connections():
            self._forgotten.append(connection)
            connection.forget()
            timer = Timer(FOUND_OUT_SECONDS, connection.end)
            timer.daemon = True
            timer.start()

    @contextmanager
    def cutting(self, cuts: Iterable[Cut]) -> Iterator[None]:
        """Each connection gets one of the cuts, in their order; those for whom none is left pass whole."""
        with self._door:
            self._cuts = iter(cuts)
            for connection in self._live:
                connection.limit(next(self._cuts, None))
        try:
            yield
        finally:
            with self._door:
                self._cuts = iter(())
                for connection in self._live:
                    connection.limit(None)

    @contextmanager
    def resetting(self, chance: random.Random) -> Iterator[None]:
        """Every connection is reset in mid-message, sooner or later."""
        with self.cutting(Cut(chance.choice(_WAYS), chance.randrange(_MOST_BEFORE_RESET)) for _ in count()):
            yield

    @contextmanager
    def delaying(self, least: float, most: float) -> Iterator[None]:
        """Every piece comes so many seconds later, each another number of them."""
        self._delay = least, most
        try:
            yield
        finally:
            self._delay = 0.0, 0.0

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Nobody listens, and the connections there were are gone."""
        self._stop_listening()
        self.cut()
        try:
            yield
        finally:
            self._listener.listen()
            self._listens.set()

    @contextmanager
    def swallowing(self) -> Iterator[None]:
        """A black hole, as a cable that is pulled: nothing passes, and nobody is told, not even by an acknowledgement.

        Afterwards goes on what both ends still hold.
        """
        self._passes.clear()
        sockets = [self._listener, *(connection.client for connection in self._connections())]
        for one in sockets:
            _deafen(one)
        try:
            yield
        finally:
            for one in sockets:
                with suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, _DETACH_FILTER, 0)
            self._passes.set()

    def _stop_listening(self) -> None:
        self._listens.clear()
        with suppress(OSError):
            # It stays bound to the port, as that was asked for by its number.
            self._listener.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                self._listens.wait()
            else:
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = self._reach()
        except OSError:
            _reset(client)
            return
        connection = _Connection(client, server)
        with self._door:
            self.connections += 1
            self._live.add(connection)
            connection.limit(next(self._cuts, None))
        for of, start, end in (("request", client, server), ("answer", server, client)):
            Thread(target=self._pass_on, args=(connection, of, start, end), daemon=True).start()

    def _reach(self) -> socket.socket:
        if isinstance(self._target, int):
            return socket.create_connection(("127.0.0.1", self._target))
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._target))
        return server

    def _pass_on(self, connection: _Connection, of: Way, start: socket.socket, end: socket.socket) -> None:
        with suppress(OSError):
            while data := start.recv(_CHUNK):
                time.sleep(random.uniform(*self._delay))
                self._passes.wait()
                if connection.is_forgotten:
                    continue
                piece = connection.let_through(of, data)
                end.sendall(piece)
                if len(piece) < len(data):
                    connection.reset()
        with self._door:
            self._live.discard(connection)
        connection.end()

    def _connections(self) -> list[_Connection]:
        with self._door:
            return list(self._live)


class _Connection:
    """Both ends of one connection, and where it is to be cut."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self._cut: Cut | None = None
        self._is_reset = False
        self.is_forgotten = False

    def limit(self, cut: Cut | None) -> None:
        """It passes no more than this from now on; None: it passes whole."""
        self._cut = cut

    def let_through(self, of: Way, data: bytes) -> bytes:
        """As much of it as passes before the cut."""
        if self._cut is None or self._cut.of != of:
            return data
        piece = data[: self._cut.after]
        self._cut = Cut(self._cut.of, self._cut.after - len(piece))
        return piece

    def forget(self) -> None:
        """Nothing passes any more, and neither end is told."""
        self.is_forgotten = True
        _deafen(self.client)

    def reset(self) -> None:
        """Both ends are told that the connection is broken, and what was on its way is lost."""
        self._is_reset = True
        for one in (self.client, self.server):
            _reset(one)

    def end(self) -> None:
        """Those ends that can be told are told that nothing more comes, unless they are told of a reset."""
        if self._is_reset:
            return
        for one in (self.server,) if self.is_forgotten else (self.client, self.server):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _deafen(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, _ATTACH_FILTER, _FILTER)


def _reset(one: socket.socket) -> None:
    with suppress(OSError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        # It wakes whoever reads, and says nothing to the other end.
        one.shutdown(socket.SHUT_RD)
    one.close()
