"""robots.txt (RFC 9309): asking for it, and what it lets us do."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from protego import Protego

from wireroom.errors import Busy
from wireroom.ingest import answers
from wireroom.ingest.client import Answer

LIMIT = 500 * 1024
"""Bytes of it that are read; the rest does not count."""
MOST_REDIRECTS = 5
MOST_DELAY = 60.0
"""Most seconds between two requests that are granted to a host that wishes for more."""
FRESH, LEAST_FRESH = 24 * 3600.0, 3600.0
"""Seconds for which it is good: unless it says less, and at least."""
_LONGEST_LINE = 2000
_AGENT = re.compile(r"user[- ]?agent\s*[:\s]\s*(.*)", re.IGNORECASE)
_OTHERS = "User-agent: others"


class Told(NamedTuple):
    """What an origin's robots.txt said; all is allowed where its text is empty. It is good for so many seconds."""

    status: int
    text: str
    seconds: float


class Rules:
    """What a robots.txt says to whoever is called `agent`, as `Wireroom`."""

    def __init__(self, text: str, agent: str) -> None:
        self._agent = agent
        self._read = Protego.parse(_for_us(text, agent))

    def allow(self, url: str) -> bool:
        """Whether the address may be asked for."""
        return self._read.can_fetch(url, self._agent)

    @property
    def delay(self) -> float | None:
        """Seconds between two requests that it wishes for; None: it does not say."""
        rate = self._read.request_rate(self._agent)
        wishes = (self._read.crawl_delay(self._agent), rate.seconds / rate.requests if rate else None)
        return max((wish for wish in wishes if wish is not None), default=None)

    @property
    def sitemaps(self) -> list[str]:
        """The sitemaps that it names, as written."""
        return list(self._read.sitemaps)


async def told(answer: Answer) -> Told:
    """What the answer to the request for a robots.txt means; raises `Busy` where nothing may be asked for now."""
    failure, seconds = answers.failure(answer.status, answer.headers, datetime.now(UTC)), _seconds(answer)
    if isinstance(failure, Busy):
        raise failure
    if failure is not None:
        return Told(answer.status, "", seconds)
    text = (await answer.read_head(LIMIT)).decode("utf-8", "replace").removeprefix("\ufeff")
    return Told(answer.status, text.replace("\0", ""), seconds)


def agent_of(user_agent: str) -> str:
    """The name by which rules call the sender of a User-Agent header: its first word, without a version."""
    return user_agent.split("/")[0].split()[0]


def _seconds(answer: Answer) -> float:
    said = answers.max_age(answer.headers, datetime.now(UTC))
    return FRESH if said is None else min(max(said, LEAST_FRESH), FRESH)


def _for_us(text: str, agent: str) -> str:
    """The same to us. For each of thousands of other names in a group, the rules of the group would be kept anew."""
    return "\n".join(_line(line.strip(), agent.lower()) for line in text.splitlines() if len(line) <= _LONGEST_LINE)


def _line(line: str, agent: str) -> str:
    found = _AGENT.match(line)
    name = found[1].partition("#")[0].strip().lower() if found else "*"
    return line if name.strip("*") in ("", agent) else _OTHERS
