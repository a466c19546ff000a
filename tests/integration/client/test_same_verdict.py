"""The same article gets the same verdict whichever way it comes: HTTP, NDJSON, client, command line, list."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import jsonschema
import msgspec
import pytest
import redis

from newsroom.api import serving, settings
from newsroom.desk import Desk
from newsroom.line import ROOT
from wireroom.client import Client, Refused
from wireroom.embedded import EmbeddedValkey
from wireroom.topology import INTAKE_LIST

STRUCTURE = {"unknown_field", "wrong_type", "not_an_object", "missing"}
"""Reasons that a JSON Schema can know."""
PATIENCE = 60.0


class Verdict(NamedTuple):
    """What is said of an article that is not accepted."""

    field: str | None
    reason: str
    detail: str = ""


def article(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def deep(levels: int) -> dict[str, Any]:
    return {"a": deep(levels - 1)} if levels else {}


CORPUS: dict[bytes, tuple[str | None, str] | None] = {
    article(url="https://news.example/a"): None,
    article(url="HTTP://News.Example:80/a/../b?utm_source=x#top", source="Harbour Wire"): None,
    article(url="https://xn--mnchen-3ya.example/ä"): None,
    article(url="https://news.example/b", html="<p>Inline.", content_type="text/html"): None,
    article(text="Été, 夏, \U0001f30a", meta={"n": [1, 2.5, None, True, {"é": "à"}], "long": 2**60}): None,
    article(body="TmV3cy4=", content_type="text/plain; charset=utf-8", key="k1", producer="p"): None,
    article(text="Same.", key="k2", lane="backfill", external_id="7", published="2025-04-19T14:40:00+05:00"): None,
    article(text="Nulls.", url=None, html=None, body=None, key=None, producer=None, published=None): None,
    article(text="Date.", published="2025-04-19"): None,
    article(text="x" * 512, key="x" * 512): None,
    article(text="Deep.", meta=deep(90)): None,
    b'{"text": "Twice.", "text": "The last one counts."}': None,
    b'{"text": "Escapes \\ud83c\\udf0a \\u00e9"}': None,
    article(): ("url", "missing"),
    article(meta={}): ("url", "missing"),
    article(url="ftp://news.example/a"): ("url", "bad_url"),
    article(url="news.example/a"): ("url", "bad_url"),
    article(url=""): ("url", "bad_url"),
    article(url="https://ada:secret@news.example/"): ("url", "bad_url"),
    article(url="https://news.example/" + "x" * 8192): ("url", "bad_url"),
    article(url="https://news.example:99999/"): ("url", "bad_url"),
    article(url=7): ("url", "wrong_type"),
    article(text=["a"]): ("text", "wrong_type"),
    article(text="Meta.", meta=[]): ("meta", "wrong_type"),
    article(text="Meta.", meta=None): ("meta", "wrong_type"),
    article(text="Key.", key=7): ("key", "wrong_type"),
    article(text="Lane.", lane="fast"): ("lane", "bad_value"),
    article(body="no base64!"): ("body", "bad_value"),
    article(text="A", titel="B"): ("titel", "unknown_field"),
    article(text="A", body="QQ=="): ("body", "ambiguous"),
    article(text="A", html="A"): ("text", "ambiguous"),
    article(text=""): ("text", "empty"),
    article(html=" \n"): ("html", "empty"),
    article(text="A", key=""): ("key", "empty"),
    article(text="A", source="  "): ("source", "empty"),
    article(text="A", producer="p\0"): ("producer", "unstorable"),
    article(text="A", key="é" * 257): ("key", "too_long"),
    article(text="A", external_id="x" * 513): ("external_id", "too_long"),
    article(text="A", published="May 2"): ("published", "not_a_time"),
    article(text="A", meta={"a": "x" * 64_001}): ("meta", "too_large"),
    article(text="A", meta={"a": "\0"}): ("meta", "unstorable"),
    article(text="A", meta=deep(101)): ("meta", "too_deep"),
    article(text="x" * 1_000_001): ("text", "too_large"),
    b'{"text": "half \\ud800"}': (None, "lone_surrogate"),
    b'{"text": "A"': (None, "malformed"),
    b'{"text": "A"} {}': (None, "malformed"),
    b"{'text': 'A'}": (None, "malformed"),
    b'{"text": "A", "meta": {"n": NaN}}': (None, "malformed"),
    b'{"text": "\xff"}': (None, "not_utf8"),
    b"[]": (None, "not_an_object"),
    b"null": (None, "not_an_object"),
    b'"https://news.example/a"': (None, "not_an_object"),
    b"https://news.example/a": (None, "malformed"),
}  # fmt: skip
"""Articles as they are sent, good ones and bad ones; field and reason of a bad one."""


def is_object(sent: bytes) -> bool:
    return sent.startswith(b"{")


@pytest.fixture
def api(database: str, valkey: EmbeddedValkey) -> Iterator[httpx.Client]:
    with redis.Redis.from_url(valkey.url) as broker:
        broker.delete(INTAKE_LIST)
    with serving(settings(database, valkey)) as client:
        yield client


@pytest.fixture
def told(api: httpx.Client) -> dict[bytes, Verdict | None]:
    """What HTTP says of each, one by one."""

    def post(sent: bytes) -> Verdict | None:
        answer = api.post("/v1/articles", content=sent, headers={"content-type": "application/json"})
        if answer.status_code == 202:
            return None
        return _verdict(answer.json())

    return {sent: post(sent) for sent in CORPUS}


def _verdict(told: dict[str, Any]) -> Verdict:
    return Verdict(told.get("field"), told["reason"], told["detail"])


def test_http_says_what_is_expected(told: dict[bytes, Verdict | None]) -> None:
    assert {sent: verdict and verdict[:2] for sent, verdict in told.items()} == CORPUS


def test_every_reason_is_in_the_contract(told: dict[bytes, Verdict | None]) -> None:
    table = (ROOT / "docs/producers.md").read_text("utf-8").partition("## Refusals")[2].partition("## ")[0]
    assert {verdict.reason for verdict in told.values() if verdict} <= set(re.findall(r"`(\w+)`", table))


def test_ndjson_says_the_same(api: httpx.Client, told: dict[bytes, Verdict | None]) -> None:
    answer = api.post(
        "/v1/articles", content=b"\n".join(CORPUS), headers={"content-type": "application/x-ndjson"}
    )  # fmt: skip
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [None if "job_id" in line else _verdict(line) for line in lines] == list(told.values())


def test_the_client_says_the_same(api: httpx.Client, told: dict[bytes, Verdict | None]) -> None:
    """Of what Python can hold, and what does not name a field that is not there: that is a TypeError at once."""
    jobs: dict[bytes, Any] = {}
    for sent, expected in told.items():
        if is_object(sent) and (not expected or expected.reason not in ("malformed", "not_utf8", "unknown_field")):
            jobs[sent] = json.loads(sent)
    assert len(jobs) > 35
    with Client(str(api.base_url)) as wire:
        answers = wire.submit_many(jobs.values())
    said = {
        sent: Verdict(one.field, one.reason or "", one.detail) if isinstance(one, Refused) else None
        for sent, one in zip(jobs, answers, strict=True)
    }
    for sent, verdict in said.items():
        expected = told[sent]
        if expected and expected.reason == "lone_surrogate":
            assert verdict and verdict[:2] == expected[:2], "the place of the escape is another"
        else:
            assert verdict == expected


def test_the_command_line_says_the_same(database: str, api: httpx.Client, told: dict[bytes, Verdict | None]) -> None:
    """Of objects: another line is an address there."""
    sent = [one for one in CORPUS if is_object(one)]
    env = os.environ | {"WIREROOM_DATABASE_URL": database, "WIREROOM_CONTENT_BYTES": "1000000", "USER": "ada"}
    command = [sys.executable, "-m", "wireroom.cli.main", "submit", "-", "--json"]
    ended = subprocess.run(command, input=b"\n".join(sent), env=env, capture_output=True, timeout=PATIENCE)
    accepted = [json.loads(line)["job_id"] for line in ended.stdout.splitlines()]
    assert len(accepted) == sum(told[one] is None for one in sent)
    expected = [
        f"refused: line {number}: " + (f"{verdict.field}: " if verdict.field else "") + verdict.detail
        for number, one in enumerate(sent, 1)
        if (verdict := told[one])
    ]
    refused = [line for line in ended.stderr.decode().splitlines() if line.startswith("refused: ")]
    assert sorted(refused) == sorted(" ".join(line.split()) for line in expected)


def test_the_list_says_the_same(
    api: httpx.Client, told: dict[bytes, Verdict | None], valkey: EmbeddedValkey, desk: Desk
) -> None:
    with redis.Redis.from_url(valkey.url) as broker:
        broker.lpush(INTAKE_LIST, *CORPUS)
        expected = [verdict for verdict in told.values() if verdict]
        wait(lambda: desk.value("SELECT count(*) FROM refusals") == len(expected))
        assert not broker.exists(INTAKE_LIST)
    rows = desk.db.execute("SELECT field, reason, cause FROM refusals ORDER BY id").fetchall()
    assert [Verdict(*row) for row in rows] == [verdict._replace(detail=verdict.detail[:500]) for verdict in expected]
    desk.check()


def wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def test_the_schema_says_the_same_of_structure(api: httpx.Client, told: dict[bytes, Verdict | None]) -> None:
    """And it is never stricter: what it refuses, nobody accepts."""
    schema = api.get("/v1/schema.json").json()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for sent, verdict in told.items():
        try:
            valid = validator.is_valid(msgspec.json.decode(sent))
        except (msgspec.DecodeError, UnicodeDecodeError):
            assert verdict is not None
            continue
        if verdict is None:
            assert valid, sent
        elif verdict.reason in STRUCTURE:
            assert not valid, sent
