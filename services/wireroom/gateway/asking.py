"""What producers ask afterwards: jobs, records, submissions, outcomes; and taking jobs back."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from typing import Any, NoReturn, TypeVar

from starlette.requests import Request
from starlette.responses import Response

from wireroom.gateway.answers import as_json
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.lock import caller_of
from wireroom.gateway.lookout import Lookout
from wireroom.gateway.problems import Problem, refusal
from wireroom.gateway.promptness import in_time
from wireroom.gateway.views import outcomes_view, submission_view
from wireroom.ledger.inputs import NoInput
from wireroom.ledger.offer import check_name
from wireroom.ledger.repair import CANCELLED

LONGEST_WAIT = 60.0
MOST_OUTCOMES = 10_000
DEFAULT_OUTCOMES = 1000
BIGINT = 2**63 - 1
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]{1,60}/[\w!#$&^.+-]{1,60}( ?; ?charset=\"?[\w.:-]{1,40}\"?)?", re.ASCII)
_KEPT_APART = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
}
T = TypeVar("T")


async def show_job(request: Request) -> Response:
    """Where a job is, and what happened to it."""
    job_id = request.state.job = id_of(request, "job")
    return _found(await in_time(desk_of(request).job, job_id), f"there is no job {job_id}")


async def show_input(request: Request) -> Response:
    """The raw input of a job: bytes of a stranger's, which no browser must show or run as if they were ours."""
    job_id = request.state.job = id_of(request, "job")
    found = await in_time(desk_of(request).input, job_id)
    if isinstance(found, NoInput):
        raise Problem(404, found.sentence, reason=found.reason)
    safe = found.content_type if _MEDIA_TYPE.fullmatch(found.content_type) else "application/octet-stream"
    headers = _KEPT_APART | {"Content-Type": safe, "Content-Disposition": f'attachment; filename="job-{job_id}"'}
    return Response(found.body, headers=headers)


async def show_article(request: Request) -> Response:
    """A record: its current version, or that which `?version=` names."""
    article_id, version = id_of(request, "article"), number_of(request, "version", 1)
    missing = f"there is no article {article_id}" + (f" with version {version}" if version else "")
    return _found(await in_time(desk_of(request).article, article_id, version), missing)


async def show_difference(request: Request) -> Response:
    """What the version `?to=` (the current one) says otherwise than `?from=` (the one before it)."""
    article_id = id_of(request, "article")
    before, after = number_of(request, "from", 1), number_of(request, "to", 1)
    return as_json(await in_time(desk_of(request).difference, article_id, before, after))


async def cancel_job(request: Request) -> Response:
    """End a job that nobody wants any more, also where it was cancelled before; 409 where it had ended otherwise."""
    job_id = request.state.job = id_of(request, "job")
    judged = await in_time(desk_of(request).cancel, job_id, caller_of(request).signed())
    if judged.state == "unknown":
        raise Problem(404, f"there is no job {job_id}")
    if judged.state == "finished" and judged.reason != CANCELLED:
        detail = f"job {job_id} has ended already: {judged.outcome}"
        raise Problem(409, detail, reason="finished", more={"outcome": judged.outcome})
    return as_json({"job_id": job_id, "outcome": "rejected", "reason": CANCELLED})


async def show_submission(request: Request) -> Response:
    """How far a submission is; with `?wait=` once all of it has ended, or after so many seconds."""
    name = request.path_params["name"]
    look = partial(desk_of(request).submission, name)
    progress = await _wait(request, look, lambda found: found is None or found.on_the_line == 0)
    return as_json(submission_view(progress)) if progress else _no_submission(name)


async def cancel_submission(request: Request) -> Response:
    """End the jobs of a submission that have not ended, but for those that others offered too."""
    name = request.path_params["name"]
    cancelled = await in_time(desk_of(request).cancel_submission, name, caller_of(request).signed())
    return as_json({"submission": name} | cancelled._asdict()) if cancelled else _no_submission(name)


