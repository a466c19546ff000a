"""Errors as the API answers them: RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ExceptionHandler

RETRY_SECONDS = 5


class Problem(Exception):  # noqa: N818 - the RFC's word
    """The request is answered with an error; `detail` is a sentence for a person, `reason` a stable slug."""

    def __init__(
        self, status: int, detail: str, *, field: str | None = None, reason: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field
        self.reason = reason
        self.headers = headers


def away(detail: str, *, field: str | None = None, reason: str) -> Problem:
    """The same request may well succeed in a few seconds."""
    return Problem(503, detail, field=field, reason=reason, headers={"Retry-After": str(RETRY_SECONDS)})


def answer(problem: Problem) -> Response:
    """The problem as `application/problem+json`."""
    title = HTTPStatus(problem.status).phrase
    document = {"type": "about:blank", "title": title, "status": problem.status, "detail": problem.detail}
    document |= {name: value for name in ("field", "reason") if (value := getattr(problem, name)) is not None}
    return Response(
        msgspec.json.encode(document), problem.status, problem.headers, media_type="application/problem+json"
    )


async def _problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return answer(error)


async def _routing(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = {
        404: f"there is nothing at {request.url.path}",
        405: f"{request.url.path} does not answer to {request.method}",
    }.get(error.status_code, error.detail)
    return answer(Problem(error.status_code, detail, headers=error.headers))


async def _disconnect(_: Request, __: Exception) -> Response:
    # Nobody reads it; it is how the log shows a request that was cut off.
    return answer(Problem(400, "the request ended before its body was complete", reason="cut_off"))


async def _surprise(_: Request, __: Exception) -> Response:
    return answer(Problem(500, "something went wrong in the gateway; its log says what"))


HANDLERS: Mapping[type[Exception], ExceptionHandler] = {
    Problem: _problem,
    HTTPException: _routing,
    ClientDisconnect: _disconnect,
    Exception: _surprise,
}
"""Which error is answered how. The server logs what falls to the last one."""
