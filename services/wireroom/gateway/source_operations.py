"""The operations on sources, as `operations.py` has all others."""

from __future__ import annotations

from wireroom.gateway import completeness, shapes, sourcing
from wireroom.gateway.intake import LINES
from wireroom.gateway.operation import JSON, Operation, number, ok, text
from wireroom.gateway.sourcing import DEFAULT_SHOWN, MOST_SHOWN, OPML
from wireroom.ledger.offer import MAX_NAME
from wireroom.ledger.pauses import LANES
from wireroom.ledger.sources import KINDS, STATES, Change
from wireroom.tokens import Scope

_NAME = {"minLength": 1, "maxLength": MAX_NAME}
_BAD_NAME = ("422 empty", "422 too_long", "422 unstorable")
_ORDER = (
    *_BAD_NAME, "400 malformed", "403 cross_site", "404", "408 too_slow", "413 too_large", "415 not_json",
    "415 not_utf8", "415 encoded", "422 missing", "422 wrong_type", "422 bad_value", "422 unknown_field",
    "422 not_an_object",
)  # fmt: skip
_DO = ("403 cross_site", "404")
_LIST = text("One source a line: its URL, or JSON as for `add_source`.")

SOURCE_OPERATIONS = (
    Operation(
        method="POST", path="/v1/sources/import", serve=sourcing.import_sources, scope=Scope.operate,
        query={
            "source": text("The publisher's name for all of them.", **_NAME),
            "lane": text("The lane of all of them.", enum=list(LANES), default="live"),
        },
        takes={
            OPML: text("A list of feeds in OPML."), "text/plain": _LIST, LINES[0]: _LIST,
            "text/csv": text("A table with a column `url`."),
        },
        answers=ok(shapes.Imported),
        problems=(*_BAD_NAME, "403 cross_site", "408 too_slow", "413 too_large", "415 encoded", "422 bad_value"),
    ),
    Operation(
        method="GET", path="/v1/sources/export", serve=sourcing.export_sources, scope=Scope.read,
        answers={200: (OPML, text("OPML 2.0."))},
    ),
    Operation(
        method="GET", path="/v1/sources/health", serve=completeness.show_source_health, scope=Scope.read,
        query={
            "all": {"type": "boolean", "default": False, "description": "Also those that are as they used to be."},
            "source": text("Only this publisher.", **_NAME),
            "limit": number("At most so many.", 1, completeness.MOST_SHOWN, default=completeness.DEFAULT_SHOWN),
        },
        answers=ok(shapes.Completeness), problems=(*_BAD_NAME, "422 bad_value", "422 bad_number"),
    ),
    Operation(
        method="GET", path="/v1/sources", serve=sourcing.show_sources, scope=Scope.read,
        query={
            "source": text("Only of this publisher.", **_NAME),
            "kind": text("Only of this kind.", enum=list(KINDS)),
            "state": text("Only in this state.", enum=list(STATES)),
            "found_by": number("Only those to which this page or index led.", 1),
            "limit": number("At most so many.", 1, MOST_SHOWN, default=DEFAULT_SHOWN),
            "after": number("The cursor of the page before.", 0, default=0),
        },
        answers=ok(shapes.Sources), problems=(*_BAD_NAME, "422 bad_value", "422 bad_number"),
    ),
    Operation(
        method="POST", path="/v1/sources", serve=sourcing.add_source, scope=Scope.operate,
        takes={JSON: sourcing.NewSource}, answers={201: (JSON, shapes.SourceAdded), 200: (JSON, shapes.SourceAdded)},
        problems=(*(one for one in _ORDER if one != "404"), "422 bad_url"),
    ),
    Operation(
        method="GET", path="/v1/sources/{id:int}", serve=sourcing.show_source, scope=Scope.read,
        answers=ok(shapes.PolledSource), problems=("404",),
    ),
    Operation(
        method="PATCH", path="/v1/sources/{id:int}", serve=sourcing.change_source, scope=Scope.operate,
        takes={JSON: Change}, answers=ok(shapes.Source), problems=_ORDER,
    ),
    Operation(
        method="DELETE", path="/v1/sources/{id:int}", serve=sourcing.remove_source, scope=Scope.operate,
        answers=ok(shapes.SourceChanged), problems=_DO,
    ),
    Operation(
        method="POST", path="/v1/sources/{id:int}/poll", serve=sourcing.poll_source, scope=Scope.operate,
        answers=ok(shapes.SourceChanged), problems=_DO,
    ),
    Operation(
        method="POST", path="/v1/sources/{id:int}/pause", serve=sourcing.pause_source, scope=Scope.operate,
        takes={JSON: sourcing.Hold}, answers=ok(shapes.SourceChanged), problems=_ORDER,
    ),
    Operation(
        method="POST", path="/v1/sources/{id:int}/resume", serve=sourcing.resume_source, scope=Scope.operate,
        answers=ok(shapes.SourceChanged), problems=_DO,
    ),
)  # fmt: skip
