"""Reading many offers: a request with one JSON object a line, in chunks that one transaction can take."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import NamedTuple

import msgspec
import zstandard
from starlette.requests import Request

from wireroom.crash import Point, crash_at
from wireroom.gateway.intake import pieces
from wireroom.gateway.problems import Problem, facts
from wireroom.ledger.accept import CHUNK, Accepted

CHUNK_BYTES = 8_000_000
"""Most bytes of lines in one transaction, unless one line has more."""
MOST_LINES = 50_000
"""Most lines of a request that are answered: the answers are kept until it ends."""


class Line(NamedTuple):
    """One line that is not blank, by its number; or why it could not be read."""

    number: int
    data: bytes | Problem


class Lines:
    """The lines of a request, at most `MOST_LINES`; one is at most `longest` bytes, all together `most`."""

    def __init__(self, request: Request, longest: int, most: int) -> None:
        self._pieces = pieces(request)
        self._splitter = _Splitter(longest)
        self._most = most
        self.cut = False
        """Whether the request has more than is read; then the last line says so."""

    async def chunks(self) -> AsyncIterator[list[Line]]:
        """What one transaction can take, as it comes in."""
        chunk: list[Line] = []
        size = 0
        async for line in self._bounded():
            length = len(line.data) if isinstance(line.data, bytes) else 0
            if chunk and (len(chunk) == CHUNK or size + length > CHUNK_BYTES):
                yield chunk
                crash_at(Point.ACCEPT_BETWEEN_CHUNKS)
                chunk, size = [], 0
            chunk.append(line)
            size += length
        if chunk:
            yield chunk

    async def _bounded(self) -> AsyncIterator[Line]:
        number = 0
        try:
            async for line in self._lines():
                number += 1
                if number > MOST_LINES:
                    why = f"more than {MOST_LINES:,} lines: send the rest in another request"
                    yield self._cut(_too_large(why), line.number)
                    return
                yield line
        except Problem as problem:
            if not number:
                raise
            yield self._cut(problem, self._splitter.number)

    async def _lines(self) -> AsyncIterator[Line]:
        room = self._most
        async for piece in self._pieces:
            for line in self._splitter.feed(piece[:room]):
                yield line
            room -= len(piece)
            if room < 0:
                why = f"the request is too large: of {self._most:,} bytes on, send it in another"
                yield self._cut(_too_large(why), self._splitter.number)
                return
        for line in self._splitter.end():
            yield line

    def _cut(self, why: Problem, number: int) -> Line:
        """The line that will not be read to its end."""
        self.cut = True
        return Line(number, why)


class _Splitter:
    """Cuts a stream into lines; of a line that is too long only its length is kept."""

    def __init__(self, longest: int) -> None:
        self.number = 1
        self._longest = longest
        self._rest = bytearray()
        self._dropped = 0

    def feed(self, piece: bytes) -> Iterator[Line]:
        """The lines that `piece` completes."""
        *whole, rest = piece.split(b"\n")
        for part in whole:
            self._keep(part)
            yield from self.end()
        self._keep(rest)

    def end(self) -> Iterator[Line]:
        """The line that ends here, unless it is blank."""
        line = bytes(self._rest).strip()
        if self._dropped:
            size = len(self._rest) + self._dropped
            yield Line(self.number, _too_large(f"the line has {size:,} bytes; at most {self._longest:,} are read"))
        elif line:
            yield Line(self.number, line)
        self.number += 1
        self._rest.clear()
        self._dropped = 0

    def _keep(self, part: bytes) -> None:
        room = self._longest - len(self._rest)
        self._rest += part[:room]
        self._dropped += max(0, len(part) - room)


def _too_large(detail: str) -> Problem:
    return Problem(413, detail, reason="too_large")


class Answers:
    """The answers to the lines so far: kept small, for they repeat each other, until they can be sent."""

    def __init__(self) -> None:
        self._kept = io.BytesIO()
        self._packer = zstandard.ZstdCompressor(level=1).compressobj()
        self.bytes = 0
        """How many they are when they are sent."""

    def add(self, lines: Sequence[Line], given: Sequence[Accepted | Problem]) -> None:
        """A line of the response for each line of the request."""
        text = b"".join(_encode({"line": line.number} | view(one)) for line, one in zip(lines, given, strict=True))
        self.bytes += len(text)
        self._kept.write(self._packer.compress(text))

    def pieces(self) -> Iterator[bytes]:
        """All of them, once, in pieces; nothing can be added any more."""
        self._kept.write(self._packer.flush())
        self._kept.seek(0)
        return zstandard.ZstdDecompressor().read_to_iter(self._kept)


def view(given: Accepted | Problem) -> dict[str, object]:
    """What became of one offer."""
    if isinstance(given, Problem):
        return facts(given)
    return {"job_id": given.job_id, "duplicate": given.duplicate}


def _encode(answer: dict[str, object]) -> bytes:
    return msgspec.json.encode(answer) + b"\n"
