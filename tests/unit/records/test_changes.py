"""What a record says otherwise than another: each field's fate, and the body's, passage by passage."""

from __future__ import annotations

from typing import Any

import pytest

from wireroom.contracts import Author, Block, Moment, ParsedArticle
from wireroom.records.changes import FIELDS, MATCHED, FieldChange, Passage, compare, differ, fields, passages


def record(*texts: str, **fields: Any) -> ParsedArticle:
    given = {"title": "A pier", "blocks": paragraphs(*texts or ("The pier is open.",)), "parser": "t/1"}
    return ParsedArticle(**given | fields)


def paragraphs(*texts: str) -> list[Block]:
    return [Block(kind="paragraph", text=text) for text in texts]


ADA = [Author(name="Ada Okoro")]


@pytest.mark.parametrize(
    ("field", "before", "after", "change"),
    [
        ("authors", [], ADA, "gained"),
        ("authors", ADA, [], "lost"),
        ("authors", ADA, [*ADA, *ADA], "changed"),
        ("subtitle", None, "Soon", "gained"),
        ("subtitle", "Soon", "", "lost"),
        ("paywalled", None, False, "gained"),
        ("paywalled", True, False, "changed"),
        ("published", Moment(iso="2025-05-02", origin="url"), Moment(iso="2025-05-02", origin="meta"), "changed"),
        ("origins", {"title": "visible"}, {}, "lost"),
        ("title", "A pier", "A pier", "same"),
    ],
)
def test_each_change_of_a_field_has_its_name(field: str, before: Any, after: Any, change: str) -> None:
    old, new = record(**{field: before}), record(**{field: after})
    assert compare(old, new) == dict.fromkeys(FIELDS, "same") | {field: change}
    assert differ(old, new) == (change != "same")


def test_a_parser_that_only_knows_itself_better_has_read_the_same() -> None:
    assert not differ(record(), record(parser="t/2", confidences={"title": 0.9}))


def test_only_fields_that_differ_are_told_and_the_body_is_none_of_them() -> None:
    before, after = record("Open.", subtitle="Soon"), record("Shut.", title="No pier", subtitle=None)
    assert fields(before, after) == [
        FieldChange("title", "changed", "A pier", "No pier"),
        FieldChange("subtitle", "lost", "Soon", None),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("abc", "abc", [Passage(3)]),
        ("abc", "abxc", [Passage(2), ("", "x"), Passage(1)]),
        ("abc", "ac", [Passage(1), ("b", ""), Passage(1)]),
        ("abcd", "axyd", [Passage(1), ("bc", "xy"), Passage(1)]),
        ("abcde", "xbcdy", [("a", "x"), Passage(3), ("e", "y")]),
        ("", "ab", [("", "ab")]),
        ("ab", "", [("ab", "")]),
        ("aa", "aaa", [Passage(2), ("", "a")]),
    ],
)
def test_a_body_is_told_passage_by_passage(before: str, after: str, expected: list[Any]) -> None:
    found = passages(paragraphs(*before), paragraphs(*after))
    assert found == [
        one if isinstance(one, Passage) else Passage(0, paragraphs(*one[0]), paragraphs(*one[1])) for one in expected
    ]


def test_a_paragraph_that_became_a_heading_has_changed() -> None:
    before, after = paragraphs("a", "b"), [Block(kind="heading", text="a"), *paragraphs("b")]
    assert passages(before, after) == [Passage(0, before[:1], after[:1]), Passage(1)]


def test_a_body_beyond_all_measure_is_told_too_but_not_what_stays_in_its_middle() -> None:
    old, new = (paragraphs(*(f"{n % kinds}" for n in range(100 * MATCHED))) for kinds in (7, 11))
    before, after = [*paragraphs("head"), *old, *paragraphs("tail")], [*paragraphs("head"), *new, *paragraphs("tail")]
    (head, between, tail) = passages(before, after)
    assert (head.same > 0, between.same, tail.same > 0) == (True, 0, True)
    assert head.same + len(between.before) + tail.same == len(before)
    assert head.same + len(between.after) + tail.same == len(after)


def test_every_paragraph_is_in_one_passage() -> None:
    before, after = (paragraphs(*(f"{n % kinds}" for n in range(MATCHED))) for kinds in (7, 5))
    found = passages(before, after)
    assert sum(one.same + len(one.before) for one in found) == len(before)
    assert sum(one.same + len(one.after) for one in found) == len(after)
