"""From what a producer has in hand to what is sent: an article job as JSON, with a key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from wireroom.contracts import ArticleJob, Lane, encode

Job = ArticleJob | Mapping[str, Any]
"""An article as an `ArticleJob`, or its fields as a dict."""


class Fields(TypedDict, total=False):
    """The fields of an `ArticleJob`, as keywords. Content that comes as bytes is sent in `body`."""

    url: str | None
    html: str | bytes | None
    text: str | bytes | None
    body: bytes | None
    content_type: str | None
    producer: str | None
    key: str | None
    source: str | None
    external_id: str | None
    lane: Lane
    published: str | None
    meta: dict[str, Any]


class Line(NamedTuple):
    """An article ready to be sent, as often as need be: its key makes that safe."""

    key: str
    data: bytes
    """One JSON object, in one line."""


_MEDIA_TYPES = {"html": "text/html", "text": "text/plain"}
_BYTES = (bytes, bytearray, memoryview)


def make_line(job: Job, producer: str | None) -> Line:
    """The job with a key, if it has none, and offered by `producer`, if it does not say by whom.

    Raises `TypeError` for a field that is not known, and for a value that JSON cannot say; whether the values make
    sense is for Wireroom to judge.
    """
    if not isinstance(job, ArticleJob | Mapping):
        raise TypeError(f"give an article by its fields, as url=..., or as a job, not as {type(job).__name__}")
    made = job if isinstance(job, ArticleJob) else ArticleJob(**job)
    made = _settle_bytes(made)
    key = uuid4().hex if made.key is None else made.key
    return Line(key, _encode(replace(made, key=key, producer=producer if made.producer is None else made.producer)))


def _settle_bytes(job: ArticleJob) -> ArticleJob:
    """Content given as bytes goes to `body`; in any other field bytes would become base64 unnoticed."""
    for field in ArticleJob.__struct_fields__:
        value = getattr(job, field)
        if field == "body" or not isinstance(value, _BYTES):
            continue
        if field not in _MEDIA_TYPES:
            raise TypeError(f"{field} must be a str, not {type(value).__name__}")
        if job.body is not None:
            raise TypeError(f"give the content once: in {field} or body, not in both")
        moved: dict[str, Any] = {field: None, "body": value}
        return replace(job, content_type=job.content_type or _MEDIA_TYPES[field], **moved)
    return job


def _encode(job: ArticleJob) -> bytes:
    try:
        return encode(job)
    except UnicodeEncodeError:
        # Half a character: as an escape it arrives, and is refused with a reason.
        return json.dumps(msgspec.to_builtins(job)).encode()
