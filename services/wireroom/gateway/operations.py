"""Every operation of the API: its path, who may ask for it, what it takes and what it answers.

The routes, their locks, the checks of the query and the OpenAPI document are all made from this table.
"""

from __future__ import annotations

from collections.abc import Mapping

from wireroom.gateway import asking, offering, quarantine, shapes
from wireroom.gateway.asking import DEFAULT_OUTCOMES, LONGEST_WAIT, MOST_OUTCOMES
from wireroom.gateway.intake import LINES
from wireroom.gateway.operation import ARTICLE, JSON, Operation, Schema, number, ok, text
from wireroom.gateway.quarantine import DEFAULT_SHOWN, MOST_SHOWN
from wireroom.gateway.source_operations import SOURCE_OPERATIONS
from wireroom.ledger.life import LEG_OF
from wireroom.ledger.offer import MAX_NAME
from wireroom.tokens import Scope

_WAIT: Schema = {
    "type": "number", "minimum": 0, "maximum": LONGEST_WAIT, "default": 0,
    "description": "Seconds to wait for it before the answer.",
}  # fmt: skip
_NAME = {"minLength": 1, "maxLength": MAX_NAME}
_FILTERS: Mapping[str, Schema] = {
    "cause": text("Only what failed of this cause, by its fingerprint.", pattern="^[0-9a-f]{10}$"),
    "source": text("Only of this publisher or feed.", **_NAME),
    "stage": text("Only what failed at this stage.", enum=list(LEG_OF)),
}
_SHOWN = number("At most so many.", 1, MOST_SHOWN, default=DEFAULT_SHOWN)
_BAD_NAME = ("422 empty", "422 too_long", "422 unstorable")
_BODY = (
    "400 malformed", "403 cross_site", "408 too_slow", "413 too_large", "415 not_json", "415 not_utf8", "415 encoded",
)  # fmt: skip
"""Problems of whatever has a body of JSON."""
_ORDER = (
    *_BODY, *_BAD_NAME, "422 missing", "422 wrong_type", "422 bad_value", "422 ambiguous", "422 unknown_field",
    "422 not_an_object",
)  # fmt: skip
_ARTICLE = (
    *_BODY, *_BAD_NAME, "400 empty", "400 not_utf8", "400 lone_surrogate", "403 other_producer", "409 key_reused",
    "422 not_an_object", "422 unknown_field", "422 wrong_type", "422 bad_value", "422 too_deep", "422 missing",
    "422 ambiguous", "422 bad_url", "422 not_a_time", "422 too_large", "422 not_json",
)  # fmt: skip

OPERATIONS = (
    Operation(
        method="POST", path="/v1/articles", serve=offering.offer, scope=Scope.offer,
        query={"submission": text("Put what is offered under this name.", **_NAME)},
        takes={JSON: {"$ref": ARTICLE}, LINES[0]: text("One article a line, each as in application/json.")},
        answers={
            202: (JSON, shapes.Taken),
            200: (LINES[0], text("For each line: its number as `line`, and `job_id`, or the members of a problem.")),
        },
        problems=_ARTICLE,
    ),
    Operation(
        method="GET", path="/v1/articles/{id}", serve=asking.show_article, scope=Scope.read,
        query={"version": number("Not the current version, but this one.", 1)},
        answers=ok(shapes.Article), problems=("404", "422 bad_number"),
    ),
    Operation(
        method="GET", path="/v1/articles/{id}/diff", serve=asking.show_difference, scope=Scope.read,
        query={
            "from": number("The version to compare with, if not the one before.", 1),
            "to": number("The version to tell of, if not the current one.", 1),
        },
        answers=ok(shapes.Difference), problems=("404", "422 bad_number"),
    ),
    Operation(
        method="GET", path="/v1/jobs/{id}", serve=asking.show_job, scope=Scope.read,
        answers=ok(shapes.Job), problems=("404",),
    ),
    Operation(
        method="GET", path="/v1/jobs/{id}/input", serve=asking.show_input, scope=Scope.read,
        answers={200: ("*/*", text("The raw input, byte for byte.", format="binary"))},
        problems=("404", "404 unknown_job", "404 not_captured", "404 expired"),
    ),
    Operation(
        method="POST", path="/v1/jobs/{id}/cancel", serve=asking.cancel_job, scope=Scope.operate,
        answers=ok(shapes.JobCancelled), problems=("403 cross_site", "404", "409 finished"),
    ),
    Operation(
        method="POST", path="/v1/submissions/{name:path}/cancel", serve=asking.cancel_submission, scope=Scope.operate,
        answers=ok(shapes.SubmissionCancelled), problems=("403 cross_site", "404"),
    ),
    Operation(
        method="GET", path="/v1/submissions/{name:path}", serve=asking.show_submission, scope=Scope.read,
        query={"wait": _WAIT}, answers=ok(shapes.Submission), problems=("404", "422 bad_number"),
    ),
    Operation(
        method="GET", path="/v1/outcomes", serve=asking.show_outcomes, scope=Scope.read,
        query={
            "after": {
                "anyOf": [number("", 0), {"const": "end"}], "default": 0,
                "description": "A cursor, which an answer before gave; or end, for what is still to come.",
            },
            "limit": number("At most so many.", 1, MOST_OUTCOMES, default=DEFAULT_OUTCOMES),
            "producer": text("Only of jobs that it was the first to offer.", **_NAME),
            "wait": _WAIT,
        },
        answers=ok(shapes.Outcomes), problems=(*_BAD_NAME, "422 bad_number", "422 unknown_position"),
    ),
    Operation(
        method="GET", path="/v1/quarantine", serve=quarantine.show_jobs, scope=Scope.read,
        query={**_FILTERS, "limit": _SHOWN, "before": number("The cursor of the page before.", 1)},
        answers=ok(shapes.QuarantinedJobs), problems=(*_BAD_NAME, "422 bad_value", "422 bad_number"),
    ),
    Operation(
        method="GET", path="/v1/quarantine/causes", serve=quarantine.show_causes, scope=Scope.read,
        query={**_FILTERS, "limit": _SHOWN},
        answers=ok(shapes.Causes), problems=(*_BAD_NAME, "422 bad_value", "422 bad_number"),
    ),
    Operation(
        method="POST", path="/v1/quarantine/redrive", serve=quarantine.redrive, scope=Scope.operate,
        takes={JSON: quarantine.Redrive}, answers=ok(shapes.Redriven), problems=_ORDER,
    ),
    Operation(
        method="POST", path="/v1/quarantine/reject", serve=quarantine.reject, scope=Scope.operate,
        takes={JSON: quarantine.Reject}, answers=ok(shapes.Rejected), problems=_ORDER,
    ),
    *SOURCE_OPERATIONS,
    Operation(
        method="GET", path="/v1/schema.json", serve=asking.show_schema, scope=None,
        answers={200: ("application/schema+json", {"type": "object"})},
    ),
    Operation(
        method="GET", path="/v1/openapi.json", serve=asking.show_document, scope=None,
        answers={200: (JSON, {"type": "object"})},
    ),
    Operation(method="GET", path="/v1/health", serve=asking.show_health, scope=None, answers=ok(shapes.Health)),
)  # fmt: skip
"""In the order in which the router looks at them."""
