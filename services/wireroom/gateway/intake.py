"""Reading a request with offers: what it holds, and how much of it is read."""

from __future__ import annotations

from email.message import Message

from starlette.requests import Request

from wireroom.gateway.problems import Problem, too_large

LINES = ("application/x-ndjson", "application/ndjson", "application/jsonl")


def limit(content_bytes: int) -> int:
    """Most bytes of a request whose content has `content_bytes`: base64 and the other fields need some more."""
    return content_bytes * 14 // 10 + 100_000


async def read(request: Request, most: int) -> bytes:
    """The request's body, of at most `most` bytes; what is beyond is not read. Raises `Problem`."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > most:
            raise too_large(most)
        body += chunk
    return bytes(body)


def is_lines(request: Request) -> bool:
    """Whether the request has one offer a line; raises `Problem` where it is no JSON at all."""
    header = Message()
    header["content-type"] = request.headers.get("content-type") or "nothing/at-all"
    media = header.get_content_type()
    if media != "application/json" and not media.endswith("+json") and media not in LINES:
        raise Problem(415, f"send one article as application/json, or one a line as {LINES[0]}", reason="not_json")
    if header.get_content_charset("utf-8") not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "send the JSON in UTF-8", reason="not_utf8")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "send the JSON without a content-encoding", reason="encoded")
    return media in LINES
