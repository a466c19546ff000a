"""The HTTP API: which path does what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from wireroom import metrics
from wireroom.gateway import asking, completeness, offering, quarantine
from wireroom.gateway.access_log import AccessLog
from wireroom.gateway.answers import as_json
from wireroom.gateway.door import Door
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.lookout import Lookout
from wireroom.gateway.problems import HANDLERS
from wireroom.gateway.reader import Reader
from wireroom.probes import Probe, Probes
from wireroom.readiness import Readiness
from wireroom.settings import Settings


def make_app(given: Settings, lookout: Lookout) -> ASGIApp:
    """The API on the servers that `given` names; its connections and its reader live from ASGI startup to shutdown.

    Requests that wait do so on `lookout`.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.desk = desk = FrontDesk(given)
        reader = Reader(desk, given)
        reader.start()
        readiness.start()
        try:
            yield
        finally:
            await run_in_threadpool(reader.stop)
            await run_in_threadpool(desk.close)

    # Offers are taken without Redis too; a gateway must not be shut because of it.
    readiness = Readiness("gateway", given, needs_redis=False)
    probes = Probes(readiness, [metrics.GATEWAY]).paths
    metrics.begin_gateway()
    routes = [
        Route("/v1/articles", offering.offer, methods=["POST"]),
        Route("/v1/articles/{id}", asking.show_article, methods=["GET"]),
        Route("/v1/jobs/{id}", asking.show_job, methods=["GET"]),
        Route("/v1/jobs/{id}/input", asking.show_input, methods=["GET"]),
        Route("/v1/jobs/{id}/cancel", asking.cancel_job, methods=["POST"]),
        Route("/v1/submissions/{name:path}/cancel", asking.cancel_submission, methods=["POST"]),
        Route("/v1/submissions/{name:path}", asking.show_submission, methods=["GET"]),
        Route("/v1/outcomes", asking.show_outcomes, methods=["GET"]),
        Route("/v1/quarantine", quarantine.show_jobs, methods=["GET"]),
        Route("/v1/quarantine/causes", quarantine.show_causes, methods=["GET"]),
        Route("/v1/quarantine/redrive", quarantine.redrive, methods=["POST"]),
        Route("/v1/quarantine/reject", quarantine.reject, methods=["POST"]),
        Route("/v1/sources/health", completeness.show_health, methods=["GET"]),
        Route("/v1/schema.json", asking.show_schema, methods=["GET"]),
        Route("/v1/health", health, methods=["GET"]),
        *(Route(path, partial(answer_probe, probe), methods=["GET"]) for path, probe in probes.items()),
    ]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.lookout = lookout
    return AccessLog(Door(app), unlogged=probes.keys())


async def health(_: Request) -> Response:
    """The process answers; nothing is said of Postgres or Redis."""
    return as_json({"status": "ok"})


async def answer_probe(probe: Probe, _: Request) -> Response:
    """What the probe says; never behind requests that wait for Postgres in the threads of the pool."""
    answer = await asyncio.to_thread(probe)
    return Response(answer.body, answer.status, media_type=answer.media_type)
