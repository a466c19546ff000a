"""What an HTTP answer means for an article: a page, another address, a failure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import httpx

from wireroom.errors import Busy, Failure, Unusable

MAX_WAIT = 24 * 3600.0
"""The longest Retry-After that is believed, in seconds."""
MAX_AGE = 31 * 24 * 3600.0
"""The longest max-age that is believed, in seconds."""
MAX_HEADERS, MAX_HEADER = 64, 1024
"""How many headers are kept of a page, and how many characters of each."""

NOT_MODIFIED = 304
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_PAGES = frozenset({200, 203})
_BUSY = frozenset({408, 425, 429})
_REASONS = {401: "forbidden", 402: "paywalled", 403: "forbidden", 404: "gone", 410: "gone", 451: "forbidden"}
_MAX_AGE = re.compile(r"\bmax-age\s*=\s*\"?([0-9]+)")
_DELAY = re.compile(r"[0-9]+")
_TEXTUAL = re.compile(r"text/.*|application/(?:xhtml|xml|json|javascript|x-javascript|.*\+xml|.*\+json)")
_BINARY = re.compile(r"(?:image|video|audio|font|model|application|multipart)/.*")


def redirect(status: int, headers: httpx.Headers) -> str | None:
    """Where the answer sends its reader, as written; None if it is not a redirect."""
    return headers.get("location") if status in _REDIRECTS else None


def is_for_good(status: int) -> bool:
    """Whether a redirect says that its address is not to be asked for any more."""
    return status in _FOR_GOOD


def failure(status: int, headers: httpx.Headers, now: datetime) -> Failure | None:
    """What to raise for an answer that is not a page; None for a page."""
    if status in _PAGES:
        return None
    cause = f"the server answered {status} ({_phrase(status)})"
    failed: Failure = Unusable(_REASONS.get(status, f"http_{status}"), cause)
    if status in _BUSY or 500 <= status < 600:
        failed = Busy(cause, retry_after=retry_after(headers.get("retry-after", ""), now))
    failed.status = status
    return failed


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (seconds or an HTTP date), 0 to 24 h; None if it says nothing."""
    value = value.strip()
    if _DELAY.fullmatch(value):
        return float(min(int(value[:9]), MAX_WAIT))
    moment = _moment(value)
    return None if moment is None else min(max((moment - now).total_seconds(), 0.0), MAX_WAIT)


def max_age(headers: httpx.Headers, now: datetime) -> float | None:
    """Seconds for which an answer says that it is good, by Cache-Control or Expires; None if it does not."""
    said = headers.get("cache-control", "").lower()
    if found := _MAX_AGE.search(said):
        return float(min(int(found[1][:9]), MAX_AGE))
    if "no-cache" in said or "no-store" in said:
        return 0.0
    until = _moment(headers.get("expires", ""))
    return None if until is None else min(max((until - now).total_seconds(), 0.0), MAX_AGE)


def check_media_type(content_type: str) -> None:
    """Raise `Unusable` for media that cannot be an article. What is missing or makes no sense is let through."""
    media_type = content_type.partition(";")[0].strip().lower()
    if (_BINARY.fullmatch(media_type) and not _TEXTUAL.fullmatch(media_type)) or media_type == "image/svg+xml":
        raise Unusable("media_type", f"the address is not that of a page but of {media_type[:64]}")


def kept_headers(headers: httpx.Headers) -> dict[str, str]:
    """The headers to keep with a page: names in lower case, no cookies, bounded in number and length."""
    wanted = (
        (name.lower()[:MAX_HEADER], value[:MAX_HEADER]) for name, value in headers.items() if "cookie" not in name
    )
    return dict(list(wanted)[:MAX_HEADERS])


def _moment(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no standard status"
