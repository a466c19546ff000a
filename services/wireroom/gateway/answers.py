"""Answers in JSON. Apart from the views, which the command line shows too, without an HTTP server."""

from __future__ import annotations

import msgspec
from starlette.responses import Response


def as_json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """The answer with a view."""
    return Response(msgspec.json.encode(value), status, headers, media_type="application/json")
