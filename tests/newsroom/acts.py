"""Everything that can be done to a ledger, each thing with what the model expects of it.

An act is done over any connection: alone, rolled back in the middle (its process died), or while another is under way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from newsroom.clock import SteadyClock
from newsroom.desk import offer, page
from newsroom.lives import Seen
from newsroom.model import Flight, Job, Model
from newsroom.storing import enriched
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import ends, flights, lost, pauses, repair, retention
from wireroom.ledger.accept import Tickets, accept
from wireroom.ledger.ends import End, Failed
from wireroom.ledger.events import Sequencer
from wireroom.ledger.launch import Bounds, Launch, Launcher, skip_flight_numbers
from wireroom.ledger.life import FIRST_STAGE, LEG_OF, Leg, RetryPolicy, Rule, State, lease
from wireroom.ledger.lost import Lost, Watch
from wireroom.ledger.pauses import Target
from wireroom.store.stage import store
from wireroom.topology import NEXT_STAGE, queue_name

Moves = Sequence[tuple[int, Seen]]
BOUNDS = Bounds(in_flight=3, articles=2, pages=2)
POLICY = RetryPolicy(transient=2, surprise=1, seconds=600)
DELAY = 300.0
LEASE_SCALE = 0.1
HOST_SECONDS = 10.0
PRODUCERS = ("ada", "bob")
TARGETS = [
    Target("source", "one"), Target("host", "a.example"), Target("lane", "live"), Target("source", "one"),
    Target("leg", "fetch"), Target("leg", "process"), Target("line"),
]  # fmt: skip


@dataclass(frozen=True)
class Act:
    """`do` does it and returns the ledger's answer; `expect` checks that against the model, and moves the model.

    `expect` is given what was seen to move where the ledger chooses; all else must be as the model moves it. `undone`
    is what a process that believed in its answer does, though Postgres forgot it.
    """

    name: str
    do: Callable[[Connection], Any]
    expect: Callable[[Any, Moves], None]
    undone: Callable[[Any], None] = lambda _: None


@dataclass(frozen=True)
class Message:
    """What a queue in Redis holds."""

    stage: str
    flight: int
    items: tuple[tuple[int, int], ...] = ()


@dataclass(eq=False)
class Worker:
    """Somebody at work on a flight, who may have been superseded without knowing it."""

    stage: str
    flight: int
    items: list[tuple[int, int]]


@dataclass
class Dispatcher:
    """What a dispatcher remembers."""

    clock: SteadyClock
    launchers: dict[Leg, Launcher] = field(init=False)
    watch: Watch = field(init=False)
    found: list[tuple[Lost, int]] = field(default_factory=list)
    """Lost flights it will take back, each as it was seen."""

    def __post_init__(self) -> None:
        self.launchers = {leg: Launcher(leg, BOUNDS, self.clock) for leg in FIRST_STAGE}
        self.watch = Watch(LEASE_SCALE, self.clock)


class Acts:
    """The acts, on one model; each method chooses among what is possible now and makes an act of it."""

    def __init__(self) -> None:
        self.model = Model()
        self.clock = SteadyClock()
        self.dispatchers = [Dispatcher(self.clock), Dispatcher(self.clock)]
        self.sequencer = Sequencer()
        self.tickets = Tickets()
        self.epoch = "epoch 1"
        self.queues: dict[str, list[Message]] = {stage: [] for stage in LEG_OF}
        self.air: list[Message] = []
        self.workers: list[Worker] = []

    # Producers --------------------------------------------------------------------------------------------------

    def accept(self, offered: Sequence[dict[str, Any]]) -> Act:
        offers = [offer(**fields) for fields in offered]
        return Act(
            "accept", lambda db: accept(db, offers, self.tickets), lambda answers, _: self.model.accept(offers, answers)
        )

    # Dispatchers ------------------------------------------------------------------------------------------------

    def launch(self, number: int, leg: Leg, *, sweep: bool, copies: int = 1) -> Act:
        dispatcher = self.dispatchers[number]
        epoch = self.epoch

        def do(db: Connection) -> Launch:
            return dispatcher.launchers[leg].launch(db, epoch, sweep=sweep)

        def expect(launched: Launch, moves: Moves) -> None:
            if sweep:
                self.model.free_misdated()
            losses = {id_: job.life.losses for id_, job in self.model.jobs.items()}
            for job_id, seen in moves:
                self.model.launched(job_id, seen)
            for flight in launched.flights:
                aboard = self.model.aboard(flight.id)
                assert flight.id not in self.model.numbers, "its messages may still be in the air"
                assert sorted(flight.jobs) == sorted(job.id for job in aboard)
                self._check_flight(aboard, leg)
                most = max(losses[job.id] for job in aboard)
                self.model.queue(Flight(flight.id, "", "", most), flight.stage, epoch, self.clock())
            publish(launched)

        def publish(launched: Launch) -> None:
            for flight in launched.flights:
                self.model.numbers.add(flight.id)
                self._publish(Message(flight.stage, flight.id), copies)

        def undone(launched: Launch) -> None:
            # A process whose transaction fails begins anew. What it committed without waiting for the disk and then
            # published may be forgotten in a crash of Postgres.
            publish(launched)
            self.dispatchers[number].launchers = Dispatcher(self.clock).launchers

        return Act("launch", do, expect, undone)

    def _check_flight(self, aboard: Sequence[Job], leg: Leg) -> None:
        assert len(aboard) <= BOUNDS.articles
        assert len(aboard) == 1 or all(job.life.losses == 0 for job in aboard), "who was lost before flies alone"
        if leg == "fetch":
            assert max(Counter(job.host for job in aboard).values()) <= BOUNDS.pages

    def _publish(self, message: Message, copies: int) -> None:
        self.queues[message.stage] += [message] * copies
        self.air += [message] if copies else []

    def look(self, number: int, rounds: int, seconds: float) -> Act:
        """A watch looks now and again; what it finds is taken back later."""
        dispatcher = self.dispatchers[number]

        def do(db: Connection) -> list[Lost]:
            found: dict[int, Lost] = {}
            for _ in range(rounds):
                self.clock.now += seconds
                waiting = {queue_name(stage): len(queue) for stage, queue in self.queues.items()}
                looked = dispatcher.watch.look(lost.live_flights(db), self.epoch, waiting)
                found |= {one.flight.id: one for one in looked}
            return list(found.values())

        def expect(found: list[Lost], _: Moves) -> None:
            for one in found:
                flight = self.model.flights[one.flight.id]
                assert self._may_be_lost(flight, one.rule), f"{flight} was called lost by {one.rule}"
                dispatcher.found.append((one, flight.changes))

        return Act("look", do, expect)

    def _may_be_lost(self, flight: Flight, rule: Rule) -> bool:
        expired = self.clock() - flight.changed_at > lease(flight.stage, flight.losses) * LEASE_SCALE
        match rule:
            case "stalled":
                return flight.started and expired
            case "epoch":
                return not flight.started and flight.epoch != self.epoch
            case "waiting":
                overtaken = self.model.overtook.get(flight.stage, 0) > flight.queued or not self.queues[flight.stage]
                return not flight.started and expired and overtaken

    def take_back(self, number: int, found: tuple[Lost, int]) -> Act:
        one, changes = found
        dispatcher, id_ = self.dispatchers[number], one.flight.id

        def expect(failures: list[ends.Failure] | None, _: Moves) -> None:
            dispatcher.found.remove(found)
            flight = self.model.flights.get(id_)
            if flight is None or flight.changes != changes:
                assert failures is None
                return
            blamed = None if one.rule == "stalled" else ()
            self._check_verdicts(failures, self.model.hand_back(id_, one.flight.stage, blamed, DELAY))

        return Act("take_back", lambda db: lost.take_back(db, one, DELAY), expect)

    @staticmethod
    def _check_verdicts(failures: list[ends.Failure] | None, expected: dict[int, bool]) -> None:
        assert {one.job_id: one.retry_in is not None for one in failures or []} == expected

    def sequence(self, *, sweep: bool) -> Act:
        return Act("sequence", lambda db: self.sequencer.sequence(db, sweep=sweep), lambda *_: None)

    def expire(self) -> Act:
        return Act("expire", retention.expire, lambda *_: self.model.expire())

    # Workers ----------------------------------------------------------------------------------------------------

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
                self._leave(worker)

        return Act("touch", lambda db: flights.touch(db, worker.flight, worker.stage), expect)

    def hand_over(self, worker: Worker, copies: int) -> Act:
        next_stage, epoch = NEXT_STAGE[worker.stage], self.epoch

        def do(db: Connection) -> bool:
            return flights.hand_over(db, worker.flight, worker.stage, next_stage, epoch)

        def passed(handed: bool) -> None:
            self._leave(worker)
            if handed:
                self._publish(Message(next_stage, worker.flight, tuple(worker.items)), copies)

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
            self._drop(worker, item)

        return Act("capture", lambda db: ends.capture(db, worker.flight, job.id, fetched, DELAY), expect)

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
            self._leave(worker)

        return Act("store", lambda db: store(db, articles), expect)

    def reject(self, worker: Worker, item: tuple[int, int]) -> Act:
        end = End(item[0], "rejected", "not_an_article", "a test")

        def expect(ended: list[int], _: Moves) -> None:
            job = self.model.of_run(*item)
            mine = job if job and job.life.leg == LEG_OF[worker.stage] else None
            assert ended == ([mine.id] if mine else [])
            if mine:
                self.model.end(mine, "finished", ends.KEEP_ENDED, DELAY)
            self._drop(worker, item)

        return Act("reject", lambda db: ends.reject(db, worker.stage, [item], [end], delay=DELAY), expect)

    def fail(self, worker: Worker, item: tuple[int, int], *, transient: bool) -> Act:
        job = self.model.jobs[item[0]]
        error = Transient("not now") if transient else ValueError("a surprise")
        kind, tries = ("transient", POLICY.transient) if transient else ("surprise", POLICY.surprise)

        def do(db: Connection) -> list[ends.Failure]:
            return ends.fail(db, worker.flight, worker.stage, "worker", [Failed(job.id, error)], POLICY, delay=DELAY)

        def expect(failures: list[ends.Failure], _: Moves) -> None:
            self._drop(worker, item)
            if not (self._carries(worker, job) and job.life.leg == LEG_OF[worker.stage]):
                assert failures == []
                return
            self.model.attempts[job.id, kind] += 1
            self._check_verdicts(failures, {job.id: self.model.fail(job, tries, DELAY)})
            job.due = self.model.now + (failures[0].retry_in or 0.0)

        return Act("fail", do, expect)

    def hand_back(self, worker: Worker, blamed: Sequence[int] | None) -> Act:
        def do(db: Connection) -> list[ends.Failure]:
            with db.transaction():
                return ends.hand_back(db, worker.flight, worker.stage, "worker", blamed, "it died", DELAY)

        def expect(failures: list[ends.Failure], _: Moves) -> None:
            self._leave(worker)
            self._check_verdicts(failures, self.model.hand_back(worker.flight, worker.stage, blamed, DELAY))

        return Act("hand_back", do, expect)

    def _carries(self, worker: Worker, job: Job) -> bool:
        return job.flight == worker.flight

    def _leave(self, worker: Worker) -> None:
        if worker in self.workers:
            self.workers.remove(worker)

    def _drop(self, worker: Worker, item: tuple[int, int]) -> None:
        if item in worker.items:
            worker.items.remove(item)
        if not worker.items:
            self._leave(worker)

    # People -----------------------------------------------------------------------------------------------------

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
                if anew:
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

    # What befalls everybody -------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Redis loses all it holds; what workers had in hand they still have."""
        self.epoch = f"epoch {int(self.epoch.split()[1]) + 1}"
        for queue in self.queues.values():
            queue.clear()

    def crash_of_postgres(self, db: Connection, last: int) -> None:
        """Postgres comes back, and has forgotten the numbers of flights after `last`, which it had not yet written."""
        db.execute("SELECT setval('flight_ids', %s)", [last])
        for dispatcher in self.dispatchers:
            dispatcher.launchers = Dispatcher(self.clock).launchers
            skip_flight_numbers(db)
