"""Dates as people and machines write them, in the languages whose month names are known here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from wireroom.contracts import Moment
from wireroom.parse.clock import TimeOfDay, time_beside
from wireroom.parse.months import MONTHS, PERSIAN_MONTHS
from wireroom.parse.wording import tidy

MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_NAME = r"[^\W\d_](?:[^\s\d.,;:/|()\[\]<>–—_-]){1,14}(?:\s(?:الأول|الثاني))?"
_YEAR = r"(?:1[34]|19|20)\d\d"
_MONTH_FIRST = (
    rf"(?<!\w)(?P<m1>{_NAME})\.?\s(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?!\.\d)(?:,?\s(?P<y1>(?:19|20)\d\d)\b)?"
)
_DAY_FIRST = (
    r"(?<![\d/.-])(?P<d2>\d{1,2})(?:st|nd|rd|th|er|º|ª|\.)?(?:\s|-)(?:de\s|of\s|d['’])?"
    rf"(?P<m2>{_NAME})(?:\s/\s{_NAME})?\.?(?:,?(?:\s|-)(?:de\s|del\s)?(?P<y2>{_YEAR})\b)?"
)
_YEAR_FIRST = rf"(?<!\d)(?P<y3>(?:19|20)\d\d)[.,]?(?:\s?m\.)?\s(?P<m3>{_NAME})\.?\s(?P<d3>\d{{1,2}})\b"
_ISO = rf"(?<![\d/.-])(?P<y4>{_YEAR})(?P<s4>[-/.])\s?(?P<m4>\d{{1,2}})(?P=s4)\s?(?P<d4>\d{{1,2}})(?!\d)"
_IDEOGRAPHS = r"(?P<y5>(?:19|20)\d\d)\s?[年년]\s?(?P<m5>\d{1,2})\s?[月월]\s?(?P<d5>\d{1,2})\s?[日일]"
_NUMBERS = r"(?<![\d/.-])(?P<d6>\d{1,2})(?P<s6>[./-])\s?(?P<m6>\d{1,2})(?P=s6)\s?(?P<y6>(?:19|20)\d\d)\b"
_FORMS = tuple(re.compile(form) for form in (_MONTH_FIRST, _DAY_FIRST, _YEAR_FIRST, _ISO, _IDEOGRAPHS, _NUMBERS))
_DAY_OR_YEAR = re.compile(r"\d{1,4}")
_BEFORE_DAY = 24
_UNIX_DATE = re.compile(r"(\w{3}) +(\d\d?) (\d\d:\d\d:\d\d) ([A-Z]{3,4}) (\d{4})")
_MACHINE = re.compile(
    r"(?P<day>\d{4}-?\d\d-?\d\d)(?:[T ](?P<hour>\d\d):?(?P<minute>\d\d)(?::?(?P<second>\d\d?)(?:[.,]\d+)?)?"
    r"\s?(?P<zone>Z|[+-]\d{3,4}|[+-]\d\d(?::\d\d)?)?)?"
)
_EPOCH = re.compile(r"\d{10}|\d{13}")
_EARLIEST, _LATEST = 1800, 2100
_ZEROS = "٠۰०০૦０"
_DIGITS = {ord(zero) + n: str(n) for zero in _ZEROS for n in range(10)} | {ord("："): ":", ord("／"): "/"}


class WrittenDate(NamedTuple):
    """A date found in a text, with its time of day where one stands beside it."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    time: TimeOfDay | None

    @property
    def iso(self) -> str | None:
        """ISO 8601: a bare date without a time of day; None without a year."""
        if self.year is None:
            return None
        on = date(self.year, self.month, self.day)
        return on.isoformat() if self.time is None else self.time.on(on).isoformat()


def find_date(text: str, day_first: bool = False) -> WrittenDate | None:
    """The first date in a line of tidy text.

    Numbers alone count only where day and month cannot be confused, or `day_first` tells which is which.
    """
    line = text if text.isascii() else text.translate(_DIGITS)
    for match in _matches(line):
        found = _written(match, day_first)
        if found is not None:
            return _with_time(line, found)
    return None


def complete(written: WrittenDate, near: str | None) -> str | None:
    """The ISO date; where no year was written, the one that brings it closest to the ISO date `near`."""
    if written.year is not None or near is None:
        return None if written.iso is None else written.iso[:10]
    anchor = date.fromisoformat(near[:10])
    days = [on for year in (anchor.year - 1, anchor.year, anchor.year + 1) if (on := _date(year, written))]
    return min(days, key=lambda on: abs(on - anchor)).isoformat() if days else None


