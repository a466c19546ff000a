"""Addresses as feeds and pages write them."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from wireroom.urls import MAX_LENGTH, InvalidUrl, check

_DROPPED = re.compile(r"[\t\r\n]")
_ABSOLUTE = re.compile(r"https?://", re.IGNORECASE)
_FEED = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)


def absolute(base: str, link: object) -> str | None:
    """The address that `link` means in a document at `base`; None if it is none that can be fetched."""
    if not isinstance(link, str):
        return None
    # As browsers do; and feeds are linked to by a scheme of their own, too.
    link = _FEED.sub("", _DROPPED.sub("", link[: MAX_LENGTH * 2].strip()), count=1)
    if not link:
        return None
    try:
        address = link if _ABSOLUTE.match(link) else urljoin(base, link)
        check(address)
    except (ValueError, InvalidUrl):
        return None
    return address
