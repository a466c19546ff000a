"""Reading an offer: from the bytes of a request to an `ArticleJob`, or to the problem with them."""

from __future__ import annotations

from email.message import Message

from starlette.requests import Request

from wireroom.contracts import ArticleJob
from wireroom.gateway.problems import Problem, too_large
from wireroom.ledger.offer import Refused
from wireroom.ledger.reading import NOT_JSON, read_job


def limit(content_bytes: int) -> int:
    """Most bytes of a request whose content has `content_bytes`: base64 and the other fields need some more."""
    return content_bytes * 14 // 10 + 100_000


async def read(request: Request, most: int) -> bytes:
    """The request's body, of at most `most` bytes; what is beyond is not read. Raises `Problem`."""
    _check_media(request)
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_large(most)
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > most:
            raise too_large(most)
        body += chunk
    return bytes(body)


def article_job(body: bytes) -> ArticleJob:
    """The offer that `body` is; raises `Problem` that says what is wrong where."""
    job = read_job(body)
    if isinstance(job, Refused):
        status = 400 if job.reason in NOT_JSON else 422
        raise Problem(status, job.cause, field=job.field or None, reason=job.reason)
    return job


def _check_media(request: Request) -> None:
    header = Message()
    header["content-type"] = request.headers.get("content-type") or "nothing/at-all"
    media = header.get_content_type()
    if media != "application/json" and not media.endswith("+json"):
        raise Problem(415, "send the article as application/json", reason="not_json")
    if header.get_content_charset("utf-8") not in ("utf-8", "utf8", "us-ascii"):
        raise Problem(415, "send the JSON in UTF-8", reason="not_utf8")
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "send the JSON without a content-encoding", reason="encoded")
