"""The door: who is turned away before anything is read, and who is told that the house is closing."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wireroom.gateway.problems import Problem, answer, away


class Door:
    """Refuses what a page of another site makes a browser change; answers 503 to what is cut off at the end."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        begun = False

        async def watch(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            app = answer(_CROSS_SITE) if _is_cross_site(scope) else self._app
            await app(scope, receive, watch)
        except asyncio.CancelledError:
            if begun or scope["type"] != "http":
                raise
            await answer(away("the gateway stops: repeat the request", reason="stopping"))(scope, receive, send)


_HARMLESS = ("GET", "HEAD", "OPTIONS")
_CROSS_SITE = Problem(
    403, "pages of other sites may change nothing: the Origin is not the Host", reason="cross_site", last=True
)


def _is_cross_site(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] in _HARMLESS:
        return False
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
