"""Reading the body of an answer: decoded, and never more of it than the limit."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Callable
from typing import Protocol

import brotli
import zstandard

from wireroom.errors import Transient, Unusable

_UNKNOWN = frozenset({"compress", "x-compress", "dcb", "dcz"})


class Decoder(Protocol):
    """Undoes a content encoding, never making much more than it is asked for."""

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode more of the body; at most `room` + 1 bytes, of which the last says that there is too much."""

    def check_end(self) -> None:
        """Raise `Transient` if the body cannot end here."""


async def read(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The body decoded. Stops reading and raises `Unusable` past `limit` bytes, sent or decoded."""
    decoder = _decoder(encoding)
    body, sent = bytearray(), 0
    async for chunk in chunks:
        sent += len(chunk)
        body += decoder.feed(chunk, limit - len(body))
        if max(sent, len(body)) > limit:
            raise too_large(limit)
    decoder.check_end()
    return bytes(body)


async def read_head(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The first `limit` bytes of the body decoded, or all of it; of what is sent, no more than that is read."""
    decoder = _decoder(encoding)
    body, sent = bytearray(), 0
    async for chunk in chunks:
        sent += len(chunk)
        body += decoder.feed(chunk, limit - len(body))
        if max(sent, len(body)) > limit:
            break
    return bytes(body[:limit])


def too_large(limit: int) -> Unusable:
    """What is raised for a body over the limit."""
    return Unusable("too_large", f"the page has more than {limit:,} bytes")


def _decoder(encoding: str) -> Decoder:
    """The decoder for a Content-Encoding header. Words that name no encoding are ignored, as browsers do."""
    names = [
        name for name in (part.strip().lower() for part in encoding.split(",")) if name in _UNKNOWN | _DECODERS.keys()
    ]
    if not names:
        return Plain()
    if len(names) > 1 or names[0] in _UNKNOWN:
        raise Unusable("encoding", f"the page came encoded as {encoding[:64]!r}, which was not asked for")
    return _DECODERS[names[0]]()


class Plain:
    """No encoding at all."""

    def feed(self, data: bytes, room: int) -> bytes:
        return data[: room + 1]

    def check_end(self) -> None:
        """Any end is a good one."""


_GZIP, _ZLIB, _RAW = 31, 15, -15


class Inflater:
    """gzip, of one member or several, and deflate, with its zlib header or (as some servers send it) without."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._stream = zlib.decompressobj(wbits)
        self._head = b""
        self._begun = False

    def feed(self, data: bytes, room: int) -> bytes:
        if not self._begun:
            data = self._head = self._head + data
            if len(data) < 2:
                return b""
            self._begin(data)
        try:
            return self._inflate(data, room)
        except zlib.error as error:
            raise Transient(f"the page's compression is broken: {error}") from error

    def check_end(self) -> None:
        if self._head and not self._stream.eof:
            raise Transient("the page's compressed data ended early")

    def _begin(self, head: bytes) -> None:
        self._begun = True
        if self._wbits == _ZLIB and (head[0] & 0x0F != 8 or int.from_bytes(head[:2], "big") % 31):
            self._stream = zlib.decompressobj(_RAW)

    def _inflate(self, data: bytes, room: int) -> bytes:
        made = b""
        while data and len(made) <= room:
            if self._stream.eof:
                if self._wbits != _GZIP or not data.startswith(b"\x1f"):
                    break
                self._stream = zlib.decompressobj(_GZIP)
            made += self._stream.decompress(data, room + 1 - len(made))
            data = self._stream.unused_data
        return made


class Brotli:
    """br."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._begun = False

    def feed(self, data: bytes, room: int) -> bytes:
        self._begun = self._begun or bool(data)
        made = b""
        try:
            while len(made) <= room and not self._stream.is_finished():
                made += self._stream.process(data, output_buffer_limit=room + 1 - len(made))
                data = b""
                if self._stream.can_accept_more_data():
                    break
        except brotli.error as error:
            raise Transient(f"the page's compression is broken: {error}") from error
        return made[: room + 1]

    def check_end(self) -> None:
        if self._begun and not self._stream.is_finished():
            raise Transient("the page's compressed data ended early")


class Zstandard:
    """zstd, of one frame or several, with a window as large as RFC 9659 lets it be."""

    def __init__(self) -> None:
        self._reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._stream = self._reader.decompressobj()
        self._open = False

    def feed(self, data: bytes, room: int) -> bytes:
        made = bytearray()
        try:
            # A few bytes can become 128 KB, and the library would make all of them at once.
            for start in range(0, len(data), _SLICE):
                self._read(data[start : start + _SLICE], made)
                if len(made) > room:
                    break
        except zstandard.ZstdError as error:
            raise Transient(f"the page's compression is broken: {error}") from error
        return bytes(made[: room + 1])

    def _read(self, data: bytes, made: bytearray) -> None:
        while data:
            if self._stream.eof:
                self._stream = self._reader.decompressobj()
            made += self._stream.decompress(data)
            data, self._open = self._stream.unused_data, not self._stream.eof

    def check_end(self) -> None:
        if self._open:
            raise Transient("the page's compressed data ended early")


_WINDOW = 8 * 1024 * 1024
_SLICE = 64
_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: Inflater(_GZIP),
    "x-gzip": lambda: Inflater(_GZIP),
    "deflate": lambda: Inflater(_ZLIB),
    "br": Brotli,
    "zstd": Zstandard,
}
