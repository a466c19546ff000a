"""The HTTP API: which path does what."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from wireroom.gateway import intake
from wireroom.gateway.access_log import AccessLog
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.problems import HANDLERS, Problem
from wireroom.ledger.accept import Accepted
from wireroom.settings import Settings

_BIGINT = 2**63 - 1


def make_app(given: Settings) -> ASGIApp:
    """The API on the servers that `given` names; its connections live from ASGI startup to shutdown."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk = FrontDesk(given)
        try:
            yield
        finally:
            await run_in_threadpool(desk.close)

    routes = [
        Route("/v1/articles", offer_article, methods=["POST"]),
        Route("/v1/articles/{id}", show_article, methods=["GET"]),
        Route("/v1/jobs/{id}", show_job, methods=["GET"]),
        Route("/v1/health", health, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.router.redirect_slashes = False
    return AccessLog(app)


async def offer_article(request: Request) -> Response:
    """Accept one article: 202 once it is durable."""
    desk = _desk(request)
    body = await intake.read(request, intake.limit(desk.content_bytes))
    accepted = await run_in_threadpool(_take, desk, body)
    request.state.job = accepted.job_id
    answer = {"job_id": accepted.job_id, "duplicate": accepted.duplicate}
    return _json(answer, 202, {"Location": f"/v1/jobs/{accepted.job_id}"})


async def show_job(request: Request) -> Response:
    """Where a job is, and what happened to it."""
    job_id = _id(request, "job")
    request.state.job = job_id
    return _found(await run_in_threadpool(_desk(request).job, job_id), f"there is no job {job_id}")


async def show_article(request: Request) -> Response:
    """A record: its current version, or that which `?version=` names."""
    article_id, version = _id(request, "article"), _version(request)
    missing = f"there is no article {article_id}" + (f" with version {version}" if version else "")
    return _found(await run_in_threadpool(_desk(request).article, article_id, version), missing)


async def health(_: Request) -> Response:
    """The process answers; nothing is said of Postgres or Redis."""
    return _json({"status": "ok"})


def _take(desk: FrontDesk, body: bytes) -> Accepted:
    return desk.take(intake.article_job(body))


def _desk(request: Request) -> FrontDesk:
    desk: FrontDesk = request.app.state.desk
    return desk


def _id(request: Request, what: str) -> int:
    given = request.path_params["id"]
    number = _number(given)
    if number is None:
        raise Problem(404, f"there is no {what} {given[:40]}: ids are positive numbers")
    return number


def _version(request: Request) -> int | None:
    given = request.query_params.get("version")
    if given is None:
        return None
    number = _number(given)
    if number is None:
        raise Problem(422, "version must be a positive number", field="version", reason="not_a_number")
    return number


def _number(text: str) -> int | None:
    number = int(text) if re.fullmatch("[0-9]{1,19}", text) else 0
    return number if 0 < number <= _BIGINT else None


def _found(view: dict[str, Any] | None, missing: str) -> Response:
    if view is None:
        raise Problem(404, missing)
    return _json(view)


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(msgspec.json.encode(value), status, headers, media_type="application/json")
