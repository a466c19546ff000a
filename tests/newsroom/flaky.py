"""A way to a server on which connections break where a test wants it."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Literal, NamedTuple

_RESET = struct.pack("ii", 1, 0)


class Cut(NamedTuple):
    """Break a connection as soon as so many bytes of the request or of the answer have passed."""

    of: Literal["request", "answer"]
    after: int


class Flaky:
    """Passes connections on to `port`, and breaks one for each cut, in their order; the ones after pass whole."""

    def __init__(self, port: int, cuts: Iterable[Cut]) -> None:
        self._target = port
        self._cuts = list(cuts)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0

    def run(self) -> None:
        """Until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                server = socket.create_connection(("127.0.0.1", self._target))
                cut = self._cuts.pop(0) if self._cuts else None
                for of, start, end in (("request", client, server), ("answer", server, client)):
                    most = cut.after if cut and cut.of == of else None
                    Thread(target=_pass_on, args=(start, end, most), daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def flaky(port: int, *cuts: Cut) -> Iterator[Flaky]:
    """A flaky way to `port`, until the block ends."""
    way = Flaky(port, cuts)
    thread = Thread(target=way.run)
    thread.start()
    try:
        yield way
    finally:
        way.close()
        thread.join()


def _pass_on(start: socket.socket, end: socket.socket, most: int | None) -> None:
    left = most if most is not None else float("inf")
    with suppress(OSError):
        while left > 0 and (data := start.recv(int(min(left, 65_536)))):
            end.sendall(data)
            left -= len(data)
    for one in (start, end):
        with suppress(OSError):
            if left <= 0:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            one.shutdown(socket.SHUT_RDWR)
            one.close()
