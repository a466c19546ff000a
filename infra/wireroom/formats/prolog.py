"""What stands before the root element of a document: its DOCTYPE, and the entities that this defines."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.errors import Unusable
from wireroom.formats.listing import Problems

MAX_DOCTYPE = 100_000
"""Most characters of a DOCTYPE."""
MAX_GROWTH = 1_000_000
"""Most characters that entities may add to a document."""

_SPACE = re.compile(r"\s*")
_TAG = re.compile(r"<([A-Za-z_][\w.\-]*:)?([A-Za-z_][\w.\-]*)")
_DOCTYPE = re.compile(
    r"<!doctype\s+(?P<name>[^\s\[>]+)(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*"
    r"(?:\[(?P<subset>(?:<!--.*?-->|[^\]\"'<]|\"[^\"]*\"|'[^']*'|<)*)\]\s*)?>",
    re.IGNORECASE | re.DOTALL,
)
_ENTITY = re.compile(r"<!ENTITY\s+(%\s+)?([\w.\-]+)\s+([^>\"']*)(?:\"([^\"]*)\"|'([^']*)')")
_LONGEST_VALUE = 1000
_SIMPLE = re.compile(r"(?:[^&%<]|&#\w{1,8};)*")
_REFERENCE = re.compile(r"&([\w.\-]+);")
# What XML forbids, as itself or by its number; one of them would make the whole document a broken one.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBER = re.compile(r"&#(?:x0*([0-9a-f]+)|0*([0-9]+));", re.IGNORECASE)


class Prolog(NamedTuple):
    """The head of a document."""

    root: str
    """Local name of the root element, in lower case."""
    start: int
    """Where the root element begins."""
    doctype: str
    """The name that the DOCTYPE gives, in lower case."""
    subset: str
    """The declarations within the DOCTYPE."""


def prolog(text: str) -> Prolog | None:
    """What `text` begins with; None if it is not markup. Raises `Unusable` for a DOCTYPE without end."""
    at, doctype, subset = 0, "", ""
    while True:
        at = _after(_SPACE, text, at)
        if text.startswith("<?", at):
            end = text.find("?>", at) + 2
        elif text.startswith("<!--", at):
            end = text.find("-->", at) + 3
        elif text[at : at + 9].lower() == "<!doctype":
            match = _DOCTYPE.match(text, at, at + MAX_DOCTYPE)
            if match is None:
                raise Unusable("broken", f"its DOCTYPE does not end within {MAX_DOCTYPE:,} characters")
            doctype, subset, end = match["name"].lower(), match["subset"] or "", match.end()
        else:
            tag = _TAG.match(text, at)
            return Prolog(tag[2].lower(), at, doctype, subset) if tag else None
        if end <= at:
            return None
        at = end


def content(text: str, head: Prolog, problems: Problems) -> str:
    """The document from its root element on, with its simple entities in place, and without forbidden characters.

    Entities made of others, or kept elsewhere, are left as they are written. Raises `Unusable` where the text would
    grow by more than `MAX_GROWTH` characters.
    """
    text = _NUMBER.sub(_allowed, _CONTROL.sub("", text[head.start :]))
    if not (entities := _simple(head.subset, problems)):
        return text
    growth = 0

    def put(match: re.Match[str]) -> str:
        nonlocal growth
        value = entities.get(match[1])
        if value is None:
            return match[0]
        growth += max(0, len(value) - len(match[0]))
        if growth > MAX_GROWTH:
            raise Unusable("entities", f"its entities make it longer by more than {MAX_GROWTH:,} characters")
        return value

    return _REFERENCE.sub(put, text)


def _simple(subset: str, problems: Problems) -> dict[str, str]:
    entities: dict[str, str] = {}
    for parameter, name, elsewhere, double, single in _ENTITY.findall(subset):
        value = double or single
        if parameter or elsewhere.strip() or len(value) > _LONGEST_VALUE or not _SIMPLE.fullmatch(value):
            problems.note("an entity made of others or kept elsewhere was left as it is written")
        else:
            entities.setdefault(name, value)
    return entities


def _allowed(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    code = int(digits, base) if len(digits) < 8 else 0
    forbidden = (code < 32 and code not in {9, 10, 13}) or 0xD800 <= code < 0xE000 or code > 0x10FFFF
    return "" if forbidden else match[0]


def _after(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
