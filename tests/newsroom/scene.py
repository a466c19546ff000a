"""The scene of the model's acts: what Redis, the dispatchers and the workers have in hand beside the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsroom.clock import SteadyClock
from newsroom.lives import Seen
from newsroom.model import Model
from wireroom.database import Connection
from wireroom.ledger import ends
from wireroom.ledger.accept import Tickets
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.events import Sequencer
from wireroom.ledger.launch import Launcher, skip_flight_numbers
from wireroom.ledger.life import FIRST_STAGE, LEG_OF, Leg, RetryPolicy
from wireroom.ledger.lost import Lost, Watch
from wireroom.ledger.pauses import Target

Moves = Sequence[tuple[int, Seen]]
BOUNDS = Bounds(in_flight=3, articles=2, pages=2)
POLICY = RetryPolicy(transient=2, surprise=1, seconds=600)
DELAY = 300.0
LEASE_SCALE = 0.1
HOST_SECONDS = 10.0
PRODUCERS = ("ada", "bob")
TARGETS = [
    Target("source", "one"), Target("source", "two"), Target("source", "one"), Target("source", "two"),
    Target("host", "a.example"), Target("lane", "live"), Target("leg", "fetch"), Target("line"),
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


class Scene:
    """Everybody and everything; what they do is in the classes made of this one."""

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

    def publish(self, message: Message, copies: int) -> None:
        self.queues[message.stage] += [message] * copies
        self.air += [message] if copies else []

    def leave(self, worker: Worker) -> None:
        if worker in self.workers:
            self.workers.remove(worker)

    def drop(self, worker: Worker, item: tuple[int, int]) -> None:
        if item in worker.items:
            worker.items.remove(item)
        if not worker.items:
            self.leave(worker)

    @staticmethod
    def check_verdicts(failures: list[ends.Failure] | None, expected: dict[int, bool]) -> None:
        assert {one.job_id: one.retry_in is not None for one in failures or []} == expected

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
