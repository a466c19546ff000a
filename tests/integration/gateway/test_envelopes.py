"""A job is read from bare JSON and from what kombu and Celery send; what is in no such envelope is told why."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from celery import Celery
from kombu.connection import Connection
from kombu.entity import Exchange, Queue
from kombu.messaging import Producer

from wireroom.contracts import ArticleJob
from wireroom.embedded import EmbeddedValkey
from wireroom.gateway.envelopes import read_item
from wireroom.gateway.intake_list import Pushed
from wireroom.ledger.offer import Offer, Refused
from wireroom.topology import INTAKE_LIST, SUBMIT_TASK

JOB: dict[str, Any] = {
    "text": 'The ferry came: "at last" — Ada', "key": "k", "producer": "p", "meta": {"n": [1, None, {"é": 2.5}]},
}  # fmt: skip
ENVELOPE: dict[str, Any] = {
    "body": b64encode(json.dumps(JOB).encode()).decode(), "content-type": "application/json",
    "content-encoding": "utf-8", "headers": {}, "properties": {"body_encoding": "base64"},
}  # fmt: skip
CALL = {"lang": "py", "task": SUBMIT_TASK, "eta": None, "expires": None}
EMBED: dict[str, Any] = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}


def read(data: bytes | dict[str, Any]) -> Offer | Refused:
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read_item(Pushed(len(data), data), 1_000_000)[1]


def job(data: bytes | dict[str, Any]) -> ArticleJob:
    found = read(data)
    assert isinstance(found, Offer), found
    return found.job


def body(content: object) -> dict[str, Any]:
    return ENVELOPE | {"body": b64encode(json.dumps(content).encode()).decode()}


@pytest.fixture
def broker(valkey: EmbeddedValkey) -> Iterator[Any]:
    with redis.Redis.from_url(valkey.url) as client:
        client.delete(INTAKE_LIST)
        yield client


@pytest.fixture
def celery(valkey: EmbeddedValkey) -> Iterator[Celery]:
    """The application of a producer, with its own settings."""
    with Celery("producer", broker=valkey.url, set_as_current=False) as app:
        yield app


def test_bare_json_is_a_job() -> None:
    assert job(json.dumps(JOB).encode()) == ArticleJob(**JOB)


@pytest.mark.parametrize("content", [JOB, json.dumps(JOB), json.dumps(JOB).encode()], ids=["object", "text", "bytes"])
def test_what_kombu_sends_is_a_job(broker: Any, valkey: EmbeddedValkey, content: Any) -> None:
    with Connection(valkey.url) as connection, connection.channel() as channel:
        queue = Queue(INTAKE_LIST, Exchange(""), routing_key=INTAKE_LIST)
        Producer(channel).publish(content, routing_key=INTAKE_LIST, declare=[queue])
    assert job(broker.rpop(INTAKE_LIST)) == ArticleJob(**JOB)


@pytest.mark.parametrize("protocol", [1, 2])
@pytest.mark.parametrize("given", [{"args": [JOB]}, {"kwargs": JOB}], ids=["args", "kwargs"])
def test_what_celery_sends_is_a_job(broker: Any, celery: Celery, protocol: int, given: dict[str, Any]) -> None:
    celery.conf.task_protocol = protocol
    celery.send_task(SUBMIT_TASK, queue=INTAKE_LIST, **given)
    assert job(broker.rpop(INTAKE_LIST)) == ArticleJob(**JOB)


def test_what_celery_sends_as_pickle_is_refused(broker: Any, celery: Celery) -> None:
    celery.send_task(SUBMIT_TASK, args=[JOB], queue=INTAKE_LIST, serializer="pickle")
    found = read(broker.rpop(INTAKE_LIST))
    assert isinstance(found, Refused)
    assert (found.reason, found.cause) == (
        "not_json",
        "send the job as application/json, not as application/x-python-serialize",
    )


def test_a_job_that_is_to_come_later_is_refused(broker: Any, celery: Celery) -> None:
    celery.send_task(SUBMIT_TASK, args=[JOB], queue=INTAKE_LIST, countdown=60)
    found = read(broker.rpop(INTAKE_LIST))
    assert isinstance(found, Refused) and (found.field, found.reason) == ("eta", "unsupported")


@pytest.mark.parametrize(
    ("data", "field", "reason"),
    [
        (b"", "", "empty"),
        (b"[]", "", "not_an_object"),
        (b'{"meta":' + b'{"a":' * 100_000, "", "too_deep"),
        (b"\x80\x04\x95", "", "malformed"),
        (body({"text": "x", "colour": "red"}), "colour", "unknown_field"),
        (body([]), "", "not_an_object"),
        (ENVELOPE | {"body": "%%%"}, "", "malformed"),
        (ENVELOPE | {"content-encoding": "utf-16"}, "", "not_utf8"),
        (ENVELOPE | {"headers": {"compression": "application/x-gzip"}}, "", "compressed"),
        (body([[JOB], {}, EMBED]) | {"headers": CALL | {"task": "mail.send"}}, "task", "unknown_task"),
        (body([[JOB], {}, EMBED]) | {"headers": CALL | {"expires": "2030-01-01"}}, "expires", "unsupported"),
        (body([[JOB], {}, EMBED | {"callbacks": [{}]}]) | {"headers": CALL}, "link", "unsupported"),
        (body([[JOB], {}, EMBED | {"chain": [{}]}]) | {"headers": CALL}, "chain", "unsupported"),
        (body([[], {}, EMBED]) | {"headers": CALL}, "", "wrong_arguments"),
        (body([[JOB, JOB], {}, EMBED]) | {"headers": CALL}, "", "wrong_arguments"),
        (body([[JOB], {"key": "k"}, EMBED]) | {"headers": CALL}, "", "wrong_arguments"),
        (body([["text"], {}, EMBED]) | {"headers": CALL}, "", "not_an_object"),
        (body({"args": 1}) | {"headers": CALL}, "", "malformed"),
        (body({"task": "mail.send", "args": [JOB]}), "task", "unknown_task"),
    ],
    ids=lambda given: str(given)[:60],
)
def test_what_is_no_job_is_told_why(data: bytes | dict[str, Any], field: str, reason: str) -> None:
    found = read(data)
    assert isinstance(found, Refused), found
    assert (found.field, found.reason) == (field, reason)
    assert found.cause


def test_a_refusal_knows_whose_the_job_was() -> None:
    data = json.dumps(body(JOB | {"lane": "slow"})).encode()
    item, found = read_item(Pushed(len(data), data), 1_000_000)
    assert isinstance(found, Refused) and found.field == "lane"
    assert (item.producer, item.key, item.bytes) == ("p", "k", len(data))
