"""What a record says otherwise than another: field by field, and its body paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal, NamedTuple

from wireroom.contracts import OF_THE_PARSER, Block, ParsedArticle

Change = Literal["same", "gained", "lost", "changed"]
CHANGES: tuple[Change, ...] = ("same", "gained", "lost", "changed")
FIELDS = tuple(name for name in ParsedArticle.__struct_fields__ if name not in OF_THE_PARSER)
"""All that makes two records differ, as store sees it."""
MATCHED = 250
"""Most paragraphs on a side, between what is the same at both ends, of which those that stay are looked for."""


class FieldChange(NamedTuple):
    """What became of a field that is not the body."""

    field: str
    change: Change
    before: Any
    after: Any


class Passage(NamedTuple):
    """Paragraphs in a row: the same in both, or these before and those after (none where they are new or gone)."""

    same: int
    before: Sequence[Block] = ()
    after: Sequence[Block] = ()


def compare(before: ParsedArticle, after: ParsedArticle) -> dict[str, Change]:
    """What becomes of each field."""
    return {name: _change(getattr(before, name), getattr(after, name)) for name in FIELDS}


def differ(before: ParsedArticle, after: ParsedArticle) -> bool:
    """Whether store would make another version of it."""
    return any(getattr(before, name) != getattr(after, name) for name in FIELDS)


def fields(before: ParsedArticle, after: ParsedArticle) -> list[FieldChange]:
    """The fields that differ, without the body."""
    return [
        FieldChange(name, change, getattr(before, name), getattr(after, name))
        for name, change in compare(before, after).items()
        if name != "blocks" and change != "same"
    ]


def passages(before: Sequence[Block], after: Sequence[Block]) -> list[Passage]:
    """The body from its beginning to its end, what changed and how much did not.

    What stays in the middle of more than `MATCHED` paragraphs is not looked for, as that takes time by their square.
    """
    head = _alike(before, after)
    tail = _alike(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    found = [Passage(head), *_between(old, new), Passage(tail)]
    return [one for one in found if one.same or one.before or one.after]


def _alike(one: Sequence[Block], other: Sequence[Block]) -> int:
    shorter = min(len(one), len(other))
    return next((at for at in range(shorter) if one[at] != other[at]), shorter)


def _between(old: Sequence[Block], new: Sequence[Block]) -> Iterator[Passage]:
    if max(len(old), len(new)) > MATCHED:
        yield Passage(0, old, new)
        return
    matcher = SequenceMatcher(None, _lines(old), _lines(new), autojunk=False)
    for what, start, end, begin, finish in matcher.get_opcodes():
        yield Passage(end - start) if what == "equal" else Passage(0, old[start:end], new[begin:finish])


def _lines(blocks: Sequence[Block]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks]


def _change(before: Any, after: Any) -> Change:
    if before == after:
        return "same"
    if _is_empty(before):
        return "gained"
    return "lost" if _is_empty(after) else "changed"


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
