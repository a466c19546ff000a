"""The OpenAPI document says what the gateway does: its routes, answers and problems; and its examples are true."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from starlette.applications import Starlette
from starlette.routing import Route

from newsroom.api import settings
from newsroom.line import ROOT
from wireroom.embedded import EmbeddedValkey
from wireroom.gateway.app import make_app
from wireroom.gateway.lookout import Lookout
from wireroom.gateway.openapi import PROBLEM, describe, problems_of
from wireroom.gateway.operations import OPERATIONS

DOCUMENT = json.loads(json.dumps(describe()))
PRODUCERS = ROOT / "docs/producers.md"


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Media type and what is said of it, of the request and of every answer."""
    yield from operation.get("requestBody", {}).get("content", {}).items()
    for answer in operation["responses"].values():
        yield from answer["content"].items()


def check(value: Any, schema: dict[str, Any]) -> None:
    """The value is as the schema of the document has it."""
    whole = schema | {"components": DOCUMENT["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(value)


def test_the_document_is_openapi() -> None:
    schemathesis.openapi.from_dict(DOCUMENT).validate()


def test_it_has_every_route_and_no_other(database: str, valkey: EmbeddedValkey) -> None:
    app: Any = make_app(settings(database, valkey), Lookout())
    while not isinstance(app, Starlette):
        app = app._app
    routes = [route for route in app.routes if isinstance(route, Route)]
    served = {
        (method, re.sub(r":\w+}", "}", one.path)) for one in routes for method in (one.methods or set()) - {"HEAD"}
    }
    told = {(method, path) for method, path, _ in operations()}
    assert served - told == {("GET", path) for path in ("/live", "/ready", "/metrics")}
    assert told - served == set()


def test_every_operation_has_a_name_of_its_own_a_sentence_and_its_scope() -> None:
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    for method, path, operation in operations():
        assert operation["summary"].endswith("."), path
        scope = "read" if method == "GET" else "offer" if path == "/v1/articles" else "operate"
        assert operation["security"] in ([{"token": [scope]}], [])


@pytest.mark.parametrize("one", OPERATIONS, ids=lambda one: one.name)
def test_every_example_is_as_its_schema_has_it(one: Any) -> None:
    (operation,) = [found for _, _, found in operations() if found["operationId"] == one.name]
    for parameter in operation["parameters"]:
        check(parameter["example"], parameter["schema"])
    for media, told in contents(operation):
        examples = told["examples"].values() if "examples" in told else [{"value": told["example"]}]
        for example in examples:
            check(example["value"], told["schema"])
        assert examples, media


def test_every_problem_has_an_example_and_every_example_is_of_a_problem() -> None:
    problems = {problem for one in OPERATIONS for problem in problems_of(one)}
    shown = {
        f"{example['value']['status']} {example['value'].get('reason', '')}".strip()
        for _, _, operation in operations()
        for status, answer in operation["responses"].items()
        for example in answer["content"].get(PROBLEM, {}).get("examples", {}).values()
        if str(example["value"]["status"]) == status
    }
    assert shown == problems


def test_its_problems_are_those_that_producers_are_told_of() -> None:
    table = PRODUCERS.read_text("utf-8").partition("## Refusals and errors\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (\d+) \|(.*?)\|", table, re.MULTILINE)
    told = {
        f"{status} {reason}".strip() for status, reasons in rows for reason in re.findall(r"`(\w+)`", reasons) or [""]
    }
    of_quarantine = {"404 unknown_job", "404 not_captured", "404 expired"}
    assert {problem for one in OPERATIONS for problem in problems_of(one)} - of_quarantine == told


def test_the_gateway_shows_it(api: httpx.Client) -> None:
    assert api.get("/v1/openapi.json").json() == DOCUMENT
