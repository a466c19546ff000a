"""Whatever is wrong with a request, the answer says what and where; nothing of it reaches the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from newsroom.api import serving, settings
from newsroom.databases import database_of
from wireroom.contracts import ArticleJob
from wireroom.database import Connection, connect
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey

PostBytes = Callable[..., httpx.Response]

URL = b'"url": "https://news.example/a"'


@pytest.fixture(scope="module")
def database(postgres: EmbeddedPostgres) -> Iterator[str]:
    """One for all, because nothing may come into it."""
    with database_of(postgres, "refusals") as url:
        yield url


@pytest.fixture(scope="module")
def api(database: str, valkey: EmbeddedValkey) -> Iterator[httpx.Client]:
    with serving(settings(database, valkey)) as client:
        yield client


@pytest.fixture(scope="module")
def db(database: str) -> Iterator[Connection]:
    with connect(database, "test") as connection:
        yield connection


@pytest.fixture(autouse=True)
def nothing_is_accepted(db: Connection) -> Iterator[None]:
    yield
    assert db.execute("SELECT count(*) FROM jobs").fetchone() == (0,)


def problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem document, which every error must be."""
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document.keys() - {"field", "reason"} == {"type", "title", "status", "detail"}
    assert document["status"] == answer.status_code
    return document


MALFORMED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "empty", "one JSON object"),
    "blanks": (b" \n ", "empty", "one JSON object"),
    "a trailing comma": (b'{"url": "x",}', "malformed", "at byte 12"),
    "a cut object": (b'{"url": "https://a.exa', "malformed", "too early, at byte 22"),
    "two objects": (b"{} {}", "malformed", "trailing characters"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "malformed", "at byte 0"),
    "a raw NUL": (b'{"url": "a\0"}', "malformed", "at byte 10"),
    "NaN": (b'{"meta": {"a": NaN}}', "malformed", "at byte 15"),
    "a number as a key": (b"{1: 2}", "malformed", "at byte 1"),
    "bytes that are no UTF-8": (b'{"text": "caf\xe9"}', "not_utf8", "at byte 13"),
    "UTF-16": ("{}".encode("utf-16"), "malformed", "at byte 0"),
    "a backslash before what looks like half a character": (rb'{"text": "\\ud83d",}', "malformed", "at byte 19"),
    "half a character": (b'{"text": "\\\\ \\ud83d\\ude00 \\ud83d"}', "lone_surrogate", "at byte 26"),
    "half a character amid text": (b'{"text": "a \\ud83d and more text"}', "lone_surrogate", "at byte 12"),
    "the second half first": (b'{"meta": {"\\uDE00": 1}}', "lone_surrogate", "at byte 11"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_json_is_told_where_it_is_wrong(post_bytes: PostBytes, what: str) -> None:
    body, reason, where = MALFORMED[what]
    answer = problem(post_bytes(body))
    assert (answer["status"], answer["reason"]) == (400, reason)
    assert where in answer["detail"]


NO_OFFER: dict[str, tuple[bytes, str | None, str, str]] = {
    "null": (b"null", None, "not_an_object", "one JSON object, not null"),
    "an array": (b"[{%s}]" % URL, None, "not_an_object", "not array"),
    "a string": (b'"https://news.example/a"', None, "not_an_object", "not str"),
    "a number": (b"7", None, "not_an_object", "not int"),
    "an empty object": (b"{}", "url", "missing", "give a url"),
    "a number as URL": (b'{"url": 7}', "url", "wrong_type", "url must be a string, not int"),
    "an object as text": (b'{"text": {}}', "text", "wrong_type", "text must be a string, not object"),
    "an array as meta": (b'{%s, "meta": []}' % URL, "meta", "wrong_type", "a JSON object, not array"),
    "null as meta": (b'{%s, "meta": null}' % URL, "meta", "wrong_type", "a JSON object, not null"),
    "an unknown lane": (b'{%s, "lane": "fast"}' % URL, "lane", "bad_value", "live or backfill"),
    "a number as lane": (b'{%s, "lane": 1}' % URL, "lane", "wrong_type", "live or backfill, not int"),
    "no base64": (b'{"body": "%%%"}', "body", "bad_value", "base64"),
    "a number too large": (b'{%s, "meta": {"a": 1e999}}' % URL, "meta", "bad_value", "out of range"),
    "a URL of a file": (b'{"url": "file:///etc/passwd"}', "url", "bad_url", "http"),
    "a NUL in a name": (b'{%s, "source": "a\\u0000"}' % URL, "source", "unstorable", "position 1"),
    "a NUL in meta": (b'{%s, "meta": {"a": ["\\u0000"]}}' % URL, "meta", "unstorable", "NUL"),
    "a NUL in a URL": (b'{"url": "https://news.example/\\u0000"}', "url", "bad_url", ""),
    "two contents": (b'{"text": "a", "html": "b"}', "text", "ambiguous", "not in both"),
    "an empty text": (b'{"text": " "}', "text", "empty", "text is empty"),
    "an empty key": (b'{%s, "key": ""}' % URL, "key", "empty", "key is empty"),
    "a long key": (b'{%s, "key": "%s"}' % (URL, b"k" * 600), "key", "too_long", "512"),
    "no time": (b'{%s, "published": "yesterday"}' % URL, "published", "not_a_time", "ISO 8601"),
    "a content above the limit": (b'{"text": "%s"}' % (b"a" * 1_000_001), "text", "too_large", "1,000,000"),
    "a large meta": (b'{%s, "meta": {"a": "%s"}}' % (URL, b"a" * 64_000), "meta", "too_large", "64,000"),
    "100,000 levels in meta": (
        b'{%s, "meta": {"a": %s%s}}' % (URL, b"[" * 100_000, b"]" * 100_000), None, "too_deep", "nested",
    ),
    "100,000 levels": (b"[" * 100_000 + b"]" * 100_000, None, "not_an_object", "one JSON object"),
    "100,000 objects": (b'{"meta":' * 100_000, None, "too_deep", "nested"),
    "200 levels in meta": (
        b'{%s, "meta": {"a": %s%s}}' % (URL, b"[" * 200, b"]" * 200), "meta", "too_deep", "nested",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_OFFER)
def test_json_that_is_no_offer_is_told_what_is_wrong_with_which_field(post_bytes: PostBytes, what: str) -> None:
    body, field, reason, words = NO_OFFER[what]
    answer = problem(post_bytes(body))
    assert (answer["status"], answer.get("field"), answer["reason"]) == (422, field, reason)
    assert words in answer["detail"]


def test_an_unknown_field_is_named_and_the_known_ones_are_listed(post_bytes: PostBytes) -> None:
    answer = problem(post_bytes(b'{%s, "titel": "x"}' % URL))
    assert (answer["status"], answer["field"], answer["reason"]) == (422, "titel", "unknown_field")
    assert answer["detail"].startswith("unknown field titel; known are: url, html, text,")
    assert all(field in answer["detail"] for field in ArticleJob.__struct_fields__)


@pytest.mark.parametrize("name", [b"a` - at `$.url`", b"\\n", b"\\u0000", b"n" * 500_000])
def test_an_odd_name_of_an_unknown_field_does_no_harm(post_bytes: PostBytes, name: bytes) -> None:
    answer = problem(post_bytes(b'{"%s": 1}' % name))
    assert answer["reason"] == "unknown_field"
    assert len(answer["detail"]) < 500


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "application/jsonp"},
        {"content-type": ""},
        {"content-type": "application/json; charset=utf-16"},
        {"content-encoding": "gzip"},
    ],
    ids=str,
)
def test_only_plain_json_in_utf8_is_read(post_bytes: PostBytes, headers: dict[str, str]) -> None:
    answer = problem(post_bytes(b"{%s}" % URL, **headers))
    assert answer["status"] == 415
    assert "JSON" in answer["detail"] or "application/json" in answer["detail"]


