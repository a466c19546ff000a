"""What operations ask of quarantine: what is there, and to send it back or end it."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wireroom.gateway.answers import as_json
from wireroom.gateway.asking import BIGINT, desk_of, number_of
from wireroom.gateway.lock import caller_of
from wireroom.gateway.orders import read_order
from wireroom.gateway.problems import Problem, refusal
from wireroom.gateway.promptness import in_time
from wireroom.ledger.quarantine import Moved, Wanted, check_wanted

MOST_SHOWN = 1000
DEFAULT_SHOWN = 100
MOST_IDS = 1000
"""Jobs that a request may name."""
MOST_MOVED = 5000
"""About so many jobs are moved by a request; its answer says whether there are more."""
_FILTERS = ("cause", "source", "stage")
T = TypeVar("T", bound="Order")
Id = Annotated[int, msgspec.Meta(ge=1, le=BIGINT)]
Ids = Annotated[list[Id], msgspec.Meta(min_length=1, max_length=MOST_IDS)]


class Order(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which jobs, and by whose word: those that fit all that is given of ids, cause, source and stage; or `all`."""

    who: str
    job_ids: Ids | None = None
    cause: str | None = None
    source: str | None = None
    stage: str | None = None
    all: bool = False
    after: Annotated[int, msgspec.Meta(ge=0, le=BIGINT)] = 0

    @property
    def wanted(self) -> Wanted:
        """As the ledger knows it."""
        ids = list(dict.fromkeys(self.job_ids)) if self.job_ids else None
        return Wanted(self.cause, self.source, self.stage, ids)


class Redrive(Order):
    """Back to the line; with `refetch` the publisher is asked for the page again."""

    refetch: bool = False


class Reject(Order):
    """Ended for good, and why."""

    why: str


async def show_jobs(request: Request) -> Response:
    """What is in quarantine, the newest job first; `?before=` takes the cursor of the page before."""
    limit = number_of(request, "limit", 1, MOST_SHOWN) or DEFAULT_SHOWN
    before = number_of(request, "before", 1)
    found = await in_time(desk_of(request).quarantined, _filters(request), limit + 1, before)
    page = found[:limit]
    cursor = page[-1].job_id if page else before
    return as_json({"jobs": [one._asdict() for one in page], "cursor": cursor, "more": len(found) > limit})


async def show_causes(request: Request) -> Response:
    """What is in quarantine by cause, the most frequent first."""
    limit = number_of(request, "limit", 1, MOST_SHOWN) or DEFAULT_SHOWN
    found = await in_time(desk_of(request).quarantine_causes, _filters(request), limit + 1)
    return as_json({"causes": [one._asdict() for one in found[:limit]], "more": len(found) > limit})


async def redrive(request: Request) -> Response:
    """Send jobs back to the line; what is repeated after an answer that did not come moves nothing twice."""
    order = await _order(request, Redrive)
    given: dict[str, Any] = {"refetch": order.refetch, "after": order.after}
    who = caller_of(request).signed(order.who)
    moved = await in_time(desk_of(request).redrive, order.wanted, who, MOST_MOVED, **given)
    return _answer("redriven", moved)


async def reject(request: Request) -> Response:
    """End jobs for good."""
    order = await _order(request, Reject)
    given = (order.wanted, caller_of(request).signed(order.who), order.why, MOST_MOVED)
    return _answer("rejected", await in_time(desk_of(request).reject, *given, after=order.after))


def _answer(done: str, moved: Moved) -> Response:
    stayed = [{"job_id": job, "why": why} for job, why in sorted(moved.stayed.items())]
    return as_json({done: moved.number, "stayed": stayed, "after": moved.last, "more": moved.more})


def _filters(request: Request) -> Wanted:
    cause, source, stage = (request.query_params.get(name) for name in _FILTERS)
    return _checked(Wanted(cause, source, stage))


def _checked(wanted: Wanted) -> Wanted:
    if refused := check_wanted(wanted):
        raise refusal(refused)
    return wanted


async def _order(request: Request, kind: type[T]) -> T:
    order = await read_order(request, kind)
    if _checked(order.wanted) == Wanted() and not order.all:
        detail = f"give job_ids, {', '.join(_FILTERS)}, or all: true for everything in quarantine"
        raise Problem(422, detail, field="job_ids", reason="missing")
    if order.all and order.wanted != Wanted():
        raise Problem(422, "all is everything: leave the other fields out", field="all", reason="ambiguous")
    return order
