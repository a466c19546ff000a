"""Reading an offer: from the bytes of a request to an `ArticleJob`, or to the problem with them."""

from __future__ import annotations

import re
from email.message import Message

import msgspec
from starlette.requests import Request

from wireroom.contracts import ArticleJob, decode
from wireroom.gateway.problems import Problem, too_large

_LONGEST_NAME = 100
_MEANT = {
    "body": "a string of base64",
    "lane": "live or backfill",
    "meta": "a JSON object",
}
_UNKNOWN = re.compile("Object contains unknown field `(.*)`", re.DOTALL)
_WHERE = re.compile(r"(.*) - at `\$\.(\w+)(.*)`", re.DOTALL)
_GOT = re.compile(r"got `(\w+)`")
_BYTE = re.compile(r"(?:JSON is malformed: )?(.*) \(byte (\d+)\)")
# A pair, half of one, any other escape: in this order, so that only true halves are found.
_HALF = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


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
    if not body.strip():
        raise Problem(400, "the body is empty: send an article as one JSON object", reason="empty")
    try:
        return decode(body, ArticleJob)
    except msgspec.ValidationError as error:
        raise _misfit(str(error)) from error
    except msgspec.DecodeError as error:
        raise _malformed(body, str(error)) from error
    except UnicodeDecodeError as error:
        raise _not_utf8(body) from error
    except RecursionError as error:
        raise Problem(422, "the JSON is nested too deep", reason="too_deep") from error


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


def _misfit(message: str) -> Problem:
    if unknown := _UNKNOWN.fullmatch(message):
        name, known = unknown[1][:_LONGEST_NAME], ", ".join(ArticleJob.__struct_fields__)
        return Problem(422, f"unknown field {name}; known are: {known}", field=name, reason="unknown_field")
    got = f", not {found[1]}" if (found := _GOT.search(message)) else ""
    where = _WHERE.fullmatch(message)
    if where is None:
        return Problem(422, f"send an article as one JSON object{got}", reason="not_an_object")
    what, field, inside = where.groups()
    if inside:
        return Problem(422, f"{field} has a value that cannot be kept: {what}", field=field, reason="bad_value")
    detail = f"{field} must be {_MEANT.get(field, 'a string')}{got}"
    return Problem(422, detail, field=field, reason="wrong_type" if got else "bad_value")


def _malformed(body: bytes, message: str) -> Problem:
    for escape in _HALF.finditer(body):
        if escape[1]:
            detail = f"the escape at byte {escape.start()} is a lone surrogate: half a character is not Unicode"
            return Problem(400, detail, reason="lone_surrogate")
    if found := _BYTE.fullmatch(message):
        return Problem(400, f"the JSON is malformed at byte {found[2]}: {found[1]}", reason="malformed")
    return Problem(400, f"the JSON is malformed: it ends too early, at byte {len(body)}", reason="malformed")


def _not_utf8(body: bytes) -> Problem:
    try:
        body.decode()
    except UnicodeDecodeError as error:
        return Problem(400, f"the JSON is not UTF-8 at byte {error.start}: {error.reason}", reason="not_utf8")
    return Problem(400, "the JSON is not UTF-8", reason="not_utf8")
