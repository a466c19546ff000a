"""Times of day beside a date, and the zones that people write after them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple
from zoneinfo import ZoneInfo

# Only abbreviations that mean one offset: CST is Chicago and Shanghai, IST is Delhi, Dublin and Jerusalem.
_ABBREVIATIONS = {
    "GMT": 0, "UTC": 0, "Z": 0, "WAT": 60, "CET": 60, "CEST": 120, "CAT": 120, "SAST": 120, "EET": 120, "EEST": 180,
    "EAT": 180, "MSK": 180, "PKT": 300, "WIB": 420, "HKT": 480, "SGT": 480, "JST": 540, "KST": 540, "AEST": 600,
    "AEDT": 660, "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "PST": -480, "PDT": -420,
}  # fmt: skip
_REGIONS = {"ET": "America/New_York", "PT": "America/Los_Angeles"}
_ZONE = (
    rf"(?P<zone>(?:GMT|UTC)?\s?[+-]\d{{1,2}}(?::?\d\d)?\b|(?:{'|'.join(_ABBREVIATIONS)})\b|"
    rf"(?-i:{'|'.join(_REGIONS)})\b)"
)
_HALVES = r"午前|午後|上午|下午|오전|오후"
_TIME = (
    rf"(?P<early>{_HALVES})?\s?(?P<hour>\d{{1,2}})\s?(?::|\.|h|Uhr|時|时|点|시)\s?(?P<minute>[0-5]\d)(?:[分분]|(?!\d))"
    r"(?::[0-5]\d(?:\.\d+)?)?(?:\s?(?P<half>[ap])\.?m\b\.?|\s(?P<late>[صم])(?!\w))?"
    rf"(?:\s?\(?{_ZONE}\)?)?"
)
_BETWEEN = r"(?:\s?\(\w{1,4}\))?[\s,|•·–—Tг.-]{0,4}"
_AT = r"(?:(?:at|à|um|a las|às|as|alle|ore|om|kl\.?|klo|o|u|в|о|στις|saat|pukul|jam|الساعة|ساعت|год)\.?:?\s?)?"
_TIME_AFTER = re.compile(rf"{_BETWEEN}{_AT}{_TIME}", re.IGNORECASE)
_TIME_BEFORE = re.compile(rf"(?<!\d){_TIME}[\s,|•·–—-]{{1,4}}(?:on\s)?$", re.IGNORECASE)
_AFTERNOON = frozenset({"p", "م", "午後", "下午", "오후"})
_LONGEST = 40


class TimeOfDay(NamedTuple):
    """A time found beside a date, with its zone where one is said."""

    start: int
    end: int
    hour: int
    minute: int
    zone: tzinfo | None

    def on(self, day: date) -> datetime:
        """The moment, in the offset that the zone has on that day."""
        at = datetime.combine(day, time(self.hour, self.minute, tzinfo=self.zone))
        offset = at.utcoffset()
        return at if offset is None else at.replace(tzinfo=timezone(offset))


def time_beside(text: str, start: int, end: int) -> TimeOfDay | None:
    """The time of day right after the date that stands at `start` to `end` of the text, or right before it."""
    match = _TIME_AFTER.match(text, end) or _TIME_BEFORE.search(text, max(0, start - _LONGEST), start)
    if match is None:
        return None
    hour = _hour(int(match["hour"]), (match["half"] or match["late"] or match["early"] or "").lower())
    return None if hour is None else TimeOfDay(*match.span(), hour, int(match["minute"]), _zone(match["zone"]))


def _hour(hour: int, half: str) -> int | None:
    if half and 1 <= hour <= 12:
        return hour % 12 + (12 if half in _AFTERNOON else 0)
    # In East Asia the half of the day is also written before the hours from 13 on.
    return hour if hour <= 23 and half not in {"a", "p"} else None


def _zone(written: str | None) -> tzinfo | None:
    if written is None:
        return None
    name = written.upper()
    if name in _REGIONS:
        return ZoneInfo(_REGIONS[name])
    if name in _ABBREVIATIONS:
        return timezone(timedelta(minutes=_ABBREVIATIONS[name]))
    match = re.fullmatch(r"\w*\s?([+-])(\d\d?):?(\d\d)?", written)
    if match is None:
        # An abbreviation with a letter that is one of ours but for its dot, as in `WİB`.
        return None
    sign, hours, minutes = match.groups("0")
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=15) else UTC
