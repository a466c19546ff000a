"""Raw input: what a job was given or has fetched, byte for byte."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple

import zstandard

from wireroom.database import Connection
from wireroom.database.queries import Queries

queries = Queries("wireroom.ledger", "inputs.sql")


class RawInput(NamedTuple):
    """A capture; `digest` is in hexadecimal, `size` the length of `body`.

    What came inline has no URL, status or headers; nobody has vouched for the content type.
    """

    content_type: str
    url: str | None
    requested_url: str | None
    status: int | None
    headers: dict[str, str]
    fetched_at: datetime
    digest: str
    size: int
    body: bytes


class NoInput(NamedTuple):
    """There is nothing to show, and why: a slug, and a sentence."""

    reason: Literal["unknown_job", "not_captured", "expired"]
    sentence: str


def raw_input(connection: Connection, job_id: int) -> RawInput | NoInput:
    """The input of a job, exactly as it came."""
    row = connection.cursor(binary=True).execute(queries.input, {"job": job_id}).fetchone()
    if row is None:
        return NoInput("unknown_job", f"there is no job {job_id}")
    captured, *facts = row
    if not captured:
        return NoInput("not_captured", f"job {job_id} has no input yet, or never had: its page was not fetched")
    if facts[-1] is None:
        return NoInput("expired", f"the input of job {job_id} has expired: captures are kept WIREROOM_CAPTURE_DAYS")
    return _read(*facts)


def _read(content_type: str, url: str | None, requested: str | None, status: int | None, *rest: Any) -> RawInput:
    headers, fetched_at, digest, length, body = rest
    raw = zstandard.ZstdDecompressor().decompress(body)
    return RawInput(content_type, url, requested, status, headers, fetched_at, digest.hex(), length, raw)
