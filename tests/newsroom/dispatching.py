"""What dispatchers do to a ledger, with what the model expects of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from newsroom.model import Flight, Job
from newsroom.scene import (
    BOUNDS,
    DELAY,
    LEASE_SCALE,
    Act,
    Dispatcher,
    Message,
    Moves,
    Scene,
)  # fmt: skip
from wireroom.database import Connection
from wireroom.ledger import ends, lost, retention
from wireroom.ledger.launch import Launch
from wireroom.ledger.life import Leg, Rule, lease
from wireroom.ledger.lost import Lost
from wireroom.topology import queue_name


class Dispatching(Scene):
    """Launching, looking for what is lost, and taking care."""

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
                self.publish(Message(flight.stage, flight.id), copies)

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
            self.check_verdicts(failures, self.model.hand_back(id_, one.flight.stage, blamed, DELAY))

        return Act("take_back", lambda db: lost.take_back(db, one, DELAY), expect)

    def sequence(self, *, sweep: bool) -> Act:
        return Act("sequence", lambda db: self.sequencer.sequence(db, sweep=sweep), lambda *_: None)

    def expire(self) -> Act:
        return Act("expire", retention.expire, lambda *_: self.model.expire())
