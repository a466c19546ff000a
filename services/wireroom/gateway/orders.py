"""Orders of people: one JSON object each, read strictly."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from starlette.requests import Request

from wireroom.gateway import intake
from wireroom.gateway.problems import Problem, refusal
from wireroom.ledger.offer import check_name
from wireroom.ledger.reading import misfit

ORDER_BYTES = 100_000
_HOW = "send one order as application/json"
T = TypeVar("T", bound=msgspec.Struct)


async def read_order(request: Request, kind: type[T]) -> T:
    """The order in the request; raises `Problem` that names the field."""
    if intake.is_lines(request, _HOW):
        raise Problem(415, _HOW, reason="not_json")
    order = _read(await intake.read(request, ORDER_BYTES), kind)
    for field in ("who", "why"):
        if refused := check_name(field, getattr(order, field, None)):
            raise refusal(refused)
    return order


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise refusal(misfit(str(error), kind, "an order")) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"the order is no JSON: {error}", reason="malformed") from error
