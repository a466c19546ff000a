"""Whatever is sent to the API, it answers as its OpenAPI document says, and never with a surprise.

`--hypothesis-profile=soak` sends more, and other things each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import checks

from newsroom.api import serving
from newsroom.api import settings as of_gateway
from newsroom.databases import database_of
from newsroom.desk import Desk
from wireroom import tokens
from wireroom.database import connect
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey
from wireroom.gateway.intake import LINES
from wireroom.gateway.openapi import document
from wireroom.tokens import Scope, Wish

STEADY = settings.default is None or settings.default.derandomize
EXAMPLES = 6 if STEADY or settings.default is None else settings.default.max_examples
# What is well-formed may still be refused: an address that is none, an id that nobody has.
EXCLUDED = [checks.positive_data_acceptance]
CONFIG = schemathesis.Config.from_dict({"generation": {"deterministic": STEADY}})


class Door(NamedTuple):
    """Where the gateway is, and a token for everything."""

    url: str
    headers: dict[str, str]


@pytest.fixture(scope="module")
def door(postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> Iterator[Door]:
    """Of a gateway with some jobs in several places."""
    with database_of(postgres, "properties") as url, connect(url, "test") as db:
        desk = Desk(db, url)
        desk.finish((desk.job(), 1))
        desk.quarantined(ValueError("odd"))
        made = tokens.make(db, Wish("all", list(Scope)), "test")
        with serving(of_gateway(url, valkey, tokens="required")) as client:
            yield Door(str(client.base_url), {"Authorization": f"Bearer {made}"})


schema = schemathesis.openapi.from_dict(msgspec.json.decode(document()), config=CONFIG)


@schemathesis.serializer(LINES[0])
def as_lines(_: Any, value: Any) -> bytes:
    """Lines are generated as one string."""
    return str(value).encode(errors="replace")


@schema.parametrize()
@settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
def test_every_answer_is_as_documented(case: Any, door: Door) -> None:
    if re.fullmatch(r"[\d.]+", str(case.query.get("wait", ""))):
        case.query["wait"] = 0
    lines = case.media_type == LINES[0]
    # A list is taken whatever stands in its lines; each that cannot be is told. An empty parameter is not sent at all.
    listed = lines or case.operation.definition.raw["operationId"] == "import_sources"
    forgiven = listed or any(value in (None, [], {}) for value in case.query.values())
    excluded = [*EXCLUDED, checks.negative_data_rejection] if forgiven else EXCLUDED
    answer = case.call_and_validate(base_url=door.url, headers=door.headers, excluded_checks=excluded)
    taken = lines and case.operation.definition.raw["operationId"] == "offer"
    for line in answer.content.splitlines() if taken and answer.status_code == 200 else ():
        told = msgspec.json.decode(line)
        assert told["line"] > 0 and ("job_id" in told or (400 <= told["status"] < 500 and told["detail"]))
