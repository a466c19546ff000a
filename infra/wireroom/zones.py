"""The offset of a time that was given without one, by a zone that is known otherwise."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from wireroom.contracts import Moment


def completed(moment: Moment, zone: str | None, origin: Literal["dateline_place", "source"]) -> Moment:
    """The same wall time with the offset of `zone`; unchanged if it is a date alone, or has an offset already."""
    wall = _wall_time(moment.iso)
    if wall is None or not zone:
        return moment
    local = wall.replace(tzinfo=ZoneInfo(zone))
    offset = local.utcoffset()
    if offset is None or offset.seconds % 60:  # local mean time, of a date before the zone's standard time
        return moment
    return replace(moment, iso=local.isoformat(), zone=zone, zone_origin=origin)


def _wall_time(iso: str) -> datetime | None:
    try:
        time = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return time if len(iso) > len("2025-05-02") and time.tzinfo is None else None
