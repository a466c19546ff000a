"""An operation of the API: what is said of it once, for its route, its lock and the OpenAPI document."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from wireroom.gateway import shapes
from wireroom.gateway.asking import BIGINT, check_parameters
from wireroom.gateway.lock import Lock
from wireroom.tokens import Scope

Schema = Mapping[str, Any]
JSON = "application/json"
ARTICLE = "#/components/schemas/ArticleJob"
"""Where the document has the JSON Schema of an article."""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one path. `problems` are those of its own: a status, and a reason where there is one."""

    method: str
    path: str
    """As the router has it; what follows `:` in braces is the router's alone."""
    serve: Callable[[Request], Awaitable[Response]]
    scope: Scope | None
    """What a token needs for it; None: nobody is asked."""
    query: Mapping[str, Schema] | None = None
    """Parameter of the query -> its schema; no other is taken."""
    takes: Mapping[str, shapes.Shape | Schema] | None = None
    """Media type of a request's body -> what it holds."""
    answers: Mapping[int, tuple[str, shapes.Shape | Schema]]
    """Status -> media type, and what it holds."""
    problems: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As clients that are made from the document call it."""
        return self.serve.__name__

    async def answer(self, request: Request) -> Response:
        """Serve the request, if its lock and the check of its query let it in."""
        if self.scope is not None:
            lock: Lock = request.app.state.lock
            await lock.admit(request, self.scope)
        check_parameters(request, *(self.query or ()))
        return await self.serve(request)


def routes(operations: Iterable[Operation]) -> list[Route]:
    """One for each path, which knows all that its methods do."""
    paths: dict[str, dict[str, Operation]] = {}
    for one in operations:
        paths.setdefault(one.path, {})[one.method] = one
    return [Route(path, partial(_answer, mine), methods=[*mine]) for path, mine in paths.items()]


async def _answer(mine: Mapping[str, Operation], request: Request) -> Response:
    return await mine["GET" if request.method == "HEAD" else request.method].answer(request)


def ok(holds: shapes.Shape) -> dict[int, tuple[str, shapes.Shape | Schema]]:
    """The answer is 200, with that as JSON."""
    return {200: (JSON, holds)}


def text(told: str, **more: Any) -> Schema:
    """A string, and what is told of it."""
    return {"type": "string", "description": told} | more


def number(told: str, least: int, most: int = BIGINT, **more: Any) -> Schema:
    """A whole number within bounds."""
    return {"type": "integer", "minimum": least, "maximum": most, "description": told} | more
