"""What is pushed onto the intake list: a job as bare JSON, or in the envelope of kombu or Celery."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import Any

import msgspec

from wireroom.gateway.intake_list import Pushed
from wireroom.ledger.offer import Offer, Refused, prepare
from wireroom.ledger.reading import read_job
from wireroom.ledger.refusals import HEAD, Item
from wireroom.topology import SUBMIT_TASK

_JSON = (None, "", "application/json", "text/plain", "application/data")
"""Content types under which a producer sends JSON: the last two where it made a string or bytes of it itself."""
_UTF8 = (None, "", "utf-8", "us-ascii", "ascii", "binary")
_ARGUMENTS = f"call {SUBMIT_TASK} with the job as its only argument, or with the job's fields as keyword arguments"
_UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_PROMISES = {"callbacks": "link", "errbacks": "link_error", "chain": "chain", "chord": "chord"}
"""What a call of Celery wants done after the task -> the option that says so."""


class _Envelope(msgspec.Struct, rename="kebab"):
    """A message of kombu."""

    properties: dict[str, Any]
    body: str
    headers: dict[str, Any] | None = None
    content_type: str | None = None
    content_encoding: str | None = None


class _FirstProtocol(msgspec.Struct):
    """A call of a task as Celery's protocol 1 has it in the body."""

    task: str
    args: list[msgspec.Raw] = []
    kwargs: dict[str, msgspec.Raw] = {}
    eta: Any = None
    callbacks: Any = None
    errbacks: Any = None
    chord: Any = None


class _Known(msgspec.Struct):
    """Whose a job is, where it is no good otherwise."""

    producer: str | None = None
    key: str | None = None


class _Refusal(Exception):  # noqa: N818 - it is what happened
    """Carries a `Refused` out of the checks."""

    def __init__(self, reason: str, cause: str, field: str = "") -> None:
        super().__init__(cause)
        self.refused = Refused(field, reason, cause)


def read_item(pushed: Pushed, content_bytes: int) -> tuple[Item, Offer | Refused]:
    """The offer that was pushed, or why it is none, with what a refusal keeps of it."""
    item = Item(pushed.size, pushed.data[:HEAD].decode(errors="replace"))
    if not pushed.is_whole:
        return item, Refused("", "too_large", f"it has {pushed.size:,} bytes, more than an article may have")
    try:
        data = _open(pushed.data)
    except _Refusal as refusal:
        return item, refusal.refused
    job = read_job(data)
    if isinstance(job, Refused):
        known = _known(data)
        return item._replace(producer=known.producer, key=known.key), job
    return item._replace(producer=job.producer, key=job.key), prepare(job, content_bytes)


def _known(data: bytes) -> _Known:
    try:
        return msgspec.json.decode(data, type=_Known)
    except _UNREADABLE:
        return _Known()


def _open(data: bytes) -> bytes:
    """The job as JSON, taken out of its envelope if it has one."""
    try:
        envelope = msgspec.json.decode(data, type=_Envelope)
    except _UNREADABLE:
        # Bare JSON, or nothing that can be read: that is said of the job.
        return data
    content = _content(envelope)
    headers = envelope.headers or {}
    if "task" in headers:
        return _second_protocol(headers, content)
    return _first_protocol(content)


def _content(envelope: _Envelope) -> bytes:
    if envelope.content_type not in _JSON:
        raise _Refusal("not_json", f"send the job as application/json, not as {envelope.content_type}")
    if (envelope.content_encoding or "").lower() not in _UTF8:
        raise _Refusal("not_utf8", f"send the job in UTF-8, not in {envelope.content_encoding}")
    if compression := (envelope.headers or {}).get("compression"):
        raise _Refusal("compressed", f"send the job without compression, which is {compression}")
    if envelope.properties.get("body_encoding") != "base64":
        return envelope.body.encode(errors="surrogatepass")
    try:
        return b64decode(envelope.body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _Refusal("malformed", f"the body of the message is not base64: {error}") from error


def _second_protocol(headers: dict[str, Any], content: bytes) -> bytes:
    """The job in a call as Celery sends it: the task in the headers, `[args, kwargs, embed]` in the body."""
    _check_call(str(headers["task"]), headers)
    try:
        args, kwargs, embed = msgspec.json.decode(
            content, type=tuple[list[msgspec.Raw], dict[str, msgspec.Raw], dict[str, Any] | None]
        )
    except _UNREADABLE as error:
        raise _Refusal("malformed", f"the body of the call cannot be read ({error}): {_ARGUMENTS}") from error
    _check_promises(embed or {})
    return _job(args, kwargs)


def _first_protocol(content: bytes) -> bytes:
    """The job in a call of Celery's older protocol; if it is none, the content itself."""
    try:
        call = msgspec.json.decode(content, type=_FirstProtocol)
    except _UNREADABLE:
        return content
    fields = msgspec.structs.asdict(call)
    _check_call(call.task, fields)
    _check_promises(fields)
    return _job(call.args, call.kwargs)


def _check_call(task: str, given: dict[str, Any]) -> None:
    if task != SUBMIT_TASK:
        raise _Refusal("unknown_task", f"the only task here is {SUBMIT_TASK}, not {task[:HEAD]}", "task")
    for option in ("eta", "expires"):
        if given.get(option) is not None:
            raise _Refusal("unsupported", f"{option} cannot be kept: send the job when it is to be accepted", option)


def _check_promises(given: dict[str, Any]) -> None:
    for name, option in _PROMISES.items():
        if given.get(name):
            raise _Refusal("unsupported", f"{option} cannot be kept: ask for the outcomes instead", option)


def _job(args: list[msgspec.Raw], kwargs: dict[str, msgspec.Raw]) -> bytes:
    if len(args) + bool(kwargs) != 1:
        raise _Refusal("wrong_arguments", _ARGUMENTS)
    return bytes(args[0]) if args else msgspec.json.encode(kwargs)
