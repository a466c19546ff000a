"""Reading a job as somebody wrote it: from JSON to an `ArticleJob`, or to what is wrong with it."""

from __future__ import annotations

import re
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec

from wireroom.contracts import ArticleJob, decode
from wireroom.ledger.offer import Refused

NOT_JSON = frozenset({"empty", "malformed", "lone_surrogate", "not_utf8"})
"""Reasons for which it is not even JSON."""
_LONGEST_NAME = 100
_TYPES = {
    "str": "a string", "bytes": "a string of base64", "int": "a whole number", "float": "a number of seconds, as 3600",
    "bool": "true or false", "object": "a JSON object", "array": "a list",
}  # fmt: skip
_UNKNOWN = re.compile("Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile("Object missing required field `(.*)`")
_WHERE = re.compile(r"(.*) - at `\$\.(\w+)(.*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `([^`]+)`")
_GOT = re.compile(r"got `(\w+)`")
_BYTE = re.compile(r"(?:JSON is malformed: )?(.*) \(byte (\d+)\)")
# A pair, half of one, any other escape: in this order, so that only true halves are found.
_HALF = re.compile(rb"\\(?:u[dD][89abAB]..\\u[dD][c-fC-F]..|(u[dD][89a-fA-F]..)|.)", re.DOTALL)


def read_job(data: bytes) -> ArticleJob | Refused:
    """The job that `data` is; else what is wrong where, `field` empty where no field is to blame."""
    if not data.strip():
        return Refused("", "empty", "it is empty: send an article as one JSON object")
    try:
        return decode(data, ArticleJob)
    except msgspec.ValidationError as error:
        return misfit(str(error), ArticleJob, "an article")
    except msgspec.DecodeError as error:
        return _malformed(data, str(error))
    except UnicodeDecodeError:
        return _not_utf8(data)
    except RecursionError:
        return Refused("", "too_deep", "the JSON is nested too deep")


def misfit(message: str, kind: type[msgspec.Struct], what: str) -> Refused:
    """What is wrong where with `what`, JSON that is no `kind`, as msgspec's message has it."""
    if unknown := _UNKNOWN.fullmatch(message):
        name, known = unknown[1][:_LONGEST_NAME], ", ".join(kind.__struct_fields__)
        return Refused(name, "unknown_field", f"unknown field {name}; known are: {known}")
    if missing := _MISSING.fullmatch(message):
        return Refused(missing[1], "missing", f"{missing[1]} must be given")
    got = f", not {found[1]}" if (found := _GOT.search(message)) else ""
    where = _WHERE.fullmatch(message)
    if where is None:
        return Refused("", "not_an_object", f"send {what} as one JSON object{got}")
    told, field, inside = where.groups()
    if inside:
        return Refused(field, "bad_value", f"{field} has a value that cannot be kept: {told}")
    meant = _meant(kind, field, told)
    cause = f"{field} must be {meant}{got}" if meant else f"{field} cannot be taken: {told}"
    return Refused(field, "wrong_type" if got else "bad_value", cause)


def _meant(kind: type[msgspec.Struct], field: str, told: str) -> str:
    """What the field's value must be: one of its words, or of a type; empty where that is not what is wrong."""
    of_kind = get_type_hints(kind)[field]
    words = [word for one in (of_kind, *get_args(of_kind)) if get_origin(one) is Literal for word in get_args(one)]
    if words:
        return " or ".join(words)
    expected = _EXPECTED.match(told)
    types = expected[1].split(" | ") if expected else ["bytes"] if "base64" in told else []
    return " or ".join(_TYPES.get(one, one) for one in types if one != "null")


def _malformed(data: bytes, message: str) -> Refused:
    for escape in _HALF.finditer(data):
        if escape[1]:
            cause = f"the escape at byte {escape.start()} is a lone surrogate: half a character is not Unicode"
            return Refused("", "lone_surrogate", cause)
    if found := _BYTE.fullmatch(message):
        return Refused("", "malformed", f"the JSON is malformed at byte {found[2]}: {found[1]}")
    return Refused("", "malformed", f"the JSON is malformed: it ends too early, at byte {len(data)}")


def _not_utf8(data: bytes) -> Refused:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return Refused("", "not_utf8", f"the JSON is not UTF-8 at byte {error.start}: {error.reason}")
    return Refused("", "not_utf8", "the JSON is not UTF-8")
