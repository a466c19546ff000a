"""Ages glued to headlines."""

from __future__ import annotations

import pytest

from wireroom.parse.ages import split_age


@pytest.mark.parametrize(
    ("line", "title", "seconds"),
    [
        ("operation against terrorists in Duki3 minutes ago", "operation against terrorists in Duki", 180),
        ("Ali Taj remembered33 minutes ago", "Ali Taj remembered", 33 * 60),
        ("parts of Pakistan- April 192 hours ago", "parts of Pakistan- April 19", 7200),
        ("all wards on May 23 hours ago", "all wards on May 2", 3 * 3600),
        ("lease case to May 1940 minutes ago", "lease case to May 19", 2400),
        ("storage rules for 20254 hours ago", "storage rules for 2025", 4 * 3600),
        ("Nine held in Kisumu:12 minutes ago", "Nine held in Kisumu", 720),
        ("a headline that was cut ..2 days ago", "a headline that was cut ..", 2 * 86400),
        ("Villages rebuilt 3 hours ago", "Villages rebuilt", 3 * 3600),
        ("Ferry sails againan hour ago", "Ferry sails againan hour ago", None),
        ("Ferry sails again an hour ago", "Ferry sails again", 0),
        ("Abre el puerto hace 3 horas", "Abre el puerto", 0),
    ],
)
def test_a_headline_is_told_from_its_age(line: str, title: str, seconds: int | None) -> None:
    found = split_age(line)
    assert (found and tuple(found)) == (None if seconds is None else (title, seconds))


def test_where_digits_can_be_shared_in_two_ways_the_list_is_in_order() -> None:
    younger, older = split_age("Oil at 1125 minutes ago", 60), split_age("Oil at 1125 minutes ago", 20 * 60)
    assert younger is not None
    assert older is not None
    assert (younger.title, older.title) == ("Oil at 112", "Oil at 11")


@pytest.mark.parametrize(
    "line", ["The school opened 40 years before", "Fire went out long ago", "ago", "3 minutes", ""]
)
def test_a_line_without_an_age_has_none(line: str) -> None:
    assert split_age(line) is None
