"""Talking to a gateway without doing it: a talk yields what is to be sent or waited for, and is told what came of it.

So the clients for threads and for asyncio differ in nothing but how they send and wait.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import msgspec

from wireroom.client.errors import ArticleRefused, HasEnded, NotAllowed, NotFound, Problem
from wireroom.client.patience import Patience, Pause

T = TypeVar("T")

NOT_NOW = frozenset({408, 429, 502, 503, 504})
"""Statuses after which the same request may well succeed in a moment."""
_REFUSED = frozenset({400, 409, 413, 422})
_KINDS: dict[int, type[Problem]] = {401: NotAllowed, 403: NotAllowed, 404: NotFound}
_LONGEST_BODY = 200


@dataclass(frozen=True)
class Request:
    """One HTTP request; `seconds` is what the answer may take longer than others."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    content_type: str | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int
    body: bytes
    retry_after: float | None = None


@dataclass(frozen=True)
class Broken:
    """There was no answer, or not all of it."""

    cause: str


Step: TypeAlias = Request | Pause
Heard: TypeAlias = Reply | Broken | None
Talk: TypeAlias = Generator[Step, Heard, T]


class _Document(msgspec.Struct, frozen=True):
    """A problem document of RFC 9457."""

    status: int
    detail: str
    field: str | None = None
    reason: str | None = None
    outcome: str | None = None


def hear(request: Request, patience: Patience) -> Talk[Reply]:
    """The answer to a request that may be repeated, whatever it says; raises `WireroomUnavailable`."""
    while True:
        heard = yield request
        match heard:
            case Reply(_, _, retry_after) if _is_not_now(heard):
                yield patience.pause(str(problem(heard)), retry_after)
            case Reply():
                return heard
            case Broken(cause):
                yield patience.pause(cause)


def _is_not_now(reply: Reply) -> bool:
    """Also where it is not Wireroom that failed, but what stands before it."""
    return reply.status in NOT_NOW or (reply.status >= 500 and _document(reply) is None)


def _document(reply: Reply) -> _Document | None:
    try:
        return msgspec.json.decode(reply.body, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def problem(reply: Reply) -> Problem:
    """What an answer that is an error says."""
    told = _document(reply)
    if told is None:
        return strange(reply)
    if told.reason == "finished":
        return HasEnded(reply.status, told.detail, reason=told.reason, outcome=told.outcome)
    kind = _KINDS.get(reply.status, Problem)
    return kind(reply.status, told.detail, field=told.field, reason=told.reason)


def refusal(reply: Reply) -> Problem:
    """As `problem`, of an article that was offered."""
    told = problem(reply)
    if reply.status not in _REFUSED or told.reason is None:
        return told
    return ArticleRefused(told.status, told.detail, field=told.field, reason=told.reason)


def read(reply: Reply, kind: type[T]) -> T:
    """What an answer that is no error says."""
    try:
        return msgspec.json.decode(reply.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise strange(reply) from error


def strange(reply: Reply) -> Problem:
    """The answer is somebody else's."""
    said = reply.body[:_LONGEST_BODY].decode(errors="replace")
    return Problem(reply.status, f"this is no answer of Wireroom's, check the address: {said!r}")
