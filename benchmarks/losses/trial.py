"""One fault on one system, from the first article to the moment at which nothing moves any more; and the account."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psycopg
import redis

from benchmarks.losses.faults import Strike
from benchmarks.losses.subject import Ends, Plan, Subject, System, running
from benchmarks.losses.tally import Stage, accepted, executions
from wireroom.embedded import EmbeddedPostgres

PATIENCE = 60.0
"""Seconds without a new end after which nobody believes that there will be one; three times what either waits."""
LOST_SECONDS = 30.0
"""Something has not ended, nothing holds it and nothing has moved for so long: it is lost. More than either waits."""
QUIET_SECONDS = 3.0
"""Everything has ended and nothing has moved for so long: it is over."""
_AWAY = (psycopg.Error, redis.RedisError, OSError)


class Account(NamedTuple):
    """What became of the articles of a trial. `lost`: the producer holds an answer, and there is neither a record, nor
    a cause written down, nor a message that may yet do it; `going`: only the last of these, after all patience."""

    accepted: int
    stored: int
    explained: int
    lost: int
    going: int
    twice: int
    repeated: dict[Stage, int]
    seconds: float
    findings: list[str]

    @property
    def needs_a_hand(self) -> bool:
        """Whether somebody has to do something before all is well."""
        return bool(self.lost or self.going or self.findings)


class Look(NamedTuple):
    """What is seen at one moment; `answers` are the articles for which the producer holds one."""

    answers: set[int]
    ends: Ends
    held: set[int]
    worked: dict[Stage, Counter[int]]


def undergo(
    system: System, postgres: EmbeddedPostgres, directory: Path, plan: Plan, strikes: Sequence[Strike],
    lost_after: float = LOST_SECONDS,
) -> Account:  # fmt: skip
    """Bring articles to a system and do harm to it meanwhile."""
    directory.mkdir(parents=True)
    with running(system, postgres, directory, plan) as subject:
        for strike in strikes:
            _await(subject, strike, plan.articles)
            strike.harm(subject)
        struck = time.monotonic()
        seen, ended = _settle(subject, plan.articles, lost_after)
        with subject.servers() as (db, _):
            findings = subject.system.findings(db)
        return account(seen, max(0.0, ended - struck), findings)


def account(seen: Look, seconds: float, findings: list[str]) -> Account:
    """Each accepted article in one place."""
    stored = seen.answers & seen.ends.records.keys()
    explained = seen.answers & seen.ends.explained.keys() - stored
    going = seen.answers & seen.held - stored - explained
    return Account(
        accepted=len(seen.answers), stored=len(stored), explained=len(explained), going=len(going),
        lost=len(seen.answers - stored - explained - going),
        twice=sum(1 for number in seen.ends.records.values() if number > 1),
        repeated={stage: sum(number - 1 for number in counts.values()) for stage, counts in seen.worked.items()},
        seconds=seconds, findings=findings,
    )  # fmt: skip


def _await(subject: Subject, strike: Strike, articles: int) -> None:
    """The moment of a strike, or the one at which it will not come any more."""

    def reached() -> int:
        if strike.of == "accepted":
            return len(accepted(subject.answers))
        with subject.servers() as (db, _):
            return len(subject.system.ends(db).numbers)

    last, since = 0, time.monotonic()
    while last < strike.share * articles and time.monotonic() - since < PATIENCE:
        with suppress(*_AWAY):
            if (now := reached()) > last:
                last, since = now, time.monotonic()
        time.sleep(0.03)


def _settle(subject: Subject, articles: int, lost_after: float) -> tuple[Look, float]:
    """The last look, and when the last article ended."""
    seen = _look(subject)
    moved = ended = time.monotonic()
    # A message that is being passed on is nowhere to be seen for a moment.
    held = deque([seen.held], maxlen=10)
    while True:
        time.sleep(0.2)
        last, seen, now = seen, _look(subject), time.monotonic()
        held.append(seen.held)
        moved = now if seen != last else moved
        ended = now if seen.ends != last.ends else ended
        quiet = QUIET_SECONDS if seen.answers <= seen.ends.numbers else lost_after
        over = len(seen.answers) == articles and not seen.held and now - moved > quiet
        if over or now - ended > PATIENCE:
            return seen._replace(held=set().union(*held)), ended


def _look(subject: Subject) -> Look:
    return _patiently(lambda: _look_once(subject))


def _look_once(subject: Subject) -> Look:
    with subject.servers() as (db, broker):
        # First what may end, then what has: nothing on its way from one to the other is missed.
        held = subject.system.held(db, broker)
        return Look(set(accepted(subject.answers)), subject.system.ends(db), held, executions(subject.tally))


def _patiently(look: Callable[[], Look]) -> Look:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            return look()
        except _AWAY:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
