"""Many articles in few requests: one a line, and an answer for each line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus

import msgspec

from wireroom.client.answers import Accepted, Answer, Refused
from wireroom.client.jobs import Line
from wireroom.client.patience import Patience
from wireroom.client.talk import NOT_NOW, Reply, Request, Talk, hear, problem, strange

ARTICLES = "/v1/articles"
NDJSON = "application/x-ndjson"
LINES = 500
"""Most articles in one request; the gateway commits so many at once."""
BYTES = 8_000_000
"""Most bytes in one request, unless one article has more."""


class Batches:
    """Collects lines until they are enough for a request."""

    def __init__(self) -> None:
        self._lines: list[Line] = []
        self._bytes = 0

    def add(self, line: Line) -> Iterator[list[Line]]:
        """Take one more; gives the batches that are complete by it."""
        if self._bytes + len(line.data) > BYTES:
            yield from self.rest()
        self._lines.append(line)
        self._bytes += len(line.data) + 1
        if len(self._lines) == LINES:
            yield from self.rest()

    def rest(self) -> Iterator[list[Line]]:
        """What has been collected."""
        lines, self._lines, self._bytes = self._lines, [], 0
        if lines:
            yield lines


class _Told(msgspec.Struct, frozen=True):
    """What the answer says of a line."""

    line: int
    job_id: int | None = None
    duplicate: bool = False
    status: int = 202
    detail: str = ""
    field: str | None = None
    reason: str | None = None


def offer(batch: Sequence[Line], params: Mapping[str, str], patience: Patience) -> Talk[list[Answer]]:
    """Offer every line until each has its answer; raises `WireroomUnavailable`, or a `Problem` with the whole."""
    answers: dict[int, Answer] = {}
    while left := [number for number in range(len(batch)) if number not in answers]:
        lines = [batch[number] for number in left]
        content = b"\n".join(line.data for line in lines)
        told = _read((yield from hear(Request("POST", ARTICLES, params, content, NDJSON), patience)), len(lines))
        final = {left[one.line - 1]: _answer(one, lines[one.line - 1].key) for one in told if _is_final(one)}
        answers |= final
        if waiting := _not_now(told, progress=bool(final)):
            yield patience.pause(waiting)
    return [answers[number] for number in range(len(batch))]


def _read(reply: Reply, lines: int) -> list[_Told]:
    if reply.status != HTTPStatus.OK:
        raise problem(reply)
    try:
        told = [msgspec.json.decode(line, type=_Told) for line in reply.body.splitlines()]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise strange(reply) from error
    if not all(1 <= one.line <= lines for one in told):
        raise strange(reply)
    return told


def _is_final(told: _Told) -> bool:
    """Whether there is no use in sending the line again: too large may have been what stood before it."""
    return told.status not in NOT_NOW and (told.status != HTTPStatus.REQUEST_ENTITY_TOO_LARGE or told.line == 1)


def _answer(told: _Told, key: str) -> Answer:
    if told.job_id is not None:
        return Accepted(job_id=told.job_id, duplicate=told.duplicate, key=key)
    return Refused(status=told.status, detail=told.detail, field=told.field, reason=told.reason, key=key)


def _not_now(told: Sequence[_Told], *, progress: bool) -> str | None:
    """Why the lines without an answer had better wait; None where they had only been too many."""
    busy = next((one.detail for one in told if one.status in NOT_NOW), None)
    return busy or (None if progress else "no line was answered")
