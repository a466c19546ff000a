"""A line of the log for each request."""

from __future__ import annotations

import time
from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wireroom import logs
from wireroom.crash import Point, crash_at
from wireroom.logs import Event

CUT_OFF = 499
"""The status in the log of a request that got no answer."""


class AccessLog:
    """Logs every request that `app` answers but those of `unlogged` paths, with the job and the caller that
    it puts into the state."""

    def __init__(self, app: ASGIApp, unlogged: Collection[str] = ()) -> None:
        self._app = app
        self._unlogged = unlogged

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["path"] in self._unlogged:
            await self._app(scope, receive, send)
            return
        started, status, state = time.perf_counter(), CUT_OFF, scope.setdefault("state", {})

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, watch)
        finally:
            line = {"status": status, "seconds": round(time.perf_counter() - started, 6)}
            line |= {"job": state["job"]} if "job" in state else {}
            line |= {"caller": caller.name} if (caller := state.get("caller")) and caller.name else {}
            logs.info(Event.request, method=scope["method"], path=scope["path"], **line)
        crash_at(Point.ANSWERED)
