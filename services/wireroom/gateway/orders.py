"""Orders of people: one JSON object each, read strictly."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec
from starlette.requests import Request

from wireroom.gateway import intake
from wireroom.gateway.problems import Problem, refusal
from wireroom.ledger.offer import check_name
from wireroom.ledger.reading import unknown_field

ORDER_BYTES = 100_000
_MISSING = re.compile("Object missing required field `(.*)`")
_WHERE = re.compile(r"(.*) - at `\$\.(\w+).*`", re.DOTALL)
T = TypeVar("T", bound=msgspec.Struct)


async def read_order(request: Request, kind: type[T]) -> T:
    """The order in the request; raises `Problem` that names the field."""
    if intake.is_lines(request):
        raise Problem(415, "send one order as application/json", reason="not_json")
    order = _read(await intake.read(request, ORDER_BYTES), kind)
    for field in ("who", "why"):
        if refused := check_name(field, getattr(order, field, None)):
            raise refusal(refused)
    return order


def _read(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _misfit(str(error), kind) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Problem(400, f"the order is no JSON: {error}", reason="malformed") from error


def _misfit(message: str, kind: type[msgspec.Struct]) -> Problem:
    if unknown := unknown_field(message, kind):
        return refusal(unknown)
    if missing := _MISSING.fullmatch(message):
        return Problem(422, f"{missing[1]} must be given", field=missing[1], reason="missing")
    if where := _WHERE.fullmatch(message):
        return Problem(422, f"{where[2]} cannot be taken: {where[1]}", field=where[2], reason="bad_value")
    return Problem(422, f"send one order as a JSON object: {message}", reason="not_an_object")