async def show_outcomes(request: Request) -> Response:
    """What ended after `?after=`, in order and without gaps; with `?wait=` once there is something."""
    at_end = request.query_params.get("after") == "end"
    after = await in_time(desk_of(request).head) if at_end else number_of(request, "after", 0) or 0
    limit = number_of(request, "limit", 1, MOST_OUTCOMES) or DEFAULT_OUTCOMES
    producer = request.query_params.get("producer")
    if refused := check_name("producer", producer):
        raise refusal(refused)
    look = partial(desk_of(request).outcomes, after, limit, producer)
    page = await _wait(request, look, lambda found: found is None or bool(found.outcomes) or found.more)
    if page is None:
        detail = f"nothing has the position {after} yet: begin with a cursor that this ledger gave"
        raise Problem(422, detail, field="after", reason="unknown_position")
    return as_json(outcomes_view(page))


async def show_schema(_: Request) -> Response:
    """The JSON Schema of an article as it is offered."""
    return Response(_schema(), media_type="application/schema+json")


async def show_document(request: Request) -> Response:
    """This document: every operation of the API, in OpenAPI."""
    return Response(request.app.state.document, media_type="application/json")


async def show_health(_: Request) -> Response:
    """The process answers; nothing is said of Postgres or Redis."""
    return as_json({"status": "ok"})


@cache
def _schema() -> bytes:
    return files("wireroom.gateway").joinpath("schema.json").read_bytes()


async def _wait(request: Request, look: Callable[[], T], done: Callable[[T], bool]) -> T:
    """What `look` finds, once it is `done` or the request's `?wait=` seconds are over."""
    lookout: Lookout = request.app.state.lookout
    return await lookout.wait(look, done, _seconds(request), request.is_disconnected)


def desk_of(request: Request) -> FrontDesk:
    """The front desk of the gateway that serves the request."""
    desk: FrontDesk = request.app.state.desk
    return desk


def check_parameters(request: Request, *known: str) -> None:
    """Raise `Problem` for an unknown parameter of the query: a slip of the pen must not change what is asked."""
    if unknown := sorted(request.query_params.keys() - set(known)):
        detail = f"unknown parameter {unknown[0][:100]}; known are: {', '.join(known) or 'none'}"
        raise Problem(422, detail, field=unknown[0][:100], reason="unknown_parameter")


def id_of(request: Request, what: str) -> int:
    """The id in the path; raises `Problem` for what is none."""
    given = str(request.path_params["id"])
    number = _integer(given)
    if not number:
        raise Problem(404, f"there is no {what} {given[:40]}: ids are positive numbers")
    return number


def number_of(request: Request, name: str, least: int, most: int = BIGINT) -> int | None:
    """The number in the query; None where it is not given. Raises `Problem` where it is out of bounds."""
    given = request.query_params.get(name)
    if given is None:
        return None
    number = _integer(given)
    if number is None or not least <= number <= most:
        bounds = f"from {least} to {most}" if most < BIGINT else f"of at least {least}"
        raise Problem(422, f"{name} must be a number {bounds}", field=name, reason="bad_number")
    return number


def _seconds(request: Request) -> float:
    given = request.query_params.get("wait", "0")
    seconds = float(given) if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", given, re.ASCII) else math.nan
    if not 0 <= seconds <= LONGEST_WAIT:
        raise Problem(422, f"wait must be seconds from 0 to {LONGEST_WAIT:g}", field="wait", reason="bad_number")
    return seconds


def _integer(text: str) -> int | None:
    number = int(text) if re.fullmatch("[0-9]{1,19}", text) else None
    return number if number is not None and number <= BIGINT else None


def _found(view: dict[str, Any] | None, missing: str) -> Response:
    if view is None:
        raise Problem(404, missing)
    return as_json(view)


def _no_submission(name: str) -> NoReturn:
    raise Problem(404, f"there is no submission {name[:100]}")