def visible_moment(text: str, origin: str = "visible", day_first: bool = False) -> Moment | None:
    """The first full date of a text that people read, as a moment."""
    line = tidy(text)[:400]
    found = find_date(line, day_first)
    if found is None or found.iso is None:
        return None
    return _moment(found.iso, line[found.start : found.end], origin)


def machine_moment(value: str, origin: str, day_first: bool = False) -> Moment | None:
    """A moment from a value meant for machines, as `2025-05-06T20:45:00Z`; else as `visible_moment` reads it."""
    text = tidy(value)[:100]
    if _EPOCH.fullmatch(text):
        at = datetime.fromtimestamp(int(text[:10]), UTC)
        return _moment(at.isoformat(), text, origin)
    machine = _MACHINE.fullmatch(text)
    if machine is None:
        ordered = _UNIX_DATE.sub(r"\1 \2 \5 \3 \4", text)
        found = visible_moment(ordered, origin, day_first)
        return found if found is None or ordered == text else replace(found, as_written=text)
    try:
        return _moment(
            datetime.fromisoformat(_repaired(machine)).isoformat()[: None if machine["hour"] else 10], text, origin
        )
    except ValueError:
        return None


def _repaired(machine: re.Match[str]) -> str:
    """The value without fractions of seconds, and with the zeros that some systems leave out."""
    if machine["hour"] is None:
        return machine["day"]
    zone = machine["zone"] or ""
    sign, digits = zone[:1], zone[1:].replace(":", "")
    offset = zone if zone in {"", "Z"} else f"{sign}{digits.rjust(4, '0') if len(digits) > 2 else digits + '00'}"
    return f"{machine['day']}T{machine['hour']}:{machine['minute']}:{(machine['second'] or '0').rjust(2, '0')}{offset}"


def _moment(iso: str, as_written: str, origin: str) -> Moment | None:
    """The moment, or None where the year tells that nobody set it."""
    if not _EARLIEST <= int(iso[:4]) <= _LATEST or iso.startswith("1970-01-01"):
        return None
    said = bool(re.search(r"T.*[+-]\d\d:\d\d$", iso))
    return Moment(iso=iso, as_written=as_written, origin=origin, zone_origin="said" if said else None)


def _matches(line: str) -> Iterator[re.Match[str]]:
    """What may be dates, by where their numbers stand: a date has its day or its year first, or a month before it."""
    for number in _DAY_OR_YEAR.finditer(line):
        before = line.rfind(" ", 0, max(0, number.start() - 1)) + 1
        starts = (number.start(), max(before, number.start() - _BEFORE_DAY))
        for form in _FORMS:
            if match := form.match(line, starts[form is _FORMS[0]]):
                yield match


def _written(match: re.Match[str], day_first: bool) -> WrittenDate | None:
    year, month, day = _numbers(match, day_first)
    try:
        date(year or 2024, month, day)
    except ValueError:
        return None
    return WrittenDate(match.start(), match.end(), day, month, year, None)


def _numbers(match: re.Match[str], day_first: bool) -> tuple[int | None, int, int]:
    """Year, month and day; a month of 0, which is none, where the match is no date."""
    form = _FORMS.index(match.re) + 1
    year, month, day = match[f"y{form}"], match[f"m{form}"].lower(), int(match[f"d{form}"])
    if form == 6:
        return (int(year), *_month_and_day(int(month), day, match["s6"] == "." or day_first))
    number = int(month) if month.isdecimal() else MONTHS.get(month.rstrip("'’"), 0)
    if year is not None and int(year) < 1500:
        return _gregorian(int(year), number if month.isdecimal() else PERSIAN_MONTHS.get(month, 0), day)
    return int(year) if year else None, number, day


def _month_and_day(second: int, first: int, day_first: bool) -> tuple[int, int]:
    """Month and day of `19.4.` or `4/19/`; zeros, which are no date, where it could be either."""
    if first > 12 or day_first or first == second:
        return second, first
    return (first, second) if second > 12 else (0, 0)


def _gregorian(year: int, month: int, day: int) -> tuple[int, int, int]:
    """Year, month and day of a date of the Persian solar calendar (years 1300 to 1499)."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return 0, 0, 0
    years = year - 979
    days = 365 * years + years // 33 * 8 + (years % 33 + 3) // 4 + day - 1
    days += 31 * (month - 1) if month <= 7 else 186 + 30 * (month - 7)
    on = date(1600, 3, 20) + timedelta(days=days)
    return on.year, on.month, on.day


def _with_time(text: str, found: WrittenDate) -> WrittenDate:
    at = time_beside(text, found.start, found.end)
    if at is None:
        return found
    return found._replace(start=min(found.start, at.start), end=max(found.end, at.end), time=at)


def _date(year: int, written: WrittenDate) -> date | None:
    try:
        return date(year, written.month, written.day)
    except ValueError:
        return None
