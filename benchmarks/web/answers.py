"""What a host is asked, what it answers, and how the bytes go out where all is well."""

from __future__ import annotations

import gzip
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import blake2b
from http import HTTPStatus
from typing import NamedTuple, Protocol

import brotli

HTML = "text/html; charset=utf-8"


class Request(NamedTuple):
    """One request; `at` is the monotonic time at which its head was there, `edition` counts how often the web moved on.

    Names of headers are in lower case.
    """

    host: str
    path: str
    headers: Mapping[str, str]
    at: float
    edition: int


class Wire(Protocol):
    """The connection on which an answer goes out."""

    async def send(self, data: bytes) -> None:
        """Send it, once there is room; raises `ConnectionError` where nobody listens any more."""

    def close(self) -> None:
        """After what was sent, no more comes."""

    def reset(self) -> None:
        """The connection breaks, and what was not read by now is lost."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent, in which manner; `rest` are the seconds for which the host then asks to be left in peace.

    `early` says that the request came in such a time.
    """

    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200
    manner: Callable[[Wire, Answer], Awaitable[None]] | None = None
    rest: float = 0.0
    early: bool = False


Place = Callable[[Request], Answer]
"""What stands at one address of a host."""


async def plainly(wire: Wire, answer: Answer) -> None:
    """As HTTP has it."""
    await wire.send(head(answer, len(answer.body)) + answer.body)


def head(answer: Answer, length: int | None) -> bytes:
    """Status line and headers; without a length where that is None."""
    headers = dict(answer.headers)
    if length is not None:
        headers.setdefault("Content-Length", str(length))
    lines = [f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def document(body: bytes | str, content_type: str = HTML, **headers: str) -> Answer:
    """A page or a listing; a header `Cache_Control` is named `Cache-Control`."""
    data = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(data, {"Content-Type": content_type} | named)


def refusal(status: int, **headers: str) -> Answer:
    """A short page that says that there is none."""
    page = f"<!doctype html><title>{status}</title><p>{HTTPStatus(status).phrase}: there is no article here."
    return replace(document(page, **headers), status=status)


def redirect(to: str, status: int = 302) -> Answer:
    """The page is elsewhere; and there is a cookie to take along."""
    headers = {"Location": to, "Set-Cookie": "reader=1; Path=/"}
    return replace(document("<!doctype html><title>Moved</title>"), status=status, headers=headers)


def always(answer: Answer) -> Place:
    """The same for everybody."""
    return lambda _: answer


def conditional(request: Request, answer: Answer, etag: bool, modified: datetime | None) -> Answer:
    """The answer with its validators, or 304 where the reader has it already."""
    tag = f'"{blake2b(answer.body, digest_size=8).hexdigest()}"' if etag else None
    headers = {"ETag": tag} if tag else {}
    headers |= {"Last-Modified": format_datetime(modified, usegmt=True)} if modified else {}
    if _is_known(request, tag, modified):
        return Answer(b"", headers, 304, _without_body)
    return replace(answer, headers={**answer.headers, **headers})


def _is_known(request: Request, tag: str | None, modified: datetime | None) -> bool:
    # RFC 9110, 13.2.2: a tag goes before a time.
    if "if-none-match" in request.headers:
        return tag is not None and request.headers["if-none-match"] == tag
    since = request.headers.get("if-modified-since")
    return modified is not None and since is not None and parsedate_to_datetime(since).astimezone(UTC) >= modified


async def _without_body(wire: Wire, answer: Answer) -> None:
    await wire.send(head(answer, None))


def compressed(request: Request, answer: Answer) -> Answer:
    """The answer in the best encoding that its reader takes."""
    accepted = request.headers.get("accept-encoding", "")
    for name, compress in (("br", _brotli), ("gzip", _gzip)):
        if name in accepted:
            headers = {**answer.headers, "Content-Encoding": name, "Vary": "Accept-Encoding"}
            return replace(answer, body=compress(answer.body), headers=headers)
    return answer


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, 1, mtime=0)


def _brotli(body: bytes) -> bytes:
    return bytes(brotli.compress(body, quality=1))
