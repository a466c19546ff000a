"""What operations ask of completeness: which sources bring less than they used to."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from wireroom.gateway.answers import as_json
from wireroom.gateway.asking import desk_of, number_of
from wireroom.gateway.problems import Problem, refusal
from wireroom.gateway.promptness import in_time
from wireroom.ledger.offer import check_name

MOST_SHOWN = 10_000
DEFAULT_SHOWN = 1000


async def show_source_health(request: Request) -> Response:
    """The sources that are unwell, the worst first; all of them with `?all=true`, or one."""
    limit = number_of(request, "limit", 1, MOST_SHOWN) or DEFAULT_SHOWN
    source = request.query_params.get("source")
    if refused := check_name("source", source):
        raise refusal(refused)
    found = await in_time(desk_of(request).source_health, _flag(request, "all"), source, limit)
    return as_json(found._asdict() | {"sources": [one._asdict() for one in found.sources]})


def _flag(request: Request, name: str) -> bool:
    given = request.query_params.get(name, "false")
    if given not in ("true", "false"):
        raise Problem(422, f"{name} must be true or false", field=name, reason="bad_value")
    return given == "true"
