"""What the ledger must say: every job's life as `life.MOVES` moves it, and what is in flight, on offer and held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from newsroom import lives
from newsroom.lives import Seen
from wireroom.ledger.accept import Accepted, Answer
from wireroom.ledger.ends import KEEP_ENDED, KEEP_QUARANTINED
from wireroom.ledger.life import LEG_OF, MOVES, ON_THE_LINE, Event, Leg, Life, State, after
from wireroom.ledger.offer import Offer, Refused
from wireroom.ledger.pauses import Target
from wireroom.ledger.repair import KEEP_JUDGED

FOREVER = float("inf")
DAY = 86_400.0
KEEP = {KEEP_ENDED: 900.0, KEEP_QUARANTINED: DAY, KEEP_JUDGED: -1.0}
KEYS_KEPT = 30 * DAY
OFFERS_KEPT = 31 * DAY
NO_WAIT_IS_LONGER = 2 * DAY
SLACK = 60.0
"""Seconds by which real time may be ahead of the model's, which moves by steps only."""


@dataclass
class Job:
    """An accepted job."""

    id: int
    life: Life
    lane: str
    source: str
    url: str | None
    identity: str
    host: str | None = None
    offer: bytes | None = None
    flight: int | None = None
    due: float = 0.0
    captured: bool = False


@dataclass
class Flight:
    """A live flight; `changes` counts what a watch could have seen of it."""

    id: int
    stage: str
    epoch: str
    losses: int
    started: bool = False
    changes: int = 0
    changed_at: float = 0.0
    queued: int = 0


