"""Times without an offset, completed by a zone."""

from __future__ import annotations

import pytest

from wireroom.contracts import Moment
from wireroom.zones import completed


def test_a_wall_time_gets_the_offset_its_place_had_on_that_day() -> None:
    winter = completed(Moment(iso="2025-01-10T09:00", origin="visible"), "Europe/Berlin", "dateline_place")
    summer = completed(Moment(iso="2025-07-10T09:00:00", origin="visible"), "Europe/Berlin", "source")
    assert (winter.iso, summer.iso) == ("2025-01-10T09:00:00+01:00", "2025-07-10T09:00:00+02:00")
    assert (summer.zone, summer.zone_origin, summer.origin) == ("Europe/Berlin", "source", "visible")
    assert winter.zone_origin == "dateline_place"


@pytest.mark.parametrize(
    "iso", ["2025-05-02", "2025-05-02T16:15:00+00:00", "2025-05-02T16:15:00Z", "1850-05-02T16:15:00", "soon"]
)
def test_a_date_alone_and_a_time_with_an_offset_stay_as_they_are(iso: str) -> None:
    moment = Moment(iso=iso, origin="visible")
    assert completed(moment, "Asia/Karachi", "source") == moment
