"""The HTTP API: its operations and probes, and what stands before them."""

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
from wireroom.gateway import openapi, operation
from wireroom.gateway.access_log import AccessLog
from wireroom.gateway.door import Door
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.keyring import Keyring
from wireroom.gateway.lock import Lock
from wireroom.gateway.lookout import Lookout
from wireroom.gateway.operations import OPERATIONS
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
        app.state.lock = Lock(given, Keyring(desk.ring))
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
    routes = operation.routes(OPERATIONS)
    routes += [Route(path, partial(answer_probe, probe), methods=["GET"]) for path, probe in probes.items()]
    app = Starlette(routes=routes, exception_handlers=HANDLERS, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.state.lookout = lookout
    app.state.document = openapi.document()
    return AccessLog(Door(app), unlogged=probes.keys())


async def answer_probe(probe: Probe, _: Request) -> Response:
    """What the probe says; never behind requests that wait for Postgres in the threads of the pool."""
    answer = await asyncio.to_thread(probe)
    return Response(answer.body, answer.status, media_type=answer.media_type)
