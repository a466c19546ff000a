"""What a producer offers, checked and made ready for the ledger."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from wireroom import urls
from wireroom.contracts import ArticleJob, encode

ANONYMOUS = "anonymous"
"""The producer of an offer that names none."""
MAX_NAME = 512
"""Most bytes (UTF-8) in a producer, source, key or external id: Postgres indexes them."""
MAX_META = 64_000
"""Most bytes of `meta` as JSON."""
KEEP_SECONDS = 30 * 86_400.0
"""How long ended offers are remembered."""
MAX_LEVELS = 100
"""Most levels of objects and arrays in `meta`: every reader must be able to walk them."""
_CONTENT_TYPES = {"html": "text/html; charset=utf-8", "text": "text/plain; charset=utf-8"}
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Refused:
    """The offer cannot be accepted: which field is wrong, why (a stable slug), and a sentence that names the fix."""

    field: str
    reason: str
    cause: str


@dataclass(frozen=True)
class Offer:
    """An acceptable offer."""

    job: ArticleJob
    producer: str
    source: str
    hash: bytes
    """Equal for two offers of the same thing: of the family of its URL, and of the content too where it came inline."""
    digest: bytes
    """Of everything but the key: the same key must come with the same."""
    meta: str
    leg: Literal["fetch", "process"]
    host: str | None = None
    """For the fetch leg: whom to ask."""
    body: bytes = b""
    """For the process leg: the content."""
    content_type: str = ""
    fresh_seconds: float = 0.0
    """How long after its end another offer of the same thing still makes this one a sighting: at most `KEEP_SECONDS`. A
    producer knows why it offers a thing again; a feed that shows it for the first time does not say that it is new."""

    @property
    def receipt(self) -> tuple[str, str] | None:
        """Producer and key, if it has one: accepted once."""
        return (self.producer, self.job.key) if self.job.key else None


def prepare(job: ArticleJob, content_bytes: int) -> Offer | Refused:
    """Check `job` against what can be stored and fetched; `content_bytes` bounds its content."""
    try:
        return _prepare(job, content_bytes)
    except _Refusal as refusal:
        return refusal.refused


def check_name(field: str, value: str | None) -> Refused | None:
    """Whether a producer, source, key or external id can be stored."""
    if value is None:
        return None
    if not value.strip():
        return Refused(field, "empty", f"{field} is empty: leave it out, or give it a value")
    if refused := _check_text(field, value):
        return refused
    size = len(value.encode())
    return (
        Refused(field, "too_long", f"{field} has {size} bytes; at most {MAX_NAME} are kept")
        if size > MAX_NAME
        else None
    )


def _prepare(job: ArticleJob, content_bytes: int) -> Offer:
    for field in ("producer", "key", "source", "external_id", "content_type"):
        _insist(check_name(field, getattr(job, field)))
    _check_published(job.published)
    meta = _meta(job)
    where, host = _where(job)
    producer = job.producer or ANONYMOUS
    source = job.source or (urls.source_of(job.url) if job.url else "unknown")
    content = _content(job, content_bytes)
    digest = _digest(encode(replace(job, key=None)))
    if content is None:
        if host is None:
            raise _Refusal("url", "missing", "give a url to fetch, or the article inline in html, text or body")
        return Offer(job, producer, source, where, digest, meta, "fetch", host=host)
    body, content_type = content
    return Offer(
        job, producer, source, _digest(where, body), digest, meta, "process", body=body, content_type=content_type
    )


class _Refusal(Exception):  # noqa: N818 - it is what happened
    """Carries a `Refused` out of the checks."""

    def __init__(self, field: str, reason: str, cause: str) -> None:
        super().__init__(cause)
        self.refused = Refused(field, reason, cause)


def _insist(refused: Refused | None) -> None:
    if refused:
        raise _Refusal(refused.field, refused.reason, refused.cause)


def _check_text(field: str, value: str) -> Refused | None:
    match = _UNSTORABLE.search(value)
    if match is None:
        return None
    what = "a NUL character" if match[0] == "\0" else "a lone surrogate (it is not valid Unicode)"
    return Refused(field, "unstorable", f"{field} has {what} at position {match.start()}")


def _check_published(published: str | None) -> None:
    try:
        if published is not None:
            datetime.fromisoformat(published)
    except ValueError as error:
        raise _Refusal("published", "not_a_time", "published must be ISO 8601, as 2025-04-19T14:40:00+05:00") from error


def _where(job: ArticleJob) -> tuple[bytes, str | None]:
    """The family of the address (nothing without one), and the host."""
    if job.url is None:
        return b"", None
    try:
        return urls.family_hash(job.url), urls.host(job.url)
    except urls.InvalidUrl as error:
        raise _Refusal("url", "bad_url", str(error)) from error


def _content(job: ArticleJob, content_bytes: int) -> tuple[bytes, str] | None:
    """The inline content and its media type; None where it must be fetched."""
    given = [field for field in ("html", "text", "body") if getattr(job, field) is not None]
    if not given:
        return None
    if len(given) > 1:
        raise _Refusal(given[1], "ambiguous", f"give the content once: in {' or '.join(given)}, not in both")
    field = given[0]
    body = _bytes(field, getattr(job, field))
    if not body.strip():
        raise _Refusal(field, "empty", f"{field} is empty")
    if len(body) > content_bytes:
        raise _Refusal(field, "too_large", f"{field} has {len(body):,} bytes; at most {content_bytes:,} are accepted")
    return body, job.content_type or _CONTENT_TYPES.get(field, "")


def _bytes(field: str, value: str | bytes) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        cause = f"{field} has a lone surrogate at position {error.start}: send the raw bytes in body instead"
        raise _Refusal(field, "unstorable", cause) from error


def _meta(job: ArticleJob) -> str:
    _check_levels(job.meta)
    try:
        meta = msgspec.json.encode(job.meta)
    except (TypeError, ValueError, RecursionError) as error:
        raise _Refusal("meta", "not_json", f"meta cannot be written as JSON: {error}") from error
    if len(meta) > MAX_META:
        raise _Refusal("meta", "too_large", f"meta has {len(meta):,} bytes as JSON; at most {MAX_META:,} are kept")
    if b"\\u0000" in meta.replace(b"\\\\", b""):
        raise _Refusal("meta", "unstorable", "meta has a NUL character in it; Postgres cannot keep one")
    return meta.decode()


def _check_levels(meta: dict[str, Any]) -> None:
    level: list[Any] = [meta]
    for _ in range(MAX_LEVELS):
        level = [child for one in level for child in (one.values() if isinstance(one, dict) else one)]
        level = [one for one in level if isinstance(one, (dict, list))]
        if not level:
            return
    raise _Refusal("meta", "too_deep", f"meta is nested too deep: at most {MAX_LEVELS} levels are kept")


def _digest(*parts: bytes) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.digest()