@dataclass
class Model:
    """The whole of it. Times are in seconds, by the wall clock of Postgres, which is 0 at the beginning."""

    now: float = 0.0
    jobs: dict[int, Job] = field(default_factory=dict)
    flights: dict[int, Flight] = field(default_factory=dict)
    offers: dict[bytes, tuple[int, float]] = field(default_factory=dict)
    receipts: dict[tuple[str, str], tuple[int, bytes, float]] = field(default_factory=dict)
    hosts: dict[str, float] = field(default_factory=dict)
    paused: set[Target] = field(default_factory=set)
    identities: set[str] = field(default_factory=set)
    attempts: Counter[tuple[int, str]] = field(default_factory=Counter)
    numbers: set[int] = field(default_factory=set)
    """Of all flights that were ever published."""
    passed: set[tuple[int, str]] = field(default_factory=set)
    queued: int = 0
    overtook: dict[str, int] = field(default_factory=dict)
    events: Counter[Event] = field(default_factory=Counter)
    moves: list[tuple[int, Seen]] = field(default_factory=list)

    # Lives ------------------------------------------------------------------------------------------------------

    def move(self, job: Job, event: Event, flight: int | None = None) -> None:
        """The event happens to the job; whoever leaves a flight last ends it."""
        job.life = after(job.life, event)
        left, job.flight = job.flight, flight
        self.events[event] += 1
        self.moves.append((job.id, lives.visible(job.life, flight)))
        if left is not None and not self.aboard(left):
            del self.flights[left]

    def aboard(self, flight: int) -> list[Job]:
        return [job for job in self.jobs.values() if job.flight == flight]

    def at(self, *states: State) -> list[Job]:
        return [job for job in self.jobs.values() if job.life.state in states]

    def of_run(self, job_id: int, run: int) -> Job | None:
        """The job, where nobody has finished that run of it."""
        job = self.jobs[job_id]
        return job if job.life.state in ON_THE_LINE and job.life.run == run else None

    def places(self) -> dict[int, Seen]:
        return {job.id: lives.visible(job.life, job.flight) for job in self.jobs.values()}

    # Offers and hosts -------------------------------------------------------------------------------------------

    def is_over(self, until: float) -> bool:
        """Whether a time has come, or was written under a clock that was set back since."""
        return until < self.now or self.now + NO_WAIT_IS_LONGER < until < FOREVER

    def keep_offer(self, job: Job, keep: str) -> None:
        if job.offer and self.offers.get(job.offer, (0, 0))[0] == job.id:
            self.offers[job.offer] = (job.id, self.now + KEEP[keep])

    def expire(self) -> None:
        """What is over is forgotten, also by a clock that is set back later."""
        self.offers = {hash_: found for hash_, found in self.offers.items() if found[1] >= self.now - OFFERS_KEPT}
        self.receipts = {key: found for key, found in self.receipts.items() if found[2] > self.now - KEYS_KEPT}

    def host_asked(self, host: str | None, delay: float) -> None:
        if host:
            self.hosts[host] = max(self.now + delay, self.hosts.get(host, self.now))

    def free_misdated(self) -> None:
        """Hosts whose time was written under a clock that was set back since."""
        self.hosts = {host: until for host, until in self.hosts.items() if until <= self.now + NO_WAIT_IS_LONGER}

    def accept(self, offers: Sequence[Offer], answers: Sequence[Answer]) -> None:
        """Each offer is a new job, a sighting of the one on offer, or the answer to its key."""
        known = {key: found for key, found in self.receipts.items() if found[2] > self.now - KEYS_KEPT}
        first: dict[tuple[str, str], tuple[Answer, bytes]] = {}
        for offer, answer in zip(offers, answers, strict=True):
            if offer.receipt in known:
                job_id, digest, _ = known[offer.receipt]
                expected: Answer | None = Accepted(job_id) if digest == offer.digest else None
            elif offer.receipt in first:
                expected = first[offer.receipt][0] if first[offer.receipt][1] == offer.digest else None
            else:
                expected = self._offer(offer, answer)
                if offer.receipt:
                    first[offer.receipt] = (expected, offer.digest)
                    self.receipts[offer.receipt] = (expected.job_id, offer.digest, self.now)
            if expected is None:
                assert isinstance(answer, Refused) and answer.reason == "key_reused"
            else:
                assert answer == expected

    def _offer(self, offer: Offer, answer: Answer) -> Accepted:
        job_id, until = self.offers.get(offer.hash, (0, -FOREVER))
        if not self.is_over(until):
            return Accepted(job_id, duplicate=True)
        assert isinstance(answer, Accepted) and answer.new and answer.job_id not in self.jobs
        identity = offer.job.url or f"{offer.source}: {offer.body.decode()}"
        job = Job(answer.job_id, Life(State.READY, offer.leg), offer.job.lane, offer.source, offer.job.url, identity,
                  offer.host, offer.hash, captured=offer.leg == "process")  # fmt: skip
        self.jobs[job.id] = job
        self.offers[offer.hash] = (job.id, FOREVER)
        self.moves.append((job.id, lives.visible(job.life)))
        return Accepted(job.id)

    def accept_replay(self, old: Job, new: int) -> None:
        """The new job is on the capture of the old one, and offered by nobody."""
        assert new not in self.jobs
        self.jobs[new] = Job(
            new, Life(State.READY, "process"), "backfill", old.source, old.url, old.identity, captured=True
        )
        self.moves.append((new, lives.visible(self.jobs[new].life)))

    # Ends and failures ------------------------------------------------------------------------------------------

    def end(self, job: Job, event: Event, keep: str, delay: float) -> None:
        """The job has its outcome, and the same thing may be offered anew after `keep`."""
        if job.life.leg == "fetch" and job.life.state in ON_THE_LINE and (event == "finished" or job.flight):
            self.host_asked(job.host, delay)
        self.move(job, event)
        self.keep_offer(job, keep)

    def fail(self, job: Job, tries: int, delay: float) -> bool:
        """A try fails of which there are `tries` more at most; whether there is another one."""
        return self._leave(job, "retried" if job.life.failures < tries else "quarantined", delay)

    def hand_back(self, flight: int, stage: str, blamed: Iterable[int] | None, delay: float) -> dict[int, bool]:
        """Everybody leaves the flight; of the blamed ones, whether they are tried again."""
        verdicts: dict[int, bool] = {}
        for job in self.aboard(flight) if self.leg(flight) == LEG_OF[stage] else []:
            if blamed is not None and job.id not in blamed:
                self._leave(job, "handed_back", delay)
            else:
                self.attempts[job.id, "lost"] += 1
                verdicts[job.id] = self._leave(job, "lost" if job.life.losses < 2 else "quarantined", delay)
        return verdicts

    def leg(self, flight: int) -> Leg | None:
        return LEG_OF[self.flights[flight].stage] if flight in self.flights else None

    def _leave(self, job: Job, event: Event, delay: float) -> bool:
        if job.life.leg == "fetch":
            self.host_asked(job.host, delay)
        self.move(job, event)
        if event == "quarantined":
            self.keep_offer(job, KEEP_QUARANTINED)
        return event != "quarantined"

    # Launching --------------------------------------------------------------------------------------------------

    def launched(self, job_id: int, seen: Seen) -> None:
        """A launch was seen to move the job: it had its reason."""
        job = self.jobs[job_id]
        event = lives.event_between(job.life, seen)
        assert event in ("called", "parked", "held", "boarded"), f"a launch made {seen} of {job}"
        if event == "called":
            self._check_called(job)
        elif event == "held":
            assert Target("source", job.source) in self.paused
        elif event == "boarded":
            assert self.holds(job) == set(), f"{job} is paused"
            assert job.host is None or job.life.leg == "process" or not self.is_host_busy(job.host)
        self.move(job, event, seen.flight)

    def _check_called(self, job: Job) -> None:
        match job.life.state:
            case State.WAITS_FOR_TIME:
                assert job.due <= self.now + SLACK or job.due > self.now + NO_WAIT_IS_LONGER
            case State.WAITS_FOR_PAUSE:
                assert Target("source", job.source) not in self.paused
            case _:
                assert job.host and not self.is_host_busy(job.host)
                assert Target("host", job.host) not in self.paused

    def is_host_busy(self, host: str) -> bool:
        """Whether it was asked so lately that it must be left in peace, or a flight asks it now."""
        until = self.hosts.get(host, -FOREVER)
        asked = any(
            job.flight in self.flights for job in self.jobs.values() if job.host == host and job.life.leg == "fetch"
        )
        return asked or self.now + SLACK < until <= self.now + NO_WAIT_IS_LONGER

    def worth_a_launch(self, job: Job) -> bool:
        """Whether a launch should move the job, if there is room: let it fly, call it, park it or hold it."""
        if job.life.state is State.READY:
            return self.holds(job) <= {Target("source", job.source)}
        busy = job.host and job.life.leg == "fetch" and self.is_host_busy(job.host)
        waits = job.life.state is State.WAITS_FOR_TIME and not self.is_over(job.due)
        return job.life.state in ON_THE_LINE and job.flight is None and not (self.holds(job) or busy or waits)

    def holds(self, job: Job) -> set[Target]:
        """The pauses that hold the job."""
        mine = {Target("line"), Target("leg", job.life.leg), Target("lane", job.lane), Target("source", job.source)}
        if job.host and job.life.leg == "fetch":
            mine.add(Target("host", job.host))
        return mine & self.paused

    def in_flight(self, leg: Leg) -> int:
        return sum(job.life.state is State.IN_FLIGHT and job.life.leg == leg for job in self.jobs.values())

    # Flights ----------------------------------------------------------------------------------------------------

    def queue(self, flight: Flight, stage: str, epoch: str, clock: float) -> None:
        """The flight waits for the stage now."""
        self.queued += 1
        flight.stage, flight.epoch, flight.started, flight.queued = stage, epoch, False, self.queued
        self.change(flight, clock)
        self.flights[flight.id] = flight

    def start(self, flight: Flight, clock: float) -> None:
        """The flight has begun its stage, which it does once."""
        assert (flight.id, flight.stage) not in self.passed
        self.passed.add((flight.id, flight.stage))
        flight.started = True
        self.overtook[flight.stage] = max(self.overtook.get(flight.stage, 0), flight.queued)
        self.change(flight, clock)

    @staticmethod
    def change(flight: Flight, clock: float) -> None:
        flight.changes += 1
        flight.changed_at = clock


def unseen(events: Counter[Event]) -> set[Event]:
    """The moves that never happened."""
    return set(MOVES) - set(events)
