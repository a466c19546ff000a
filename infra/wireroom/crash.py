"""Crash points: places between two steps where a test has a process die as `kill -9` would have it.

They are switched on by one environment variable, CRASH_POINTS_OF_TESTS. It is no setting: it has another prefix, and it
is looked for in the environment alone, once, when this module is imported. Without it a point is a call of a function
that does nothing. It holds orders, with commas between them, each

    POINT@NTH=MARKER        as in  store.locked@2=/tmp/run/store.locked

The process dies at the NTH passing of POINT (1: the first), counted in each process for itself, and writes its number
into the file MARKER before. Whoever makes that file dies; while it is there nobody does, and nothing is counted. So
there is one death, however often the process is started again, until somebody takes the marker away.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from wireroom.errors import WireroomError

VARIABLE = "CRASH_POINTS_OF_TESTS"
_ORDER = re.compile(r"(?P<point>[^@=]+)@(?P<nth>[1-9]\d{0,8})=(?P<marker>/.+)")


class Point(StrEnum):
    """Every place where a process can be made to die.

    *Written* is amid a transaction that has changed something, *committed* right after its commit.
    """

    ACCEPT_WRITTEN = "accept.written"
    ACCEPT_COMMITTED = "accept.committed"
    """Before the producer has its answer."""
    ANSWERED = "answered"
    """A request has its answer."""
    ACCEPT_BETWEEN_CHUNKS = "accept.between_chunks"
    """One chunk of a request with many articles is committed, the next is not."""

    LIST_TAKEN = "list.taken"
    """A batch of the intake list is a list of its own, and not read."""
    LIST_READ = "list.read"
    LIST_WRITTEN = "list.written"
    LIST_COMMITTED = "list.committed"
    """The batch is in the ledger, and still in Redis."""
    LIST_REMOVED = "list.removed"
    """Before the dispatcher is woken."""

    LAUNCH_WRITTEN = "launch.written"
    LAUNCH_COMMITTED = "launch.committed"
    """Before a flight is published."""
    LAUNCH_PUBLISHED = "launch.published"
    """A flight is published, the next one is not."""

    STARTED = "started"
    """The flight is a worker's, and no work has begun."""
    CAPTURE_WRITTEN = "capture.written"
    CAPTURE_COMMITTED = "capture.committed"
    """Before the dispatcher is woken."""
    MOVE_WRITTEN = "move.written"
    """A page is to be fetched from another host."""
    MOVE_COMMITTED = "move.committed"
    """Before the dispatcher is woken."""

    POLL_WRITTEN = "poll.written"
    """The entries of a feed are accepted, and its poll is recorded."""
    POLL_COMMITTED = "poll.committed"
    """Before the dispatcher is woken."""
    POLL_BETWEEN_CHUNKS = "poll.between_chunks"
    """Some entries of a long list are accepted, the others are not."""

    WORKED = "worked"
    """The work on a flight is done, and it is not handed over."""
    HANDED_OVER = "handed_over"
    """The flight waits for its next stage, and is not published."""
    PUBLISHED = "published"
    """The flight is published, and its task has not returned."""

    STORE_LOCKED = "store.locked"
    STORE_RECORDED = "store.recorded"
    """Articles and versions are written, outcomes are not."""
    STORE_COMMITTED = "store.committed"
    """Before culprits leave the flight and the dispatcher is woken."""

    END_WRITTEN = "end.written"
    """Outcomes are written, as stored or rejected, and the flight has not landed."""
    REJECT_COMMITTED = "reject.committed"
    FAIL_WRITTEN = "fail.written"
    FAIL_COMMITTED = "fail.committed"
    HAND_BACK_WRITTEN = "hand_back.written"
    """A flight is given back: by a worker that failed on it, by the parent of one that died, by a dispatcher."""
    HAND_BACK_COMMITTED = "hand_back.committed"
    """By the worker that failed on it."""
    BURIAL_COMMITTED = "burial.committed"
    """By the parent."""
    TAKE_BACK_COMMITTED = "take_back.committed"
    """By the dispatcher."""

    REDRIVE_WRITTEN = "redrive.written"
    REDRIVE_COMMITTED = "redrive.committed"
    """A step of it, or of a rejection by hand, before the dispatcher is woken."""
    REPLAY_WRITTEN = "replay.written"
    REPLAY_COMMITTED = "replay.committed"
    """A step of it, before the dispatcher is woken."""
    SEQUENCE_WRITTEN = "sequence.written"
    """Ends have their positions."""
    SEQUENCE_COMMITTED = "sequence.committed"
    PROOFREAD_WRITTEN = "proofread.written"
    """Articles are counted into the windows of their sources."""
    PROOFREAD_COMMITTED = "proofread.committed"
    """What they break is not told."""
    VOLUMES_WRITTEN = "volumes.written"
    """What came and ended is counted by the hour."""
    VOLUMES_COMMITTED = "volumes.committed"
    JUDGED_WRITTEN = "judged.written"
    JUDGED_COMMITTED = "judged.committed"
    """What is otherwise of a source is not told."""


@dataclass
class _Order:
    nth: int
    marker: Path
    passed: int = 0

    def obey(self) -> None:
        if self.marker.exists():
            self.passed = 0
            return
        self.passed += 1
        if self.passed < self.nth:
            return
        with suppress(FileExistsError), self.marker.open("x") as marker:
            marker.write(str(os.getpid()))
            marker.flush()
            os.kill(os.getpid(), signal.SIGKILL)


def go_on(_: Point) -> None:
    """What a point does where nobody ordered anything."""


def under_orders(given: str) -> Callable[[Point], None]:
    """What a point does by these orders; raises `WireroomError` that says what is wrong with them."""
    orders: dict[Point, _Order] = {}
    for one in given.split(",") if given else ():
        point, order = _read(one)
        if point in orders:
            raise WireroomError(f"{VARIABLE}: {point} is ordered twice")
        orders[point] = order

    def obey(point: Point) -> None:
        if order := orders.get(point):
            order.obey()

    return obey if orders else go_on


def _read(text: str) -> tuple[Point, _Order]:
    found = _ORDER.fullmatch(text)
    if found is None:
        raise WireroomError(f"{VARIABLE}: {text!r} is no order, as store.locked@2=/tmp/run/store.locked")
    point, marker = found["point"], Path(found["marker"])
    if point not in set(Point):
        raise WireroomError(f"{VARIABLE}: there is no point {point!r}; {Path(__file__).name} has all of them")
    if not marker.parent.is_dir():
        raise WireroomError(f"{VARIABLE}: there is no directory {str(marker.parent)!r} for the marker of {point}")
    return Point(point), _Order(int(found["nth"]), marker)


try:
    crash_at: Callable[[Point], None] = under_orders(os.environ.get(VARIABLE, ""))
    """Die here, if a test ordered it."""
except WireroomError as error:
    sys.exit(f"wireroom: {error}")
