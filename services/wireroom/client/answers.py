"""What Wireroom answers, typed. Fields that a newer Wireroom adds are ignored."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import msgspec

from wireroom.contracts import (
    Author,
    Block,
    Dateline,
    Enrichment,
    Entity,
    Keyword,
    Kind,
    Lane,
    Language,
    Moment,
    Place,
    Related,
)

OutcomeName = Literal["stored", "updated", "unchanged", "rejected", "quarantined"]
Reason = Literal["first", "publisher", "reparse"]


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The article is job `job_id`, and durable; a `duplicate` was on offer already, and is not worked on twice."""

    job_id: int
    duplicate: bool
    key: str
    """The key it was sent with: the producer's own, or the one that was made for it."""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """The article cannot be accepted as it is: the parts of an `ArticleRefused`."""

    status: int
    detail: str
    field: str | None = None
    reason: str | None = None
    key: str
    """As of an `Accepted`."""


Answer = Accepted | Refused


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a submission is: `jobs` = `ended` + `on_the_line`, and the five outcomes make `ended`."""

    submission: str
    opened_at: datetime
    jobs: int
    ended: int
    done: bool
    stored: int
    updated: int
    unchanged: int
    rejected: int
    quarantined: int
    on_the_line: int


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How a job ended. A `quarantined` one may come again later, with its final outcome."""

    position: int
    at: datetime
    job_id: int
    outcome: OutcomeName
    producer: str
    key: str | None
    source: str
    url: str | None
    reason: str | None
    """Why it was rejected, as a stable slug; `cause` is the sentence."""
    cause: str | None
    article_id: int | None
    version: int | None


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """A page of outcomes in their order; `cursor` is where to go on after it, and worth keeping."""

    outcomes: list[Outcome]
    cursor: int
    more: bool
    """Whether another page can be had at once."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to a job, or that it waits for."""

    at: datetime
    what: str
    details: str


class JobState(msgspec.Struct, frozen=True, kw_only=True):
    """Where a job is, and what happened to it."""

    job_id: int
    accepted_at: datetime
    producer: str
    source: str
    url: str | None
    lane: Lane
    state: str
    """`ready`, `paused`, `waiting`, `in flight`, `quarantined`, `stored`, `updated`, `unchanged` or `rejected`."""
    cause: str | None
    article_id: int | None
    version: int | None
    label: str | None
    key: str | None
    external_id: str | None
    timeline: list[Step]


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article: which job made it, and why."""

    number: int
    job_id: int
    why: Reason
    captured_at: datetime
    stored_at: datetime


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody offered the article: at which address, and what they said of it."""

    at: datetime
    job_id: int
    producer: str
    source: str
    url: str | None
    meta: dict[str, Any]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How often an article was offered, and the newest of these."""

    count: int
    newest: list[Sighting]


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One version of an article, with all that is known of it."""

    id: int
    source: str
    url: str | None
    external_id: str | None
    version: Version
    versions: list[Version]
    title: str
    subtitle: str | None
    authors: list[Author]
    published: Moment | None
    modified: Moment | None
    dateline: Dateline | None
    text: str
    blocks: list[Block]
    related: list[Related]
    section: str | None
    tags: list[str]
    image: str | None
    publisher: str | None
    canonical_url: str | None
    kind: Kind
    paywalled: bool | None = None
    origins: dict[str, str] = {}
    confidences: dict[str, float] = {}
    language: Language | None
    dateline_place: Place | None
    keywords: list[Keyword]
    entities: list[Entity]
    enrichers: list[Enrichment]
    meta: dict[str, Any]
    seen: Seen = Seen(count=0, newest=[])


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """The job ended as `rejected`, because nobody wants it any more."""

    job_id: int
    outcome: OutcomeName
    reason: str


class SubmissionCancelled(msgspec.Struct, frozen=True, kw_only=True):
    """What cancelling a submission met; jobs that others offered too are `shared`, and go on."""

    submission: str
    cancelled: int
    ended_before: int
    shared: int
