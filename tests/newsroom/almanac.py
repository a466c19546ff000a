"""A desk with a past: what came and ended in hours that are over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count

from newsroom.desk import Desk
from wireroom.volumes.counting import count as count_hours
from wireroom.volumes.counting import this_hour
from wireroom.volumes.judging import Judged, judge_hour
from wireroom.volumes.learning import learn_next

_numbers = count(1)


class Almanac(Desk):
    """Writes jobs, ends and polls of any hour; counts and judges as the dispatchers do."""

    @property
    def now(self) -> int:
        """The hour that is not over."""
        return this_hour(self.db)

    def came(self, source: str, hours: Iterable[int], *, ended: str | None = "stored", reason: str | None = None,
             lane: str = "live", replays: int | None = None, producer: str = "test") -> list[int]:  # fmt: skip
        """One article in each of these hours, which ended in the same hour."""
        at = list(hours)
        rows = self.db.execute(
            "INSERT INTO jobs (accepted_at, producer, source, lane, replays)"
            " SELECT to_timestamp(hour::bigint * 3600 + 1), %s, %s, %s, %s::bigint"
            " FROM unnest(%s::int[]) AS mine (hour) RETURNING id", [producer, source, lane, replays, at],
        )  # fmt: skip
        jobs = [job for (job,) in rows]
        if ended:
            self.ended(dict(zip(jobs, at, strict=True)), ended, reason)
        return jobs

    def ended(self, jobs: dict[int, int], how: str, reason: str | None = None) -> None:
        """Jobs ended so, each in its hour."""
        given = {"jobs": [*jobs], "hours": [*jobs.values()], "how": how, "reason": reason}
        if how == "quarantined":
            self.db.execute(
                "INSERT INTO quarantine (job_id, run, leg, lane, bytes, stage, kind, cause, quarantined_at)"
                " SELECT job, 1, 'process', 'live', 1, 'parse', 'surprise', %(reason)s,"
                " to_timestamp(hour::bigint * 3600 + 2)"
                " FROM unnest(%(jobs)s::bigint[], %(hours)s::int[]) AS mine (job, hour)", given,
            )  # fmt: skip
            return
        self.db.execute(
            "INSERT INTO outcomes (job_id, run, outcome, reason, article_id, version, finished_at)"
            " SELECT job, 1, %(how)s, %(reason)s, CASE WHEN %(how)s <> 'rejected' THEN 1 END,"
            " CASE WHEN %(how)s <> 'rejected' THEN 1 END, to_timestamp(hour::bigint * 3600 + 2)"
            " FROM unnest(%(jobs)s::bigint[], %(hours)s::int[]) AS mine (job, hour)", given,
        )  # fmt: skip

    def seen(self, source: str, job: int, hour: int) -> None:
        """The source shows an article of another one."""
        self.db.execute(
            "INSERT INTO sightings (job_id, producer, source, seen_at)"
            " VALUES (%s, 'test', %s, to_timestamp(%s::bigint * 3600 + 3))", [job, source, hour],
        )  # fmt: skip

    def feed(self, source: str, *polls: tuple[int, str | None], **fields: object) -> int:
        """A feed with its polls: hour, and the cause where it failed."""
        failures = next((n for n, (_, cause) in enumerate(reversed(polls)) if cause is None), len(polls))
        given = {"url": f"https://{source}.example/{next(_numbers)}.xml", "paused_by": None} | fields
        feed: int = self.value(
            "INSERT INTO sources (url, hash, host, source, added_by, failures, paused_at, paused_by)"
            " VALUES (%s, sha256(%s::text::bytea), 'news.example', %s, 'ada', %s,"
            " CASE WHEN %s::text IS NOT NULL THEN now() END, %s) RETURNING id",
            given["url"], given["url"], source, failures, given["paused_by"], given["paused_by"],
        )  # fmt: skip
        for hour, cause in polls:
            self.db.execute(
                "INSERT INTO polls (source_id, at, seconds, status, url, cause, next_at)"
                " VALUES (%s, to_timestamp(%s::bigint * 3600 + 4), 0.1, %s, %s, %s, now())",
                [feed, hour, "failed" if cause else "read", given["url"], cause],
            )
        return feed

    def count(self, hour: int | None = None, watched: int = 0) -> None:
        """All hours before one, by default before this one."""
        while count_hours(self.db, hour or self.now, watched):
            pass

    def judge(self, hour: int | None = None, watched: int = 0) -> Judged:
        """Count, learn and judge at the beginning of an hour."""
        at = hour or self.now
        self.count(at, watched)
        while learn_next(self.db, at):
            pass
        return judge_hour(self.db, at)
