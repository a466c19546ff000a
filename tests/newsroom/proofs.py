"""A desk whose articles are proofread."""

from __future__ import annotations

from typing import Any

from newsroom.storing import Newsdesk, enriched
from wireroom.drift.proofreading import Found, proofread
from wireroom.ledger import ends
from wireroom.ledger.events import sequence
from wireroom.store.stage import store


class Proofs(Newsdesk):
    """Stores articles and has them refused, each another one unless a test says otherwise."""

    def publish(self, number: int, source: str = "Tide", **fields: Any) -> list[int]:
        """So many articles of a source end as stored, each under a title of its own."""
        jobs = self.jobs(number, source=source)
        made = [enriched(job, f"The pier {job} is open.", title=f"Story {job}", **fields) for job in jobs]
        assert {end.outcome for end in store(self.db, made).ends} == {"stored"}
        return jobs

    def refuse_pages(self, number: int, source: str = "Tide", reason: str = "not_an_article") -> list[int]:
        """So many pages of a source end as rejected."""
        jobs = self.jobs(number, source=source)
        ended = [ends.End(job, "rejected", reason, "no story was found on the page") for job in jobs]
        assert ends.reject(self.db, "parse", [(job, 1) for job in jobs], ended) == jobs
        return jobs

    def read(self) -> list[Found]:
        """Proofread all that has ended."""
        sequence(self.db)
        found, more = [], True
        while more:
            step = proofread(self.db)
            found += step.found
            more = step.more
        return found

    def windows(self, source: str = "Tide") -> list[tuple[int, int]]:
        """Number and articles of each window of a source."""
        statement = "SELECT number, articles FROM parse_health WHERE source = %s ORDER BY number"
        return self.db.execute(statement, [source]).fetchall()
