"""Times as feeds and sitemaps write them."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_LONGEST = 100
_ISO = re.compile(
    r"(\d{4})([-/])(\d\d?)\2(\d\d?)(?:[T ]\s?(\d\d?):(\d\d)(?::(\d\d?)(?:[.,]\d+)?)?(?:\s?(Z|[+-]\d\d(?::?\d\d)?))?)?",
    re.IGNORECASE,
)
_COARSE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?")


def iso(said: str | None) -> str | None:
    """The time in ISO 8601, no finer than it is said, and with an offset only where one is said; None if unreadable."""
    text = " ".join((said or "")[:_LONGEST].split())
    if _COARSE.fullmatch(text):
        return text
    try:
        if match := _ISO.fullmatch(text):
            year, _, month, day, hour, minute, second, offset = match.groups()
            date = f"{year}-{month:0>2}-{day:0>2}"
            time = f"T{hour:0>2}:{minute}:{second or '':0>2}{(offset or '').upper()}" if hour else ""
            moment = datetime.fromisoformat(date + time)
            return moment.isoformat() if time else moment.date().isoformat()
        return parsedate_to_datetime(text).isoformat() if text else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
