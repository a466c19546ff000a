"""What the head of an answer means."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from wireroom.errors import Transient, Unusable
from wireroom.ingest import answers

NOW = datetime(2025, 4, 19, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        (" 120 ", 120),
        ("99999999999999999999", answers.MAX_WAIT),
        ("Sat, 19 Apr 2025 12:01:00 GMT", 60),
        ("Sat, 19 Apr 2025 12:01:00 -0000", 60),
        ("Sat, 19 Apr 2025 14:01:00 +0200", 60),
        ("Sat, 19 Apr 2025 11:00:00 GMT", 0),
        ("Sat, 19 Apr 2099 11:00:00 GMT", answers.MAX_WAIT),
    ],
)
def test_retry_after_is_read_as_seconds_within_a_day(value: str, seconds: float) -> None:
    assert answers.retry_after(value, NOW) == seconds


@pytest.mark.parametrize("value", ["", "soon", "-5", "1.5", "Sat, 99 Foo 2025", "٣", "Sat, 19 Apr 99999 11:00:00 GMT"])
def test_retry_after_that_makes_no_sense_says_nothing(value: str) -> None:
    assert answers.retry_after(value, NOW) is None


@pytest.mark.parametrize("status", [200, 203])
def test_a_page_is_no_failure(status: int) -> None:
    assert answers.failure(status, httpx.Headers(), NOW) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_server_in_trouble_has_to_wait(status: int) -> None:
    failure = answers.failure(status, httpx.Headers({"Retry-After": "9"}), NOW)
    assert isinstance(failure, Transient)
    assert (failure.retry_after, str(status) in str(failure)) == (9, True)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        *((401, "forbidden"), (402, "paywalled"), (403, "forbidden"), (404, "gone"), (410, "gone"), (451, "forbidden")),
        *((204, "http_204"), (206, "http_206"), (304, "http_304"), (400, "http_400"), (799, "http_799")),
    ],
)
def test_any_other_answer_is_unusable(status: int, reason: str) -> None:
    failure = answers.failure(status, httpx.Headers(), NOW)
    assert isinstance(failure, Unusable)
    assert failure.reason == reason


@pytest.mark.parametrize(
    "content_type",
    [
        *("", "text/html", "TEXT/HTML; charset=x", "text/plain", "application/xhtml+xml", "application/json"),
        *("application/ld+json", "application/rss+xml", "html", "no/sense", ";"),
    ],
)
def test_media_that_may_be_an_article_are_let_through(content_type: str) -> None:
    answers.check_media_type(content_type)


@pytest.mark.parametrize(
    "content_type",
    ["image/png", "Image/SVG+XML", "application/pdf", "application/zip; a=b", "audio/mpeg", "font/woff2"],
)
def test_media_that_cannot_be_an_article_are_unusable(content_type: str) -> None:
    with pytest.raises(Unusable, match=content_type.partition(";")[0].lower().replace("+", r"\+")) as raised:
        answers.check_media_type(content_type)
    assert raised.value.reason == "media_type"


def test_kept_headers_are_few_short_and_without_cookies() -> None:
    many = {f"X-{number}": "v" for number in range(200)}
    kept = answers.kept_headers(httpx.Headers({"Set-Cookie": "a=b", "Set-Cookie2": "c", "X-Long": "x" * 9999} | many))
    assert len(kept) == answers.MAX_HEADERS
    assert len(kept["x-long"]) == answers.MAX_HEADER
    assert not [name for name in kept if "cookie" in name or name != name.lower()]


@pytest.mark.parametrize(("status", "location"), [(301, "/b"), (308, "/b"), (200, None), (300, None), (304, None)])
def test_only_a_redirect_leads_elsewhere(status: int, location: str | None) -> None:
    assert answers.redirect(status, httpx.Headers({"Location": "/b"})) == location


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "public, max-age=600"}, 600),
        ({"Cache-Control": 'MAX-AGE="60", s-maxage=9'}, 60),
        ({"Cache-Control": "max-age=99999999999999"}, answers.MAX_AGE),
        ({"Cache-Control": "no-cache"}, 0),
        ({"Cache-Control": "no-store", "Expires": "Sat, 19 Apr 2025 13:00:00 GMT"}, 0),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Expires": "Sat, 19 Apr 2025 13:00:00 GMT"}, 3600),
        ({"Expires": "Sat, 19 Apr 2025 11:00:00 GMT"}, 0),
        ({"Expires": "0"}, None),
        ({"Cache-Control": "max-age=5", "Expires": "Sat, 19 Apr 2025 13:00:00 GMT"}, 5),
    ],
)
def test_an_answer_says_for_how_long_it_is_good(headers: dict[str, str], seconds: float | None) -> None:
    assert answers.max_age(httpx.Headers(headers), NOW) == seconds
