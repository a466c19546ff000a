"""Errors as the API answers them: RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from http import HTTPStatus

import anyio
import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import ExceptionHandler, Receive, Scope, Send

from wireroom.ledger.offer import Refused
from wireroom.ledger.reading import NOT_JSON

RETRY_SECONDS = 5
PARTING_SECONDS = 2.0
PARTING_BYTES = 4_000_000
_LONGEST_PATH = 100


class Problem(Exception):  # noqa: N818 - the RFC's word
    """The request is answered with an error; `detail` is a sentence for a person, `reason` a stable slug."""

    def __init__(
        self, status: int, detail: str, *, field: str | None = None, reason: str | None = None,
        headers: Mapping[str, str] | None = None, more: Mapping[str, object] | None = None, last: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field
        self.reason = reason
        self.headers = headers
        self.more = dict(more or {})
        """Further members of the document."""
        self.last = last
        """Whether the connection ends with it, though the client may still be sending."""


def too_large(most: int) -> Problem:
    """The request has more than `most` bytes; the rest of it is not wanted."""
    detail = f"the request is too large: at most {most:,} bytes are read"
    return Problem(413, detail, reason="too_large", last=True)


def away(detail: str, *, field: str | None = None, reason: str) -> Problem:
    """The same request may well succeed in a few seconds."""
    return Problem(503, detail, field=field, reason=reason, headers={"Retry-After": str(RETRY_SECONDS)})


def refusal(refused: Refused) -> Problem:
    """The offer was not accepted."""
    field = refused.field or None
    if refused.reason == "busy":
        return away(refused.cause, field=field, reason=refused.reason)
    status = 409 if refused.reason == "key_reused" else 400 if refused.reason in NOT_JSON and not field else 422
    return Problem(status, refused.cause, field=field, reason=refused.reason)


def facts(problem: Problem) -> dict[str, object]:
    """The problem, without the words that every document has."""
    named = {name: value for name in ("field", "reason") if (value := getattr(problem, name)) is not None}
    return {"status": problem.status, "detail": problem.detail} | named | problem.more


def answer(problem: Problem) -> Response:
    """The problem as `application/problem+json`."""
    document = {"type": "about:blank", "title": HTTPStatus(problem.status).phrase} | facts(problem)
    body, media = msgspec.json.encode(document), "application/problem+json"
    if problem.last:
        return Parting([body], len(body), problem.status, problem.headers, media_type=media)
    return Response(body, problem.status, problem.headers, media_type=media)


class Streamed(StreamingResponse):
    """An answer of `size` bytes, piece by piece."""

    def __init__(
        self, pieces: Iterable[bytes], size: int, status: int = 200, headers: Mapping[str, str] | None = None,
        *, media_type: str,
    ) -> None:  # fmt: skip
        super().__init__(_each(pieces), status, {"Content-Length": str(size), **(headers or {})}, media_type)


async def _each(pieces: Iterable[bytes]) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


class Parting(Streamed):
    """The last answer on a connection whose client may still be sending.

    Closing at once would reset the connection, and most clients would never see the answer.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, ignore some more of the request, then let the connection be closed."""
        headers = [*self.raw_headers, (b"connection", b"close")]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        async for piece in self.body_iterator:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        with anyio.move_on_after(PARTING_SECONDS):
            await _ignore(receive, PARTING_BYTES)
        await send({"type": "http.response.body", "body": b""})


async def _ignore(receive: Receive, most: int) -> None:
    more = True
    while more and most > 0:
        message = await receive()
        more = message.get("more_body", False)
        most -= len(message.get("body", b""))


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error)


async def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"][:_LONGEST_PATH]
    detail = {
        404: f"there is nothing at {path}",
        405: f"{path} does not answer to {request.method}",
    }.get(error.status_code, error.detail)
    return answer(Problem(error.status_code, detail, headers=error.headers))


async def _disconnect(_: Request, __: Exception) -> Response:
    # Nobody reads it; it is how the log shows a request that was cut off.
    return answer(Problem(400, "the request ended before its body was complete", reason="cut_off"))


async def _surprise(_: Request, __: Exception) -> Response:
    # The server closes the connection behind a surprise; a client that is not told would send into it.
    return answer(Problem(500, "something went wrong in the gateway; its log says what", last=True))


HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    Problem: _problem,
    HTTPException: _routing,
    ClientDisconnect: _disconnect,
    Exception: _surprise,
}
"""Which error is answered how. The server logs what falls to the last one."""
