"""A line that is let loose on a local web, and what became of all that it met there."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.web.log import Asked, rudeness
from benchmarks.web.serving import LocalWeb
from benchmarks.web.site import Expected, Wanted

from newsroom.desk import offer
from newsroom.line import Line
from wireroom.ledger import sources

DELAY = 0.2
"""Seconds between two requests to a host."""
ENV = {"WIREROOM_HOST_DELAY": str(DELAY), "WIREROOM_LEASE_SCALE": "0.2"}
LOOK_SECONDS, TOLD_EVERY = 0.25, 10.0
_ENDS = """
SELECT job_id, outcome, concat_ws(': ', reason, cause) FROM outcomes
UNION ALL SELECT job_id, 'quarantine', cause FROM quarantine
"""
_PROGRESS = """
SELECT (SELECT count(*) FROM sources WHERE NOT EXISTS (SELECT FROM polls WHERE source_id = sources.id)),
    (SELECT count(*) FROM polls), (SELECT count(*) FROM line), (SELECT count(*) FROM outcomes),
    (SELECT count(*) FROM quarantine)
"""


class End(NamedTuple):
    """How a job ended, and why."""

    end: str
    why: str

    def fits(self, expected: Expected) -> bool:
        """Whether it is what was expected."""
        return self.end == expected.end and any(word in self.why for word in expected.says.split("|"))


class Progress(NamedTuple):
    """How far everything is; `unpolled` are sources that were never polled."""

    unpolled: int
    polls: int
    line: int
    ended: int
    quarantined: int


class WebLine(Line):
    """A line whose web is a local one."""

    def __init__(self, database: str, directory: Path, web: LocalWeb, env: Mapping[str, str]) -> None:
        super().__init__(database, directory, env=ENV | web.env | dict(env))
        self.web = web
        self._told = 0.0

    def want(self, wanted: Iterable[Wanted]) -> dict[str, int]:
        """Have these fetched; address -> job."""
        urls = [one.url for one in wanted]
        jobs = self.submit(offer(url=url) for url in urls)
        assert len(set(jobs)) == len(urls), "two of these addresses are one to the ledger"
        return dict(zip(urls, jobs, strict=True))

    def add(self, urls: Iterable[str], **fields: Any) -> dict[str, int]:
        """Have these polled; address -> source."""
        found: dict[str, int] = {}
        for some in _in_chunks(list(urls), sources.CHUNK):
            answers = sources.add(self.db, [sources.Wanted(url=url, **fields) for url in some], "test")
            found |= {url: one.id for url, one in zip(some, answers, strict=True) if isinstance(one, sources.Added)}
        self.broker.wake()
        return found

    def poll(self, ids: Iterable[int]) -> None:
        """Poll these once more, now, and wait for the end of it."""
        ids = list(ids)
        before = self.polls(ids)
        assert sources.poll_now(self.db, ids) == sorted(ids)
        self.broker.wake()
        self.await_polls(ids, {id_: before.get(id_, 0) + 1 for id_ in ids})

    def await_polls(self, ids: Iterable[int], least: Mapping[int, int] | None = None, patience: float = 120.0) -> None:
        """Wait until each was polled, or so often."""
        ids = list(ids)
        wanted = least or dict.fromkeys(ids, 1)
        self.hold(lambda: _all_reached(self.polls(ids), wanted), "the polls to end", patience)

    def polls(self, ids: list[int]) -> dict[int, int]:
        """Source -> how often it was polled."""
        asked = "SELECT source_id, count(*) FROM polls WHERE source_id = ANY(%s) GROUP BY source_id"
        return dict(self.db.execute(asked, [ids]).fetchall())

    def last_poll(self, source: int) -> dict[str, Any]:
        """How its last poll ended."""
        return sources.last_polls(self.db, source, 1)[0]._asdict()

    def settle(self, patience: float) -> None:
        """Wait until the line is empty, and say meanwhile how far it is."""
        self.hold(lambda: self.count("line") == 0, "the line to drain", patience)

    def hold(self, done: Callable[[], bool], what: str, patience: float) -> None:
        """Wait for `done()`, and say meanwhile how far all is; fails when nothing has moved for `patience` seconds."""
        last, until = None, 0.0
        while not done():
            now = self.progress()
            if now != last:
                last, until = now, time.monotonic() + patience
            if time.monotonic() > until:
                self.wait(done, what, 0.0)
            self._tell(now)
            time.sleep(LOOK_SECONDS)

    def _tell(self, progress: Progress) -> None:
        if time.monotonic() - self._told > TOLD_EVERY:
            self._told = time.monotonic()
            sys.stderr.write(f"  {progress}\n")

    def progress(self) -> Progress:
        """How far everything is now."""
        row = self.db.execute(_PROGRESS).fetchone()
        assert row is not None
        return Progress(*row)

    def ends(self) -> dict[int, End]:
        """Job -> how it ended; also what waits in quarantine."""
        return {job: End(end, why or "") for job, end, why in self.db.execute(_ENDS)}

    def surprises(self, wanted: Iterable[Wanted], jobs: Mapping[str, int]) -> list[str]:
        """What did not end as it must."""
        ends = self.ends()
        found = ((one, ends.get(jobs[one.url], End("nothing", "it has not ended"))) for one in wanted)
        return [f"{one.url}: {end}, not {one.expected}" for one, end in found if not end.fits(one.expected)]

    def rudeness(self) -> list[str]:
        """Every breach of a rule that the hosts have seen."""
        return rudeness(self.web.log(), self.web.town.sites, DELAY)

    def asked(self, host: str) -> list[Asked]:
        """What a host was asked, by its name without `.test`."""
        return [one for one in self.web.log() if one.host == f"{host}.test" and one.path]


def _all_reached(now: Mapping[int, int], wanted: Mapping[int, int]) -> bool:
    return all(now.get(id_, 0) >= number for id_, number in wanted.items())


def _in_chunks(urls: list[str], size: int) -> list[list[str]]:
    return [urls[start : start + size] for start in range(0, len(urls), size)]
