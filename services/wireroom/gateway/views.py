"""Jobs and records as the API shows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wireroom.ledger.events import Page
from wireroom.ledger.look import JobState, Step
from wireroom.ledger.sources import Source
from wireroom.ledger.submissions import Progress
from wireroom.records import Seen, StoredArticle, Version
from wireroom.records.differences import Difference

OF_PARSED = (
    "title", "subtitle", "authors", "published", "modified", "dateline", "text", "blocks", "related", "section", "tags",
    "image", "publisher", "canonical_url", "kind", "paywalled", "origins", "confidences",
)  # fmt: skip
OF_ENRICHMENTS = ("language", "dateline_place", "keywords", "entities")


def job_view(state: JobState, timeline: Sequence[Step]) -> dict[str, Any]:
    """Where a job is, and what happened to it."""
    return state._asdict() | {"timeline": [step._asdict() for step in timeline]}


def article_view(stored: StoredArticle, versions: Sequence[Version], seen: Seen) -> dict[str, Any]:
    """One version of an article as a flat record; `published` has its zone where enrich found it."""
    view: dict[str, Any] = {"id": stored.article_id, "source": stored.source, "url": stored.url}
    view |= {"version": stored.version._asdict(), "versions": [version._asdict() for version in versions]}
    view |= {name: getattr(stored.parsed, name) for name in OF_PARSED}
    view |= {name: getattr(stored.enrichments, name) for name in OF_ENRICHMENTS}
    view["published"] = stored.enrichments.published or stored.parsed.published
    view["seen"] = {"count": seen.times, "newest": [one._asdict() for one in seen.newest]}
    return view | {"enrichers": stored.enrichments.ran, "external_id": stored.external_id, "meta": stored.meta}


def difference_view(found: Difference) -> dict[str, Any]:
    """What a version says otherwise than another, field by field and paragraph by paragraph."""
    return {
        "id": found.after.article_id,
        "from": found.before.version._asdict() | {"parser": found.before.parsed.parser},
        "to": found.after.version._asdict() | {"parser": found.after.parsed.parser},
        "steps": [version._asdict() for version in found.steps],
        "fields": [one._asdict() for one in found.fields],
        "body": [one._asdict() for one in found.body],
    }


def source_view(source: Source) -> dict[str, Any]:
    """What is polled, and how its last poll ended."""
    return source._asdict() | {"state": source.state}


def submission_view(progress: Progress) -> dict[str, Any]:
    """How far a submission is; done when nothing of it is on the line."""
    sums = {"ended": progress.ended, "on_the_line": progress.on_the_line, "done": progress.on_the_line == 0}
    return progress._asdict() | sums


def outcomes_view(page: Page) -> dict[str, Any]:
    """Ends in their order, and where the next page begins."""
    return page._asdict() | {"outcomes": [one._asdict() for one in page.outcomes]}
