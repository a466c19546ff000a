"""The HTTP API: which path does what."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from wireroom.gateway import asking, offering
from wireroom.gateway.access_log import AccessLog
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.problems import HANDLERS
from wireroom.gateway.reader import Reader
from wireroom.gateway.views import as_json
from wireroom.settings import Settings


def make_app(given: Settings) -> ASGIApp:
    """The API on the servers that `given` names; its connections and its reader live from ASGI startup to shutdown."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk = FrontDesk(given)
        reader = Reader(desk, given)
        reader.start()
        try:
            yield
        finally:
            await run_in_threadpool(reader.stop)
            await run_in_threadpool(desk.close)

    routes = [
        Route("/v1/articles", offering.offer, methods=["POST"]),
        Route("/v1/articles/{id}", asking.show_article, methods=["GET"]),
        Route("/v1/jobs/{id}", asking.show_job, methods=["GET"]),
        Route("/v1/jobs/{id}/cancel", asking.cancel_job, methods=["POST"]),
        Route("/v1/submissions/{name:path}/cancel", asking.cancel_submission, methods=["POST"]),
        Route("/v1/submissions/{name:path}", asking.show_submission, methods=["GET"]),
        Route("/v1/outcomes", asking.show_outcomes, methods=["GET"]),
        Route("/v1/schema.json", asking.show_schema, methods=["GET"]),
        Route("/v1/health", health, methods=["GET"]),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.router.redirect_slashes = False
    return AccessLog(app)


async def health(_: Request) -> Response:
    """The process answers; nothing is said of Postgres or Redis."""
    return as_json({"status": "ok"})
