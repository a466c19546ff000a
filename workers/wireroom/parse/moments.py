"""Moments: of the times that a page gives in several places, the one meant, with as much of its zone as is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from msgspec.structs import replace

from wireroom.contracts import Moment

_MINUTE, _STEP = timedelta(minutes=1), timedelta(minutes=30)
_WEST, _EAST = timedelta(hours=-12), timedelta(hours=14)


class Dated(NamedTuple):
    """A moment, and how many places give the same day, or another."""

    moment: Moment
    agreeing: int
    differing: int


def choose_moment(found: Sequence[Moment]) -> Dated | None:
    """The moment that the first place gives, completed by what the others say of the same moment."""
    if not found:
        return None
    first = _addressed(found)
    moment = _completed(first, [other for other in found if other is not first])
    same = sum(_same_day(moment, other) for other in found)
    return Dated(moment, same, len(found) - same)


def is_of_two_days(found: Sequence[Moment]) -> bool:
    """Whether a moment in UTC falls on another day than readers are told, for the publisher's clock differs."""
    first = found[0]
    return first.iso.endswith("+00:00") and any(
        "T" not in other.iso and other.iso != first.iso[:10] and _is_near(first, other) for other in found[1:]
    )


def _addressed(found: Sequence[Moment]) -> Moment:
    """The first moment, unless it only stands in sight and the URL has another day: a text may speak of any day."""
    address = next((moment for moment in found if moment.origin == "url"), found[0])
    first = found[0]
    return address if first.origin == "visible" and not _is_near(first, address) else first


def _is_near(one: Moment, other: Moment) -> bool:
    days = [date.fromisoformat(moment.iso[:10]) for moment in (one, other)]
    return abs(days[0] - days[1]) <= timedelta(days=1)


def _completed(first: Moment, others: Sequence[Moment]) -> Moment:
    """The first moment; another's of the same day where that says more; by the publisher's own clock where known."""
    near = [other for other in others if _same_day(first, other)]
    best = max((first, *near), key=_detail)
    at = _read(best)
    if at is None or (at.tzinfo is not None and at.utcoffset()):
        return best
    for other in others:
        if (local := _local(best, at, other)) is not None:
            return local
    return best


def _local(moment: Moment, at: datetime, other: Moment) -> Moment | None:
    """The moment, given in UTC, by the publisher's clock, where the other place gives the same moment by that."""
    there = _read(other)
    if at.tzinfo is None or there is None or other.iso == moment.iso:
        return None
    if there.tzinfo is not None:
        # A wall time labelled UTC by mistake is common; one labelled with another offset is not.
        same = abs(there - at) < _MINUTE or (
            there.utcoffset() and there.replace(tzinfo=None) == at.replace(tzinfo=None)
        )
        return other if same and there.utcoffset() else None
    offset = _rounded(there - at.replace(tzinfo=None))
    if offset is None:
        return None
    local = at.astimezone(timezone(offset))
    return replace(moment, iso=local.isoformat(), zone_origin="wall_clock")


def _rounded(difference: timedelta) -> timedelta | None:
    """The difference as an offset from UTC, None where it is no such."""
    steps = round(difference / _STEP)
    exact = abs(difference - steps * _STEP) < _MINUTE
    return steps * _STEP if exact and steps and _WEST <= difference <= _EAST else None


def _same_day(one: Moment, other: Moment) -> bool:
    return one.iso[:10] == other.iso[:10]


def _detail(moment: Moment) -> int:
    return 2 * (moment.zone_origin is not None) + ("T" in moment.iso)


def _read(moment: Moment) -> datetime | None:
    return datetime.fromisoformat(moment.iso) if "T" in moment.iso else None
