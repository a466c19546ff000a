"""A desk from which articles go to store."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any, NamedTuple

from newsroom.desk import Desk
from wireroom.contracts import Author, Block, EnrichedArticle, Enrichments, ParsedArticle
from wireroom.database import Connection
from wireroom.ledger import repair
from wireroom.ledger.ends import End
from wireroom.store.stage import Stored, store
from wireroom.topology import Enriched


class Ended(NamedTuple):
    """How a job ended."""

    outcome: str
    article: int
    version: int


class Newsdesk(Desk):
    """A desk whose jobs are captured and on their way to store."""

    bodies = count(1)

    def captured(
        self, url: str | None = None, *, at: str | None = None, final: str | None = None, body: str = "", **fields: Any
    ) -> int:
        """A job whose page was captured at that time, after a redirect to `final`; a new page unless `body` says."""
        self.db.execute("UPDATE offers SET until = now() - interval '1 second'")
        job = self.job(text=body or f"Page {next(self.bodies)}", **{"url": url} if url else {}, **fields)
        self.db.execute(
            "UPDATE captures SET fetched_at = coalesce(%s, fetched_at), url = coalesce(%s, url) WHERE job_id = %s",
            [datetime.fromisoformat(at) if at else None, final, job],
        )
        return job

    def replayed(self, job: int) -> int:
        """A new job on the capture of an ended one."""
        return repair.replay(self.db, [job], "ada")[job]

    def store(self, *articles: Enriched, connection: Connection | None = None) -> Stored:
        """Store the articles as a flight that carries all that is ready."""
        self.flight(stage="store")
        return store(connection or self.db, articles)

    def end(self, one: Enriched) -> Ended:
        """Store one article; how it ended."""
        stored = self.store(one)
        assert stored.failed == []
        (end,) = stored.ends
        return ended(end)

    def versions(self) -> list[tuple[Any, ...]]:
        """Article, number, why and whether it is current, of every version."""
        return self.db.execute(
            "SELECT article_id, number, why, number = current FROM versions"
            " JOIN articles ON articles.id = article_id ORDER BY article_id, number"
        ).fetchall()

    def why(self, job: int) -> str:
        """Why the job made its version."""
        found = self.value("SELECT why FROM versions WHERE job_id = %s", job)
        assert isinstance(found, str)
        return found


def ended(end: End) -> Ended:
    assert end.article_id is not None and end.version is not None
    return Ended(end.outcome, end.article_id, end.version)


def enriched(
    job: int, text: str = "The pier is open.", *, title: str = "A pier", author: str = "Ada Okoro", parser: str = "t/1",
    run: int = 1, enrichments: Enrichments | None = None, stages: dict[str, float] | None = None, **fields: Any,
) -> Enriched:  # fmt: skip
    """An article as it comes to store."""
    blocks = [Block(kind="paragraph", text=text)]
    parsed = ParsedArticle(title=title, blocks=blocks, authors=[Author(name=author)], parser=parser, **fields)
    article = EnrichedArticle(parsed=parsed, enrichments=enrichments or Enrichments())
    return Enriched(job_id=job, run=run, article=article, stages=stages or {"parse": 0.1})
