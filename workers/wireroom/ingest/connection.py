"""One connection to an origin: requests one after the other, while nothing comes over it that nobody asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple

import h11
import httpcore
import httpx

MOST_HEADERS = 200
HEAD_BYTES = 64 * 1024
"""Longest head of an answer."""
_PIECE = 64 * 1024
_MOST_HINTS = 10
_LEFT_OVER = 64 * 1024
"""Bytes of an unread answer that are read, so that the connection is of further use."""


class Head(NamedTuple):
    """What an answer begins with."""

    status: int
    headers: httpx.Headers

    @property
    def announced(self) -> int:
        """Length of the body, in bytes as sent; 0 if the head does not say."""
        length = self.headers.get("content-length", "")
        return int(length) if length.isascii() and length.isdecimal() and len(length) < 20 else 0


class Connection:
    """Speaks HTTP/1.1 over a stream. Raises `h11.ProtocolError`, and what httpcore's streams raise."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._announced = 0
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self.heard = False
        """Whether anything came since the last request."""

    async def ask(self, target: str, headers: list[tuple[bytes, bytes]]) -> Head:
        """Send a GET and read the answer's head."""
        self.heard = False
        asked = h11.Request(method=b"GET", target=target.encode("ascii"), headers=headers)
        await self._stream.write((self._talk.send(asked) or b"") + (self._talk.send(h11.EndOfMessage()) or b""))
        for _ in range(_MOST_HINTS):
            event = await self._next()
            if isinstance(event, h11.Response):
                head = _head(event)
                self._announced = head.announced
                return head
            if not isinstance(event, h11.InformationalResponse):
                break
        raise h11.RemoteProtocolError("no answer came")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The body, as it comes."""
        while isinstance(event := await self._next(), h11.Data):
            yield bytes(event.data)

    async def settle(self) -> bool:
        """Make ready for another request, reading what is left of the answer if it is little; False: it is of no more
        use. What came after an answer's end would be taken for the next one."""
        left = 0
        while self._talk.their_state is h11.SEND_BODY and max(left, self._announced) < _LEFT_OVER:
            event = await self._next()
            left += len(event.data) if isinstance(event, h11.Data) else 0
        if self._talk.their_state is not h11.DONE or self._talk.trailing_data != (b"", False):
            return False
        self._talk.start_next_cycle()
        return True

    def is_quiet(self) -> bool:
        """Whether nothing came since the answer: neither an end nor more than was asked for."""
        return not self._stream.get_extra_info("is_readable")

    async def close(self) -> None:
        """Hang up."""
        await self._stream.aclose()

    async def _next(self) -> h11.Event | type[h11.PAUSED]:
        while (event := self._talk.next_event()) is h11.NEED_DATA:
            data = await self._stream.read(_PIECE)
            self.heard = self.heard or bool(data)
            if not data and self._talk.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("the server hung up without an answer")
            self._talk.receive_data(data)
        assert event is not h11.NEED_DATA
        return event  # type: ignore[return-value]


def _head(event: h11.Response) -> Head:
    if len(event.headers) > MOST_HEADERS:
        raise h11.RemoteProtocolError(f"more than {MOST_HEADERS} headers")
    return Head(event.status_code, httpx.Headers(list(event.headers.raw_items())))
