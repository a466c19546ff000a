"""Dates and times of day as people write them, in the languages whose month names are known here."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import NamedTuple

from wireroom.contracts import Moment
from wireroom.parse.wording import tidy

_MONTHS = """
january jan janvier janv januar jänner enero ene janeiro gennaio gen januari stycznia
february feb février févr fevrier februar febrero fevereiro fev febbraio februari lutego
march mar mars märz marzo março marco maart marca
april apr avril avr abril abr aprile kwietnia
may mai mayo maio maggio mag mei maja
june jun juin juni junio junho giugno giu czerwca
july jul juillet juil juli julio julho luglio lug lipca
august aug août aout agosto ago augustus sierpnia
september sep sept septembre septiembre setembro settembre września
october oct octobre oktober okt octubre outubro out ottobre ott października
november nov novembre noviembre novembro listopada
december dec décembre déc decembre dezember dez diciembre dic dezembro dicembre grudnia
"""
MONTHS = {word: number for number, row in enumerate(_MONTHS.split("\n")[1:-1], 1) for word in row.split()}
MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH_FIRST = rf"\b(?P<m1>{MONTH})\b\.?\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s(?P<y1>(?:19|20)\d\d)\b)?"
_DAY_FIRST = (
    rf"\b(?P<d2>\d{{1,2}})(?:st|nd|rd|th|er|º|\.)?\s(?:de\s|of\s)?(?P<m2>{MONTH})\b\.?"
    r"(?:,?\s(?:de\s|del\s)?(?P<y2>(?:19|20)\d\d)\b)?"
)
_ISO = r"\b(?P<y3>(?:19|20)\d\d)-(?P<m3>\d\d)-(?P<d3>\d\d)(?!\d)"
_NUMBERS = r"\b(?P<a4>\d{1,2})(?P<s4>[./-])(?P<b4>\d{1,2})(?P=s4)(?P<y4>(?:19|20)\d\d)\b"
_DATE = re.compile("|".join((_MONTH_FIRST, _DAY_FIRST, _ISO, _NUMBERS)), re.IGNORECASE)

# Only abbreviations that mean one offset: CST is Chicago and Shanghai, IST is Delhi, Dublin and Jerusalem.
_ABBREVIATIONS = {
    "GMT": 0, "UTC": 0, "Z": 0, "WAT": 60, "CET": 60, "CEST": 120, "CAT": 120, "SAST": 120, "EET": 120, "EEST": 180,
    "EAT": 180, "MSK": 180, "PKT": 300, "WIB": 420, "HKT": 480, "SGT": 480, "JST": 540, "KST": 540, "AEST": 600,
    "AEDT": 660, "NZST": 720, "NZDT": 780, "EST": -300, "EDT": -240, "PST": -480, "PDT": -420,
}  # fmt: skip
_ZONE = rf"(?P<zone>(?:GMT|UTC)?[+-]\d{{1,2}}(?::?\d\d)?\b|(?:{'|'.join(_ABBREVIATIONS)})\b)"
_TIME = rf"(?P<hour>\d{{1,2}})\s?(?::|\.|h|Uhr)\s?(?P<minute>[0-5]\d)(?::[0-5]\d(?:\.\d+)?)?(?:\s?(?P<half>[ap])\.?m\b\.?)?(?:\s?\(?{_ZONE}\)?)?"  # noqa: E501
_TIME_AFTER = re.compile(rf"[\s,|•·–—T-]{{0,4}}(?:at|à|um|a las|às|alle|om|kl\.?|o)?\s?{_TIME}", re.IGNORECASE)
_TIME_BEFORE = re.compile(rf"\b{_TIME}[\s,|•·–—-]{{1,4}}(?:on\s)?$", re.IGNORECASE)


class WrittenDate(NamedTuple):
    """A date found in a text, with its time of day where one stands beside it."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    time: time | None

    @property
    def iso(self) -> str | None:
        """ISO 8601: a bare date without a time of day; None without a year."""
        if self.year is None:
            return None
        on = date(self.year, self.month, self.day)
        return on.isoformat() if self.time is None else datetime.combine(on, self.time).isoformat()