def test_a_request_without_content_type_is_refused(api: httpx.Client) -> None:
    assert problem(api.post("/v1/articles", content=b"{%s}" % URL))["status"] == 415


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/articles/", "/v1/jobs", "/v2/articles", "/v1/articles/1/2", "/%00"])
def test_an_unknown_path_is_not_found(api: httpx.Client, path: str) -> None:
    assert problem(api.get(path))["status"] == 404


@pytest.mark.parametrize("host", ["[", "a b", "x:y", ""])
def test_an_odd_host_does_no_harm(api: httpx.Client, host: str) -> None:
    assert problem(api.get("/nowhere", headers={"host": host}))["status"] == 404


def test_a_long_path_is_not_sent_back(api: httpx.Client) -> None:
    assert len(problem(api.get("/" + "x" * 10_000))["detail"]) < 200


def test_a_wrong_method_is_told_the_right_one(api: httpx.Client) -> None:
    answer = api.get("/v1/articles")
    assert problem(answer)["status"] == 405
    assert answer.headers["allow"] == "POST"
    assert problem(api.delete("/v1/jobs/1"))["status"] == 405


@pytest.mark.parametrize("id_", ["0", "-1", "x", "1.0", "9223372036854775808", "9" * 5000, "٣", "1%00", "%2e%2e"])
@pytest.mark.parametrize("what", ["jobs", "articles"])
def test_an_id_that_is_no_bigint_is_not_found(api: httpx.Client, what: str, id_: str) -> None:
    answer = problem(api.get(f"/v1/{what}/{id_}"))
    assert answer["status"] == 404
    assert len(answer["detail"]) < 200


@pytest.mark.parametrize("what", ["jobs", "articles"])
def test_an_id_that_nobody_has_is_not_found(api: httpx.Client, what: str) -> None:
    assert problem(api.get(f"/v1/{what}/9223372036854775807"))["status"] == 404


@pytest.mark.parametrize("version", ["", "0", "-1", "two", "9" * 30])
def test_a_version_that_is_no_number_is_refused(api: httpx.Client, version: str) -> None:
    answer = problem(api.get("/v1/articles/1", params={"version": version}))
    assert (answer["status"], answer["field"]) == (422, "version")


@pytest.mark.parametrize("origin", ["http://elsewhere.example", "null", "http://127.0.0.1", ""])
@pytest.mark.parametrize("path", ["/v1/articles", "/v1/jobs/1/cancel", "/v1/submissions/may/cancel"])
def test_a_page_of_another_site_posts_nothing(api: httpx.Client, path: str, origin: str) -> None:
    answer = api.post(path, json={"text": "The ferry came."}, headers={"origin": origin})
    assert (answer.status_code, problem(answer)["reason"]) == (403, "cross_site")


def test_a_page_of_the_same_site_may_post(api: httpx.Client) -> None:
    origin = f"HTTP://{api.base_url.netloc.decode()}"
    assert api.post("/v1/jobs/1/cancel", headers={"origin": origin}).status_code == 404
