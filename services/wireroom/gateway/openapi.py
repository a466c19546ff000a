"""The OpenAPI document of the API, made from the table of its operations and the examples beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from importlib.resources import files
from typing import Any

import msgspec

from wireroom.gateway import shapes
from wireroom.gateway.operation import ARTICLE, Operation, Schema
from wireroom.gateway.operations import OPERATIONS

PROBLEM = "application/problem+json"
_REFERENCE = "#/components/schemas/{name}"
_LOCKED = ("401 no_token", "401 bad_token", "403 missing_scope", "429 too_fast")
_LEDGER = ("503 database_away", "503 busy", "503 stopping")
_PARAMETER = re.compile(r"{(\w+)(?::\w+)?}")
_ABOUT = (
    "Offer articles, learn what became of them, and put right what failed. docs/producers.md says more. Where the"
    " gateway asks for tokens, send one with each request; `wireroom tokens` makes them, with the scopes that an"
    " operation names. Whatever goes wrong in the gateway itself is answered 500, and its log says what."
)


@cache
def document() -> bytes:
    """The document as JSON."""
    return msgspec.json.encode(describe())


def describe() -> dict[str, Any]:
    """The document."""
    paths: dict[str, dict[str, Any]] = {}
    for one in OPERATIONS:
        paths.setdefault(_PARAMETER.sub(r"{\1}", one.path), {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Wireroom", "version": version("wireroom"), "description": _ABOUT},
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(_schemas().items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "wr_ID_SECRET"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    told = (one.serve.__doc__ or "").strip()
    made: dict[str, Any] = {
        "operationId": one.name,
        "summary": told.partition("\n")[0],
        "parameters": [*_path_parameters(one), *_query_parameters(one)],
        "responses": {str(status): answer for status, answer in sorted([*_answers(one), *_problems(one)])},
        "security": [] if one.scope is None else [{"token": [str(one.scope)]}],
    }
    if one.takes:
        made["requestBody"] = {"required": True, "content": dict(_content(one.takes, _example(one, "takes")))}
    return made


def _path_parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name in _PARAMETER.findall(one.path):
        schema = {"type": "string", "minLength": 1} if ":path" in one.path else {"type": "integer", "minimum": 1}
        yield {"name": name, "in": "path", "required": True, "schema": schema, "example": _example(one, "path")}


def _query_parameters(one: Operation) -> Iterator[dict[str, Any]]:
    for name, schema in (one.query or {}).items():
        plain = {key: value for key, value in schema.items() if key != "description"}
        made = {"name": name, "in": "query", "schema": plain, "description": schema["description"]}
        yield made | {"example": _example(one, "query")[name]}


def _answers(one: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, (media, holds) in one.answers.items():
        content = dict(_content({media: holds}, _example(one, "answers")))
        yield str(status), {"description": HTTPStatus(status).phrase, "content": content}


def _content(holds: Mapping[str, shapes.Shape | Schema], examples: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for media, what in holds.items():
        example = {"example": examples[media]} if media in examples else {}
        yield media, {"schema": _schema(what)} | example


def _schema(what: shapes.Shape | Schema) -> Schema:
    return what if isinstance(what, Mapping) else {"$ref": _REFERENCE.format(name=what.__name__)}


def problems_of(one: Operation) -> list[str]:
    """Every problem with which it may be answered, as a status and a reason."""
    locked = _LOCKED if one.scope else ()
    return [*locked, *one.problems, "422 unknown_parameter", *(_LEDGER if one.scope else ())]


def _problems(one: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    known = problems_of(one)
    for status in sorted({name.partition(" ")[0] for name in known}):
        given = {name: _examples()["problems"][name] for name in known if name.startswith(status)}
        answer = {"description": HTTPStatus(int(status)).phrase, "content": {PROBLEM: _told(given)}}
        yield status, answer | _headers(status)


def _told(given: Mapping[str, Any]) -> dict[str, Any]:
    """A problem with one of these reasons; without one where one of them has none."""
    reasons = sorted({one["reason"] for one in given.values() if "reason" in one})
    required = [] if len(reasons) < len(given) else ["reason"]
    own = {"properties": {"reason": {"enum": reasons}}, "required": required}
    values = {name.replace(" ", "_"): {"value": _whole(one)} for name, one in given.items()}
    return {"schema": {"allOf": [{"$ref": _REFERENCE.format(name="Problem")}, own]}, "examples": values}


def _whole(problem: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(problem["status"]).phrase, **problem}


def _headers(status: str) -> dict[str, Any]:
    names = {"401": ["WWW-Authenticate"], "429": ["Retry-After"], "503": ["Retry-After"]}.get(status, [])
    return {"headers": {name: {"required": True, "schema": {"type": "string"}} for name in names}} if names else {}


def _schemas() -> dict[str, Any]:
    shown = [what for one in OPERATIONS for _, what in one.answers.values()]
    shown += [what for one in OPERATIONS for what in (one.takes or {}).values()]
    named = [what for what in shown if not isinstance(what, Mapping)]
    _, schemas = msgspec.json.schema_components([*named, shapes.Told], ref_template=_REFERENCE)
    article = msgspec.json.decode(files("wireroom.gateway").joinpath("schema.json").read_bytes())
    return schemas | {ARTICLE.rpartition("/")[2]: _moved(article)}


def _moved(article: dict[str, Any]) -> dict[str, Any]:
    """The schema of an article as a part of another document: what it refers to is written out."""
    defined = article.pop("$defs")
    article.pop("$schema")
    for field in article["properties"].values():
        if reference := field.pop("$ref", None):
            field |= {key: value for key, value in defined[reference.rpartition("/")[2]].items() if key not in field}
    return article


@cache
def _examples() -> dict[str, Any]:
    read: dict[str, Any] = msgspec.json.decode(files("wireroom.gateway").joinpath("examples.json").read_bytes())
    return read


def _example(one: Operation, part: str) -> Any:
    return _examples()[one.name].get(part, {})