def find_date(text: str) -> WrittenDate | None:
    """The first date in a line of tidy text; numbers alone count only where day and month cannot be confused."""
    for match in _DATE.finditer(text):
        found = _written(match)
        if found is not None:
            return _with_time(text, found)
    return None


def complete(written: WrittenDate, near: str | None) -> str | None:
    """The ISO date; where no year was written, the one that brings it closest to the ISO date `near`."""
    if written.year is not None or near is None:
        return None if written.iso is None else written.iso[:10]
    anchor = date.fromisoformat(near[:10])
    days = [on for year in (anchor.year - 1, anchor.year, anchor.year + 1) if (on := _date(year, written))]
    return min(days, key=lambda on: abs(on - anchor)).isoformat() if days else None


def visible_moment(text: str, origin: str = "visible") -> Moment | None:
    """The first full date of a text that people read, as a moment."""
    line = tidy(text)[:400]
    found = find_date(line)
    if found is None or found.iso is None:
        return None
    return _moment(found.iso, line[found.start : found.end], origin)


def machine_moment(value: str, origin: str) -> Moment | None:
    """A moment from a value meant for machines, as `2025-05-06T20:45:00Z`; else as `visible_moment` reads it."""
    text = tidy(value)[:100]
    try:
        at = datetime.fromisoformat(re.sub(r"\.\d+", "", re.sub(r"\s(?=[+-]\d\d:?\d\d$)", "", text)))
    except ValueError:
        return visible_moment(text, origin)
    if re.fullmatch(r"\d{4}-?\d\d-?\d\d", text):
        return _moment(at.date().isoformat(), text, origin)
    return _moment(at.isoformat(), text, origin)


def _moment(iso: str, as_written: str, origin: str) -> Moment:
    said = bool(re.search(r"T.*[+-]\d\d:\d\d$", iso))
    return Moment(iso=iso, as_written=as_written, origin=origin, zone_origin="said" if said else None)


def _written(match: re.Match[str]) -> WrittenDate | None:
    day, month, year = _numbers(match)
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    return WrittenDate(match.start(), match.end(), day, month, year, None)


def _numbers(match: re.Match[str]) -> tuple[int, int, int | None]:
    part = match.groupdict()
    for n in "12":
        if part[f"m{n}"]:
            year = part[f"y{n}"]
            return int(part[f"d{n}"]), MONTHS[part[f"m{n}"].lower()], int(year) if year else None
    if part["y3"]:
        return int(part["d3"]), int(part["m3"]), int(part["y3"])
    return (*_day_and_month(int(part["a4"]), int(part["b4"]), part["s4"]), int(part["y4"]))


def _day_and_month(first: int, second: int, mark: str) -> tuple[int, int]:
    """Day and month of `19.4.` or `4/19/`; zeros, which are no date, where it could be either."""
    if first > 12 or mark == "." or first == second:
        return first, second
    return (second, first) if second > 12 else (0, 0)


def _with_time(text: str, found: WrittenDate) -> WrittenDate:
    after = _TIME_AFTER.match(text, found.end)
    before = None if after else _TIME_BEFORE.search(text, max(0, found.start - 40), found.start)
    match = after or before
    at = _time(match) if match else None
    if match is None or at is None:
        return found
    return found._replace(start=min(found.start, match.start()), end=max(found.end, match.end()), time=at)


def _time(match: re.Match[str]) -> time | None:
    hour, half = int(match["hour"]), (match["half"] or "").lower()
    if (half and not 1 <= hour <= 12) or hour > 23:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(match["minute"]), tzinfo=_zone(match["zone"]))


def _zone(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written.upper() in _ABBREVIATIONS:
        return timezone(timedelta(minutes=_ABBREVIATIONS[written.upper()]))
    sign, hours, minutes = re.fullmatch(r"\w*([+-])(\d\d?):?(\d\d)?", written).groups("0")  # type: ignore[union-attr]
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset) if offset < timedelta(hours=15) else UTC


def _date(year: int, written: WrittenDate) -> date | None:
    try:
        return date(year, written.month, written.day)
    except ValueError:
        return None
