"""How answers go out where not all is well: slowly, broken, false, without end."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from functools import cache, partial
from itertools import count, repeat

import brotli

from benchmarks.web.answers import Answer, Wire, head, plainly

Manner = Callable[[Wire, Answer], Awaitable[None]]
EXCESS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 34\r\n\r\n<title>Nobody asked for this.</title>"
)
_PIECE = 64 * 1024


def after(seconds: float, then: Manner = plainly) -> Manner:
    """So long nothing comes."""

    async def manner(wire: Wire, answer: Answer) -> None:
        await asyncio.sleep(seconds)
        await then(wire, answer)

    return manner


def dripping(seconds: float, size: int = 1) -> Manner:
    """The body comes in pieces of so many bytes, each after so many seconds."""

    async def manner(wire: Wire, answer: Answer) -> None:
        await wire.send(head(answer, len(answer.body)))
        for start in range(0, len(answer.body), size):
            await asyncio.sleep(seconds)
            await wire.send(answer.body[start : start + size])

    return manner


async def in_chunks(wire: Wire, answer: Answer) -> None:
    """By chunked transfer, in many small ones, with an extension and a trailer: rare, and right."""
    await wire.send(_chunked_head(answer))
    for start in range(0, len(answer.body), 100):
        piece = answer.body[start : start + 100]
        await wire.send(b"%x;part=%d\r\n%b\r\n" % (len(piece), start, piece))
    await wire.send(b"0\r\nX-Checked: yes\r\n\r\n")


async def in_garbled_chunks(wire: Wire, answer: Answer) -> None:
    """By chunked transfer whose lengths are no numbers."""
    await wire.send(_chunked_head(answer) + b"zz\r\n" + answer.body + b"\r\nover\r\n")
    wire.close()


async def reset(wire: Wire, answer: Answer) -> None:
    """The connection is reset amid the body."""
    await wire.send(head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    await asyncio.sleep(0.02)
    wire.reset()


async def half(wire: Wire, answer: Answer) -> None:
    """The connection is closed amid the body."""
    await wire.send(head(answer, len(answer.body)) + answer.body[: len(answer.body) // 2])
    wire.close()


async def promising_more(wire: Wire, answer: Answer) -> None:
    """More is announced than comes."""
    await wire.send(head(answer, len(answer.body) + 100) + answer.body)
    wire.close()


async def with_excess(wire: Wire, answer: Answer) -> None:
    """After the body comes an answer to a question that nobody asked, and the connection stays open."""
    await wire.send(head(answer, len(answer.body)) + answer.body + EXCESS)


async def in_silence(wire: Wire, _: Answer) -> None:
    """There is no answer at all."""
    wire.close()


async def in_nonsense(wire: Wire, _: Answer) -> None:
    """It is not HTTP."""
    await wire.send(b"220 mail.test ESMTP ready\r\n" * 4)
    wire.close()


async def without_length(wire: Wire, answer: Answer) -> None:
    """The body ends where the connection does, as in HTTP/1.0."""
    await wire.send(head(answer, None).replace(b"HTTP/1.1", b"HTTP/1.0", 1) + answer.body)
    wire.close()


async def endlessly(wire: Wire, answer: Answer) -> None:
    """The body has no end."""
    await wire.send(head(answer, None) + answer.body)
    for piece in repeat(b"<p>And there is more to say of this.</p>\n" * (_PIECE // 41)):
        await wire.send(piece)


async def with_endless_headers(wire: Wire, answer: Answer) -> None:
    """The headers have no end."""
    await wire.send(head(answer, None)[:-2])
    for number in count():
        await wire.send(b"".join(b"X-%d-%d: %b\r\n" % (number, n, b"x" * 500) for n in range(20)))
        await asyncio.sleep(0)


def with_huge_header(size: int) -> Manner:
    """One header has so many bytes."""

    async def manner(wire: Wire, answer: Answer) -> None:
        await wire.send(head(answer, len(answer.body))[:-2])
        for _ in range(size // _PIECE):
            await wire.send(b"X-Long: " + b"x" * _PIECE)
        await wire.send(b"\r\n\r\n" + answer.body)

    return manner


def bomb(encoding: str, size: int) -> Manner:
    """The body is small as sent, and so many bytes as decoded."""
    return partial(_burst, encoding, size)


async def _burst(encoding: str, size: int, wire: Wire, answer: Answer) -> None:
    body = BOMBS[encoding](answer.body, size)
    headers = {**answer.headers, "Content-Encoding": encoding}
    await wire.send(head(Answer(b"", headers), len(body)) + body)


@cache
def gzip_bomb(start: bytes, size: int) -> bytes:
    """`start` and zeros, so many bytes in all, by gzip."""
    press = zlib.compressobj(1, zlib.DEFLATED, 31)
    pieces = [press.compress(start)] + [press.compress(bytes(2**20)) for _ in range(size >> 20)]
    return b"".join([*pieces, press.flush()])


@cache
def brotli_bomb(start: bytes, size: int) -> bytes:
    """`start` and zeros, so many bytes in all, by brotli."""
    press = brotli.Compressor(quality=1)
    pieces = [press.process(start)] + [press.process(bytes(2**20)) for _ in range(size >> 20)]
    return b"".join([*pieces, press.finish()])


BOMBS = {"gzip": gzip_bomb, "br": brotli_bomb}


def _chunked_head(answer: Answer) -> bytes:
    return head(Answer(b"", {**answer.headers, "Transfer-Encoding": "chunked"}, answer.status), None)
