"""Everything that can be done to a ledger, each thing with what the model expects of it.

An act is done over any connection: alone, rolled back in the middle (its process died), or while another is under way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from newsroom.desk import offer
from newsroom.dispatching import Dispatching
from newsroom.model import Job
from newsroom.scene import (
    HOST_SECONDS,
    Act,
    Moves,
)  # fmt: skip
from newsroom.working import Working
from wireroom.ledger import pauses, repair
from wireroom.ledger.accept import accept
from wireroom.ledger.life import State
from wireroom.ledger.pauses import Target


class Acts(Dispatching, Working):
    """The acts of dispatchers and workers, and those of producers and people."""

    def accept(self, offered: Sequence[dict[str, Any]]) -> Act:
        offers = [offer(**fields) for fields in offered]
        return Act(
            "accept", lambda db: accept(db, offers, self.tickets), lambda answers, _: self.model.accept(offers, answers)
        )

    def judge(self, job: Job) -> Act:
        def expect(judged: dict[int, repair.Judged], _: Moves) -> None:
            if job.life.state is State.ENDED:
                assert judged[job.id].state == "finished"
            else:
                assert judged[job.id] == repair.Judged("ended")
                self.model.end(job, "judged", repair.KEEP_JUDGED, HOST_SECONDS)

        return Act("judge", lambda db: repair.cancel(db, [job.id], "ada"), expect)

    def redrive(self, job: Job, *, refetch: bool) -> Act:
        def expect(redriven: list[int], _: Moves) -> None:
            was = job.life.state is State.QUARANTINED
            assert redriven == ([job.id] if was else [])
            if was:
                anew = refetch and job.life.leg == "process"
                self.model.move(job, "refetched" if anew else "redriven")
                if refetch:
                    job.host, job.captured = (job.url or "").split("/")[2], False
                if job.offer and self.model.offers.get(job.offer, (0, 0))[0] == job.id:
                    self.model.offers[job.offer] = (job.id, float("inf"))

        return Act("redrive", lambda db: repair.redrive(db, [job.id], "ada", refetch=refetch), expect)

    def replay(self, job: Job) -> Act:
        def expect(replays: dict[int, int], _: Moves) -> None:
            assert set(replays) == ({job.id} if job.life.state is State.ENDED and job.captured else set())
            for new in replays.values():
                self.model.accept_replay(job, new)

        return Act("replay", lambda db: repair.replay(db, [job.id], "ada"), expect)

    def pause(self, target: Target) -> Act:
        def expect(paused: bool, _: Moves) -> None:
            assert paused == (target not in self.model.paused)
            self.model.paused.add(target)

        return Act("pause", lambda db: pauses.pause(db, target, "ada"), expect)

    def resume(self, target: Target) -> Act:
        def expect(resumed: bool, _: Moves) -> None:
            assert resumed == (target in self.model.paused)
            self.model.paused.discard(target)

        return Act("resume", lambda db: pauses.resume(db, target), expect)
