"""What the hosts were asked, one line of JSON a request; and what it says of the reader's manners."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec

from benchmarks.web.site import Site, inside

CUT_SECONDS = 0.05
"""So much earlier than it seems a request may have ended that its reader broke off: the host learns of it late."""


class Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """One request, or (without a path) a connection to an address that is a trap.

    Times are those of the machine's monotonic clock: the head of the request was there, and the last piece of the
    answer was about to be sent. So no pause between two requests was shorter than it looks.
    """

    host: str
    address: str
    path: str
    begin: float
    end: float
    status: int = 0
    """0: there was no answer."""
    whole: bool = True
    """Whether the answer was sent to its end."""
    connection: int = 0
    sent: int = 0
    headers: dict[str, str] = {}
    """Those of the request that tell of manners."""
    rest: float = 0.0
    """Seconds for which the host then asked to be left in peace."""
    early: bool = False
    """Whether it came in such a time."""


KEPT = ("user-agent", "accept-encoding", "if-none-match", "if-modified-since", "cookie", "authorization")
"""Headers that the log keeps."""


class Book:
    """The log as it is written; a line is there as soon as its request has ended."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def write(self, asked: Asked) -> None:
        os.write(self._file, msgspec.json.encode(asked) + b"\n")

    def close(self) -> None:
        os.close(self._file)


class Reading:
    """The log as it is read: only what came since the last time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._place = 0
        self._decoder = msgspec.json.Decoder(Asked)
        self._asked: list[Asked] = []

    def all(self) -> list[Asked]:
        """Everything that is in it by now."""
        with self._file.open("rb") as file:
            file.seek(self._place)
            *lines, _ = file.read().split(b"\n")
        self._place += sum(len(line) + 1 for line in lines)
        self._asked += map(self._decoder.decode, lines)
        return self._asked


def by_host(log: Iterable[Asked]) -> dict[str, list[Asked]]:
    """Host -> its requests in the order in which they began."""
    found = defaultdict[str, list[Asked]](list)
    for asked in log:
        if asked.path:
            found[asked.host].append(asked)
    return {host: sorted(requests, key=lambda asked: asked.begin) for host, requests in found.items()}


def rudeness(log: Iterable[Asked], sites: Mapping[str, Site], delay: float) -> list[str]:
    """Every breach of a rule, as a sentence: too soon, two at once, what is closed, what is a trap."""
    log = list(log)
    found = [f"{asked.address} was connected to, of {asked.host}" for asked in log if not inside(asked.address)]
    for host, requests in by_host(log).items():
        if site := sites.get(host):
            found += _closed(site, requests)
            found += _hurry(site, requests, delay)
    return found


def _closed(site: Site, requests: list[Asked]) -> Iterator[str]:
    yield from (f"{site.name}{asked.path} is closed to readers" for asked in requests if site.rude(asked.path))


def _hurry(site: Site, requests: list[Asked], delay: float) -> Iterator[str]:
    for last, now in pairwise(requests):
        # What a robots.txt asks for is known once it was read, and a rest once it was asked for.
        wanted = max(delay, site.delay, last.rest)
        pause = now.begin - last.end + (0.0 if last.whole else CUT_SECONDS)
        if pause < wanted:
            yield f"{site.name}{now.path} was asked for {pause:.3f} s after {last.path}, not after {wanted:g} s"
    yield from (f"{site.name}{asked.path} was asked for in a time of rest" for asked in requests if asked.early)


def most_at_once(log: Iterable[Asked]) -> int:
    """How many requests were under way at one moment."""
    edges = [(asked.begin, 1) for asked in log if asked.path] + [(asked.end, -1) for asked in log if asked.path]
    most = now = 0
    for _, step in sorted(edges):
        now += step
        most = max(most, now)
    return most
