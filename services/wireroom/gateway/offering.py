"""`POST /v1/articles`: one offer, or many."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from wireroom.gateway import intake, lines
from wireroom.gateway.answers import as_json
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.lock import caller_of
from wireroom.gateway.problems import Parting, Problem, Streamed, answer, refusal
from wireroom.gateway.promptness import in_time
from wireroom.gateway.tally import refuse
from wireroom.ledger.offer import check_name


async def offer(request: Request) -> Response:
    """Accept one article (202 once it is durable), or one a line, under the name of a `?submission=` if it has one."""
    submission = request.query_params.get("submission")
    if refused := check_name("submission", submission):
        raise refusal(refused)
    offer_ = _offer_lines if intake.is_lines(request) else _offer_one
    try:
        return await offer_(request, request.app.state.desk, submission)
    except Problem as problem:
        refuse("http", problem)
        raise


async def _offer_one(request: Request, desk: FrontDesk, submission: str | None) -> Response:
    body = await intake.read(request, intake.limit(desk.content_bytes))
    (given,) = await in_time(desk.take, [body], submission, caller_of(request).producer)
    if isinstance(given, Problem):
        return answer(given)
    request.state.job = given.job_id
    return as_json(lines.view(given), 202, {"Location": f"/v1/jobs/{given.job_id}"})


async def _offer_lines(request: Request, desk: FrontDesk, submission: str | None) -> Response:
    """Answer after the request, as most clients do not listen before; its chunks are committed as they come in."""
    caller = caller_of(request)
    offered = lines.Lines(request, intake.limit(desk.content_bytes), desk.request_bytes)
    answers, number = lines.Answers(), 0
    async for chunk in offered.chunks():
        try:
            given = await in_time(desk.take, [line.data for line in chunk], submission, caller.producer)
        except Problem as problem:
            problem.last = True
            if not number:
                raise
            answers.add(chunk, [problem] * len(chunk))
            return _lines_answer(answers, parting=True)
        # The first article was paid for when the request was let in.
        caller.owe(len(chunk) - (not number))
        number += len(chunk)
        answers.add(chunk, given)
    return _lines_answer(answers, parting=offered.cut)


def _lines_answer(answers: lines.Answers, *, parting: bool) -> Response:
    kind = Parting if parting else Streamed
    return kind(answers.pieces(), answers.bytes, media_type=intake.LINES[0])
