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
        ("8 Mei 2025 12:00 WİB", "2025-05-08T12:00:00"),
        ("May 8, 2025 12:30 PM UTC+5:30", "2025-05-08T12:30:00+05:30"),
        ("19/04/2025 18:00", "2025-04-19T18:00:00"),
        ("4/19/2025", "2025-04-19"),
        ("4/5/2025", None),
        ("2019年4月2日(火) 14:00", "2019-04-02T14:00:00"),
        ("2019년 4월 2일 오후 3:45", "2019-04-02T15:45:00"),
        ("الأربعاء، 07 أكتوبر 2020 - 12:09 م", "2020-10-07T12:09:00"),
        ("24 نيسان / أبريل 2020 09:22", "2020-04-24T09:22:00"),
        ("۱۲ تیر ۱۳۹۹", "2020-07-02"),
        ("۱۳۹۹/۰۲/۲۱ - ۱۸:۵۹", "2020-05-10T18:59:00"),
        ("duminică, 20 septembrie 2020 16:20", "2020-09-20T16:20:00"),
        ("2020. június 4., 11:27", "2020-06-04T11:27:00"),
        ("2025 m. gegužės 7 d.", "2025-05-07"),
        ("7 мая 2025, 12:00", "2025-05-07T12:00:00"),
        ("7 травня 2025 о 12:30", "2025-05-07T12:30:00"),
        ("7 Μαΐου 2025", "2025-05-07"),
        ("7. toukokuuta 2025", "2025-05-07"),
        ("7 मई 2025", "2025-05-07"),
        ("7 Mayıs 2025 10:05", "2025-05-07T10:05:00"),
        ("5. mai 2020 kl. 14.30", "2020-05-05T14:30:00"),
        ("7 d'agost de 2020", "2020-08-07"),
        ("11/28/2016 11:00 AM PT", "2016-11-28T11:00:00-08:00"),
        ("July 7, 2025 11:00 AM ET", "2025-07-07T11:00:00-04:00"),
        ("Posted 7 May 2025", "2025-05-07"),
        ("Version 2.0.1 of 30", None),
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
        ("Mon Aug 03 12:45:00 EDT 2015", "2015-08-03T12:45:00-04:00"),
        ("2018-10-29T10:15-500", "2018-10-29T10:15:00-05:00"),
        ("2020-12-05T23:15:0Z", "2020-12-05T23:15:00+00:00"),
        ("1586259574", "2020-04-07T11:39:34+00:00"),
        ("1586259574000", "2020-04-07T11:39:34+00:00"),
        ("20250506", "2025-05-06"),
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
