"""The shapes of what the API takes and answers, drawn from the types of which it is made: they cannot differ."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_type_hints

import msgspec

from wireroom.contracts import Enrichments, ParsedArticle
from wireroom.gateway.views import OF_ENRICHMENTS, OF_PARSED
from wireroom.ledger.events import Ended, Page
from wireroom.ledger.look import JobState
from wireroom.ledger.look import Step as LedgerStep
from wireroom.ledger.quarantine import Group, Quarantined
from wireroom.ledger.sources import PollEnd
from wireroom.ledger.sources import Source as LedgerSource
from wireroom.ledger.submissions import Cancelled, Progress
from wireroom.records import Sighting as RecordSighting
from wireroom.records import StoredArticle
from wireroom.records import Version as RecordVersion
from wireroom.records.changes import FieldChange as RecordChange
from wireroom.records.changes import Passage as RecordPassage
from wireroom.volumes.look import Health as CompletenessFound
from wireroom.volumes.look import SourceHealth as RecordHealth

Shape = type[msgspec.Struct]


def shape(name: str, told: str, *parts: Mapping[str, Any] | type) -> Shape:
    """An object with the fields of `parts`, which are types or give a type to each name."""
    fields: dict[str, Any] = {}
    for part in parts:
        fields |= part if isinstance(part, Mapping) else get_type_hints(part)
    return msgspec.defstruct(name, list(fields.items()), kw_only=True, namespace={"__doc__": told})


def many(of: Shape) -> Any:
    """The type of a list of them."""
    return list[of]  # type: ignore[valid-type]


def _some(of: type, names: tuple[str, ...]) -> dict[str, Any]:
    hints = get_type_hints(of) | {"text": str}
    return {name: hints[name] for name in names}


Taken = shape("Taken", "An article was accepted, and is durable.", {"job_id": int, "duplicate": bool})
Step = shape("Step", "Something that happened to a job, or that it waits for.", LedgerStep)
Job = shape("Job", "Where a job is, and what happened to it.", JobState, {"timeline": many(Step)})
Version = shape("Version", "One version of an article: which job made it, and why.", RecordVersion)
Sighting = shape(
    "Sighting", "Somebody offered the article: at which address, and what they said of it.", RecordSighting,
    {"meta": dict[str, Any]},
)  # fmt: skip
Seen = shape(
    "Seen", "How often the article was offered, and the newest of these.", {"count": int, "newest": many(Sighting)}
)
Article = shape(
    "Article", "One version of an article, with all that is known of it.",
    {"id": int}, _some(StoredArticle, ("source", "url", "external_id")), {"meta": dict[str, Any]},
    {"version": Version, "versions": many(Version)},
    _some(ParsedArticle, OF_PARSED), _some(Enrichments, (*OF_ENRICHMENTS, "published")),
    {"enrichers": get_type_hints(Enrichments)["ran"], "seen": Seen},
)  # fmt: skip
ParsedVersion = shape("ParsedVersion", "A version, and which parser read it.", RecordVersion, {"parser": str})
FieldChange = shape("FieldChange", "What became of a field that is not the body.", RecordChange)
Passage = shape("Passage", "Paragraphs in a row: as many in both, or those before and those after.", RecordPassage)
Difference = shape(
    "Difference", "What a version says otherwise than another; `steps` led from one to the other.",
    {"id": int, "from": ParsedVersion, "to": ParsedVersion, "steps": many(Version)},
    {"fields": many(FieldChange), "body": many(Passage)},
)  # fmt: skip
Submission = shape(
    "Submission", "How far a submission is: `jobs` = `ended` + `on_the_line`.", Progress,
    {"ended": int, "on_the_line": int, "done": bool},
)  # fmt: skip
SubmissionCancelled = shape(
    "SubmissionCancelled", "What cancelling a submission met; what others offered too is `shared`, and goes on.",
    {"submission": str}, Cancelled,
)  # fmt: skip
JobCancelled = shape(
    "JobCancelled", "The job ended because nobody wants it any more.",
    {"job_id": int, "outcome": Literal["rejected"], "reason": Literal["cancelled"]},
)  # fmt: skip
Outcome = shape("Outcome", "How a job ended; one that was quarantined may end once more.", Ended)
Outcomes = shape(
    "Outcomes", "What ended, in order; the next page begins after `cursor`.", Page, {"outcomes": many(Outcome)}
)
QuarantinedJob = shape("QuarantinedJob", "A job in quarantine, and why.", Quarantined)
QuarantinedJobs = shape(
    "QuarantinedJobs", "What is in quarantine, the newest job first; `before=cursor` is the next page.",
    {"jobs": many(QuarantinedJob), "cursor": int | None, "more": bool},
)  # fmt: skip
Cause = shape("Cause", "Jobs that failed of one cause; `job_id` and `cause` are of the newest.", Group)
Causes = shape(
    "Causes", "What is in quarantine by cause, the most frequent first.", {"causes": many(Cause), "more": bool}
)
Stayed = shape("Stayed", "A job that was not moved, and why.", {"job_id": int, "why": str})
_MOVED = {"stayed": many(Stayed), "after": int, "more": bool}
Redriven = shape("Redriven", "How many went back; if there is `more`, repeat with `after`.", {"redriven": int}, _MOVED)
Rejected = shape("Rejected", "How many were ended; if there is `more`, repeat with `after`.", {"rejected": int}, _MOVED)
Source = shape("Source", "A source, and how its last poll ended; times are seconds.", LedgerSource, {"state": str})
Sources = shape(
    "Sources", "What is polled, in order of ids; `after=cursor` is the next page.",
    {"sources": many(Source), "cursor": int, "more": bool},
)  # fmt: skip
Poll = shape("Poll", "How a poll ended: `seen` = `known` + `accepted` + `sighted` + `refused`.", PollEnd)
PolledSource = shape("PolledSource", "A source, and its last polls.", LedgerSource, {"state": str, "polls": many(Poll)})
SourceAdded = shape("SourceAdded", "It is polled from now on, or was before.", {"id": int, "new": bool})
SourceChanged = shape("SourceChanged", "Whether it was otherwise before.", {"id": int, "changed": bool})
NotTaken = shape(
    "NotTaken", "What could not be taken of a list, and why.",
    {"where": str, "field": str | None, "reason": str, "detail": str},
)  # fmt: skip
Imported = shape(
    "Imported", "What became of a list; of what was refused the first are named.",
    {"added": int, "known": int, "refused": many(NotTaken), "refused_in_all": int},
)  # fmt: skip
SourceHealth = shape(
    "SourceHealth", "A publisher: how much came of it in the last `hours`, beside what was expected.", RecordHealth
)
Completeness = shape(
    "Completeness", "How much comes from each publisher, the worst first; `states` counts all of them.",
    CompletenessFound, {"sources": many(SourceHealth)},
)  # fmt: skip
Health = shape("Health", "The process answers.", {"status": Literal["ok"]})
Told = shape(
    "Problem", "What is wrong (RFC 9457): `detail` is a sentence, `reason` a stable slug, `field` where it is.",
    {"type": str, "title": str, "status": int, "detail": str},
)  # fmt: skip
