"""A job's life: the states it can be in, what leads from one to the next, and what is decided on the way.

Nothing here asks a clock or Postgres: the ledger's transactions lock the job, ask here what happens to it, and write
that. What is decided in SQL (who boards, is parked, held or called) is named here too, and held to it by a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, NamedTuple

from wireroom.errors import Busy, Transient
from wireroom.topology import POLL

Leg = Literal["fetch", "process"]
FIRST_STAGE: dict[Leg, str] = {"fetch": "ingest", "process": "parse"}
LEG_OF: dict[str, Leg] = {"ingest": "fetch", "parse": "process", "enrich": "process", "store": "process"}

MAX_LOSSES = 3
"""The loss that quarantines."""
LONGEST_BACKOFF = 3600.0
LONGEST_WAIT = 24 * 3600.0
_MOST_DOUBLINGS = 30
FARTHEST = 2 * LONGEST_WAIT
"""Nothing that a job or a host waits for is so many seconds away, nor the end of an offer: a time that is was written
before the wall clock was set back, and has come."""
LEASES = {POLL: 90.0, "ingest": 90.0, "parse": 20.0, "enrich": 20.0, "store": 20.0}
"""Seconds a flight may stay unchanged at a stage; doubled with each loss."""


class State(StrEnum):
    """Where a job is: on the line (ready, waiting or in flight), in quarantine, or at its end."""

    READY = "ready"
    IN_FLIGHT = "in_flight"
    WAITS_FOR_TIME = "waits_for_time"
    WAITS_FOR_HOST = "waits_for_host"
    WAITS_FOR_PAUSE = "waits_for_pause"
    QUARANTINED = "quarantined"
    ENDED = "ended"


ON_THE_LINE = (
    State.READY, State.IN_FLIGHT, State.WAITS_FOR_TIME, State.WAITS_FOR_HOST, State.WAITS_FOR_PAUSE,
)  # fmt: skip

Event = Literal[
    "boarded", "parked", "held", "called", "captured", "moved", "handed_back", "lost", "retried", "quarantined",
    "redriven", "refetched", "finished", "judged",
]  # fmt: skip


class Life(NamedTuple):
    """Where a job is, and what its run holds against it. Every job begins ready, at the leg that its offer asks for."""

    state: State
    leg: Leg
    run: int = 1
    failures: int = 0
    losses: int = 0


class Move(NamedTuple):
    """What an event does to a life: where it finds it and leaves it, and what it adds to its numbers."""

    found: tuple[State, ...]
    left: State
    leg: tuple[Leg, Leg] | None = None
    """From which leg to which; None: any, and it stays there."""
    failures: int = 0
    losses: int = 0
    new_run: bool = False
    """The next run, with nothing held against it."""


MOVES: dict[Event, Move] = {
    # A launch claims it.
    "boarded": Move((State.READY,), State.IN_FLIGHT),
    # A launch meets it while its host is busy, its source paused.
    "parked": Move((State.READY,), State.WAITS_FOR_HOST, ("fetch", "fetch")),
    "held": Move((State.READY, State.WAITS_FOR_HOST), State.WAITS_FOR_PAUSE),
    # What it waited for is over.
    "called": Move((State.WAITS_FOR_TIME, State.WAITS_FOR_HOST, State.WAITS_FOR_PAUSE), State.READY),
    # Only from the flight that carries it: whoever was superseded changes nothing.
    "captured": Move((State.IN_FLIGHT,), State.READY, ("fetch", "process")),
    # Its page is at another host, for which it waits as any other does.
    "moved": Move((State.IN_FLIGHT,), State.READY, ("fetch", "fetch")),
    "handed_back": Move((State.IN_FLIGHT,), State.READY),
    "lost": Move((State.IN_FLIGHT,), State.READY, losses=1),
    "retried": Move((State.IN_FLIGHT,), State.WAITS_FOR_TIME, failures=1),
    "quarantined": Move((State.IN_FLIGHT,), State.QUARANTINED),
    # By a person.
    "redriven": Move((State.QUARANTINED,), State.READY, new_run=True),
    "refetched": Move((State.QUARANTINED,), State.READY, ("process", "fetch"), new_run=True),
    # The first finisher of the run, wherever the job was put meanwhile.
    "finished": Move(ON_THE_LINE, State.ENDED),
    "judged": Move((*ON_THE_LINE, State.QUARANTINED), State.ENDED),
}
"""Everything that can happen to a job once it is accepted."""


def after(life: Life, event: Event) -> Life:
    """The life after the event; raises `ValueError` where it cannot happen."""
    move = MOVES[event]
    if life.state not in move.found or (move.leg and move.leg[0] != life.leg):
        raise ValueError(f"{event} cannot happen to a job that is {life.state} at the {life.leg} leg")
    leg = move.leg[1] if move.leg else life.leg
    if move.new_run:
        return Life(move.left, leg, life.run + 1)
    return Life(move.left, leg, life.run, life.failures + move.failures, life.losses + move.losses)


@dataclass(frozen=True)
class RetryPolicy:
    """How often a failure is retried, and how long the first wait is; waits double, with jitter."""

    transient: int = 5
    surprise: int = 2
    seconds: float = 5.0

    def wait(self, failures: int, error: Exception, jitter: float) -> float | None:
        """Seconds until the next try after `failures` earlier ones; None: no more tries. `jitter` is 0 to 1."""
        if failures >= (self.transient if isinstance(error, Transient) else self.surprise):
            return None
        if isinstance(error, Transient) and error.retry_after is not None:
            # Spread, so that all who were sent away do not come back in one moment.
            return min(error.retry_after, LONGEST_WAIT) * (1 + 0.1 * jitter)
        return float(min(self.seconds * 2**failures, LONGEST_BACKOFF) * (0.5 + jitter))


def cool_down(failures: int, retry_after: float | None, seconds: float, jitter: float) -> float:
    """Seconds for which a host is left in peace that was busy, after `failures` times in a row before; `jitter` is 0 to
    1. As the retries of a failure, without an end."""
    times = min(failures, _MOST_DOUBLINGS)
    wait = RetryPolicy(transient=times + 1, seconds=seconds).wait(times, Busy("", retry_after=retry_after), jitter)
    assert wait is not None
    return wait


def after_loss(losses: int) -> float | None:
    """Seconds until the next try of a job that was lost in its flight, after `losses` earlier ones: none at all. None:
    no more tries."""
    return None if losses + 1 >= MAX_LOSSES else 0.0


def flies_alone(losses: int) -> bool:
    """Whether a job that was lost so often gets a flight of its own, so that the blame is exact."""
    return losses > 0


Rule = Literal["epoch", "waiting", "stalled"]


class Sight(NamedTuple):
    """What a watch knows of a live flight."""

    started: bool
    unchanged: bool
    """For as long as its lease."""
    epoch_gone: bool
    """Redis answers, and was emptied since the flight was queued."""
    overtaken: bool
    """One that was queued later in its queue has started, or Redis answers and holds none there, or nobody reads it."""


def lease(stage: str, losses: int) -> float:
    """Seconds a flight may stay unchanged; `losses` are the most of a job in it."""
    return float(LEASES[stage] * 2**losses)


def lost_by(sight: Sight) -> Rule | None:
    """The rule by which a flight is lost; None: it is not."""
    if sight.started:
        return "stalled" if sight.unchanged else None
    if sight.epoch_gone:
        return "epoch"
    return "waiting" if sight.unchanged and sight.overtaken else None


def is_blamed(rule: Rule) -> bool:
    """Whether the loss counts against the jobs of the flight: not while nobody has worked on them."""
    return rule == "stalled"
