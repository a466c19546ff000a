"""The stages of the line, their queues and tasks, and what a message says: each name exists once, here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from wireroom.contracts import EnrichedArticle, ParsedArticle

STAGES = ("ingest", "parse", "enrich", "store")
POLL: Final = "poll"
"""The stage of polls, and their leg; the workers of ingest read its queue beside their own."""
QUEUED = (*STAGES, POLL)
"""Every stage that has a queue."""
NEXT_STAGE = {"parse": "enrich", "enrich": "store"}
CONTRACT = 1
"""Major version of the messages that this code writes and reads."""
WAKE_CHANNEL = "wireroom:wake"
EPOCH_KEY = "wireroom:epoch"
INTAKE_LIST = "wireroom.intake"
"""The Redis list onto which producers may push jobs: bare JSON, or messages of kombu or Celery."""
INTAKE_LISTS = (*(f"{INTAKE_LIST}\x06\x16{priority}" for priority in (9, 6, 3)), INTAKE_LIST)
"""That list, and those beside it onto which kombu and Celery push what has a priority."""
INTAKE_BATCHES = "wireroom.intake:batches"
"""The sorted set of batches taken from that list and not yet removed, by the time at which they were taken."""
SUBMIT_TASK = "wireroom.submit"
"""The name under which a Celery producer sends a job there."""


def batch_list(batch: UUID) -> str:
    """The Redis list that holds a batch taken from the intake list."""
    return f"wireroom.intake:{batch}"


def queue_name(stage: str, contract: int = CONTRACT) -> str:
    """The Redis list that `stage` reads. The contract's major version is in it: old workers never see new messages."""
    return f"wireroom.{stage}.v{contract}"


def task_name(stage: str) -> str:
    """The Celery task that works on a flight at `stage`."""
    return f"wireroom.{stage}"


class _Passed(msgspec.Struct, frozen=True, kw_only=True):
    """What travels with every article; `stages` are its seconds of work so far."""

    job_id: int
    run: int
    source: str | None = None
    stages: dict[str, float]


class Parsed(_Passed, frozen=True, kw_only=True):
    """An article on its way from parse to enrich."""

    article: ParsedArticle


class Enriched(_Passed, frozen=True, kw_only=True):
    """An article on its way from enrich to store."""

    article: EnrichedArticle


Message = TypeVar("Message", Parsed, Enriched)


def pack(articles: Sequence[Message]) -> str:
    """The articles of a flight as a message carries them."""
    return msgspec.json.encode(articles).decode()


def unpack(articles: str | None, kind: type[Message]) -> list[Message]:
    """What `pack` packed."""
    return msgspec.json.decode(articles or "[]", type=list[kind])  # type: ignore[valid-type]
