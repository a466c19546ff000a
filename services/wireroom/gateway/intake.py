"""Reading a request with offers: what it holds, and how much of it is read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from email.message import Message

import anyio
from starlette.requests import Request

from wireroom.gateway.problems import Problem, too_large

LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
HOW_TO_OFFER = f"send one article as application/json, or one a line as {LINES[0]}"
PIECE_SECONDS = 30.0


def limit(content_bytes: int) -> int:
    """Most bytes of a request whose content has `content_bytes`: base64 and the other fields need some more."""
    return content_bytes * 14 // 10 + 100_000


async def read(request: Request, most: int) -> bytes:
    """The request's body, of at most `most` bytes; what is beyond is not read. Raises `Problem`."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_large(most)
    body = bytearray()
    async for chunk in pieces(request):
        if len(body) + len(chunk) > most:
            raise too_large(most)
        body += chunk
    return bytes(body)


async def pieces(request: Request) -> AsyncIterator[bytes]:
    """The body, as it comes in; raises `Problem` where nothing more of it comes for `PIECE_SECONDS`."""
    stream = request.stream()
    while True:
        try:
            with anyio.fail_after(PIECE_SECONDS):
                piece = await anext(stream, None)
        except TimeoutError:
            detail = f"nothing more of the request came for {PIECE_SECONDS:g} s: repeat it"
            raise Problem(408, detail, reason="too_slow", last=True) from None
        if piece is None:
            return
        yield piece


def is_lines(request: Request, how: str = HOW_TO_OFFER) -> bool:
    """Whether the request has one offer a line; raises `Problem`, which says `how`, where it is no JSON at all."""
    header = Message()
    header["content-type"] = request.headers.get("content-type") or "nothing/at-all"
    media = header.get_content_type()
    if media != "application/json" and not media.endswith("+json") and media not in LINES:
        raise Problem(415, how, reason="not_json")
    if header.get_content_charset("utf-8") not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "send the JSON in UTF-8", reason="not_utf8")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "send the JSON without a content-encoding", reason="encoded")
    return media in LINES
