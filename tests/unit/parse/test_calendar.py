"""Dates and times as people write them."""

from __future__ import annotations

import pytest

from wireroom.parse.calendar import machine_moment, visible_moment


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("Published April 19, 2025 | 02:40 PM", "2025-04-19T14:40:00"),
        ("Updated: 6 May 2025, 7.30am", "2025-05-06T07:30:00"),
        ("9 mai 2025 à 16 h 40", "2025-05-09T16:40:00"),
        ("3 de mayo de 2025", "2025-05-03"),
        ("19. März 2025, 12:05 Uhr", "2025-03-19T12:05:00"),
        ("May 8, 2025 | 11:20 AM GMT", "2025-05-08T11:20:00+00:00"),
        ("10:15 GMT, 3 May 2025", "2025-05-03T10:15:00+00:00"),
        ("May 8, 2025 12:00 AM PKT", "2025-05-08T00:00:00+05:00"),
        ("May 8, 2025 12:30 PM UTC+5:30", "2025-05-08T12:30:00+05:30"),
        ("19/04/2025 18:00", "2025-04-19T18:00:00"),
        ("4/19/2025", "2025-04-19"),
        ("4/5/2025", None),
        ("31 April 2025", None),
        ("May 8", None),
        ("IST is no one's time", None),
    ],
)
def test_a_written_date_is_read_as_far_as_it_goes(text: str, iso: str | None) -> None:
    found = visible_moment(text)
    assert (found and found.iso) == iso


@pytest.mark.parametrize(
    ("value", "iso"),
    [
        ("2025-05-06T20:45:00Z", "2025-05-06T20:45:00+00:00"),
        ("2025-05-06T20:45:00.123456789+0200", "2025-05-06T20:45:00+02:00"),
        ("2025-05-06 20:45:00 +02:00", "2025-05-06T20:45:00+02:00"),
        ("2025-05-06", "2025-05-06"),
        ("Tue, 06 May 2025 20:45:00 GMT", "2025-05-06T20:45:00+00:00"),
        ("soon", None),
        ("2025-13-45T99:00", None),
    ],
)
def test_a_machines_date_keeps_its_offset(value: str, iso: str | None) -> None:
    found = machine_moment(value, "meta")
    assert (found and found.iso) == iso


def test_a_zone_is_said_only_where_an_offset_stands() -> None:
    said, unsaid = machine_moment("2025-05-06T20:45Z", "meta"), machine_moment("2025-05-06T20:45", "meta")
    assert said is not None
    assert unsaid is not None
    assert (said.zone_origin, unsaid.zone_origin) == ("said", None)
