"""What workers do to a ledger, with what the model expects of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from newsroom.desk import page
from newsroom.model import Job
from newsroom.scene import (
    DELAY,
    POLICY,
    Act,
    Message,
    Moves,
    Scene,
    Worker,
)  # fmt: skip
from newsroom.storing import enriched
from wireroom.database import Connection
from wireroom.errors import Busy, Transient
from wireroom.ledger import captures, ends, flights
from wireroom.ledger.ends import End, Failed
from wireroom.ledger.life import FIRST_STAGE, LEG_OF
from wireroom.store.stage import store
from wireroom.topology import NEXT_STAGE


class Working(Scene):
    """Receiving, working, passing on, and all that can go wrong with it."""

    def deliver(self, message: Message, *, late: bool) -> Act:
        """A worker gets a message; a late one is a copy of what was sent at any time before."""

        def do(db: Connection) -> bool:
            return flights.start(db, message.flight, message.stage, "worker")

        def received(started: bool) -> None:
            if not late and message in self.queues[message.stage]:
                self.queues[message.stage].remove(message)
            if started:
                aboard = [(job.id, job.life.run) for job in self.model.aboard(message.flight)]
                items = aboard if message.stage in FIRST_STAGE.values() else list(message.items)
                self.workers.append(Worker(message.stage, message.flight, items))

        def expect(started: bool, _: Moves) -> None:
            flight = self.model.flights.get(message.flight)
            mine = flight is not None and flight.stage == message.stage and not flight.started
            assert started == mine
            if flight and mine:
                self.model.start(flight, self.clock())
            received(started)

        return Act("deliver", do, expect, received)

    def load(self, worker: Worker) -> Act:
        """A worker of a first stage reads what its flight carries."""

        def do(db: Connection) -> list[tuple[int, int]]:
            read = flights.captured_pages if worker.stage == "parse" else flights.pages_to_fetch
            return sorted((one.job_id, one.run) for one in read(db, worker.flight))

        def expect(found: list[tuple[int, int]], _: Moves) -> None:
            mine = self.model.leg(worker.flight) == LEG_OF[worker.stage]
            aboard = self.model.aboard(worker.flight) if mine else []
            assert found == sorted((job.id, job.life.run) for job in aboard)
            worker.items = found

        return Act("load", do, expect)

    def touch(self, worker: Worker) -> Act:
        def expect(touched: bool, _: Moves) -> None:
            flight = self.model.flights.get(worker.flight)
            mine = flight is not None and flight.stage == worker.stage
            assert touched == mine
            if flight and mine:
                self.model.change(flight, self.clock())
            else:
                self.leave(worker)

        return Act("touch", lambda db: flights.touch(db, worker.flight, worker.stage), expect)

    def hand_over(self, worker: Worker, copies: int) -> Act:
        next_stage, epoch = NEXT_STAGE[worker.stage], self.epoch

        def do(db: Connection) -> bool:
            return flights.hand_over(db, worker.flight, worker.stage, next_stage, epoch)

        def passed(handed: bool) -> None:
            self.leave(worker)
            if handed:
                self.publish(Message(next_stage, worker.flight, tuple(worker.items)), copies)

        def expect(handed: bool, _: Moves) -> None:
            flight = self.model.flights.get(worker.flight)
            mine = flight is not None and flight.stage == worker.stage and flight.started
            assert handed == mine
            if flight and mine:
                self.model.queue(flight, next_stage, epoch, self.clock())
            passed(handed)

        return Act("hand_over", do, expect, passed)

    def capture(self, worker: Worker, item: tuple[int, int], edition: int) -> Act:
        job = self.model.jobs[item[0]]
        fetched = replace(page(f"{job.url}, edition {edition}".encode()), url=job.url)

        def expect(captured: bool, _: Moves) -> None:
            assert captured == (self._carries(worker, job) and job.life.leg == "fetch")
            if captured:
                self.model.host_asked(job.host, DELAY)
                self.model.move(job, "captured")
                job.captured = True
            self.drop(worker, item)

        return Act("capture", lambda db: captures.capture(db, worker.flight, job.id, fetched, DELAY), expect)

    def move(self, worker: Worker, item: tuple[int, int], host: str) -> Act:
        job = self.model.jobs[item[0]]

        def do(db: Connection) -> bool:
            return captures.move(db, worker.flight, job.id, f"https://{host}/moved", [str(job.url)], DELAY)

        def expect(moved: bool, _: Moves) -> None:
            assert moved == (self._carries(worker, job) and job.life.leg == "fetch")
            if moved:
                self.model.host_asked(job.host, DELAY)
                self.model.move(job, "moved")
                job.host = host
            self.drop(worker, item)

        return Act("move", do, expect)

    def set_down(self, worker: Worker, item: tuple[int, int]) -> Act:
        job = self.model.jobs[item[0]]

        def expect(jobs: list[int], _: Moves) -> None:
            mine = self._carries(worker, job) and job.life.leg == "fetch"
            assert jobs == ([job.id] if mine else [])
            if mine:
                self.model.host_asked(job.host, DELAY)
                self.model.move(job, "handed_back")
            self.drop(worker, item)

        return Act("set_down", lambda db: captures.set_down(db, worker.flight, [job.id], DELAY), expect)

    def store(self, worker: Worker) -> Act:
        """Store finishes what nobody else has; of one identity the first is stored, and no other ever."""
        items = list(worker.items)
        articles = [enriched(id_, self.model.jobs[id_].identity, run=run) for id_, run in items]

        def expect(stored: Any, _: Moves) -> None:
            assert stored.failed == []
            mine = [job for id_, run in items if (job := self.model.of_run(id_, run))]
            assert sorted(end.job_id for end in stored.ends) == sorted(job.id for job in mine)
            new = {job.identity for job in mine} - self.model.identities
            firsts = [self.model.jobs[end.job_id].identity for end in stored.ends if end.outcome == "stored"]
            assert sorted(firsts) == sorted(new)
            for job in mine:
                self.model.identities.add(job.identity)
                self.model.end(job, "finished", ends.KEEP_ENDED, 0.0)
            self.leave(worker)

        return Act("store", lambda db: store(db, articles), expect)

    def reject(self, worker: Worker, item: tuple[int, int]) -> Act:
        end = End(item[0], "rejected", "not_an_article", "a test")

        def expect(ended: list[int], _: Moves) -> None:
            job = self.model.of_run(*item)
            mine = job if job and job.life.leg == LEG_OF[worker.stage] else None
            assert ended == ([mine.id] if mine else [])
            if mine:
                self.model.end(mine, "finished", ends.KEEP_ENDED, DELAY)
            self.drop(worker, item)

        return Act("reject", lambda db: ends.reject(db, worker.stage, [item], [end], delay=DELAY), expect)

    def fail(self, worker: Worker, item: tuple[int, int], *, transient: bool, peace: float | None = None) -> Act:
        """A try fails; where there is a `peace`, because the host asks for so many seconds of it."""
        job = self.model.jobs[item[0]]
        error = Transient("not now") if transient else ValueError("a surprise")
        error = error if peace is None else Busy("not now", retry_after=peace)
        kind, tries = ("transient", POLICY.transient) if transient else ("surprise", POLICY.surprise)

        def do(db: Connection) -> list[ends.Failure]:
            return ends.fail(db, worker.flight, worker.stage, "worker", [Failed(job.id, error)], POLICY, delay=DELAY)

        def expect(failures: list[ends.Failure], _: Moves) -> None:
            self.drop(worker, item)
            if not (self._carries(worker, job) and job.life.leg == LEG_OF[worker.stage]):
                assert failures == []
                return
            self.model.attempts[job.id, kind] += 1
            self.check_verdicts(failures, {job.id: self.model.fail(job, tries, max(DELAY, peace or 0.0))})
            job.due = self.model.now + (failures[0].retry_in or 0.0)

        return Act("fail", do, expect)

    def hand_back(self, worker: Worker, blamed: Sequence[int] | None) -> Act:
        def do(db: Connection) -> list[ends.Failure]:
            with db.transaction():
                return ends.hand_back(db, worker.flight, worker.stage, "worker", blamed, "it died", DELAY)

        def expect(failures: list[ends.Failure], _: Moves) -> None:
            self.leave(worker)
            self.check_verdicts(failures, self.model.hand_back(worker.flight, worker.stage, blamed, DELAY))

        return Act("hand_back", do, expect)

    def _carries(self, worker: Worker, job: Job) -> bool:
        return job.flight == worker.flight
