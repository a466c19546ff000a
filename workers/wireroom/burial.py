"""A process of a worker's pool died with a flight in hand: its parent hands the flight back, with exact blame."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from typing import Any

from billiard.exceptions import WorkerLostError
from celery import signals

from wireroom import logs
from wireroom.blame import Blame
from wireroom.broker import Broker
from wireroom.crash import Point, crash_at
from wireroom.database import AWAY, connect
from wireroom.errors import WireroomError
from wireroom.ledger import ends
from wireroom.logs import Event
from wireroom.scoreboard import Scoreboard
from wireroom.settings import Settings


def bury_the_dead(stage: str, given: Settings, blame: Blame | None, scoreboard: Scoreboard | None) -> None:
    """From now on see to whoever dies in the pool of this process."""

    def bury(*, exception: BaseException, args: Sequence[Any], **_: Any) -> None:
        if not isinstance(exception, WorkerLostError):
            return
        flight = int(args[0])
        cause = f"worker died at {stage} ({_how(exception, given)})"
        blamed = blame.of(flight) if blame else None
        if scoreboard:
            scoreboard.count_death()
        logs.error(Event.worker_died, stage=stage, flight=flight, job=blamed, cause=cause)
        Thread(target=_hand_back, args=(stage, given, flight, [blamed] if blamed else [], cause), daemon=True).start()

    signals.task_failure.connect(bury, weak=False)


def _how(exception: WorkerLostError, given: Settings) -> str:
    died = re.search(r"SIG[A-Z]+|exitcode \d+", str(exception))
    how = died[0] if died else str(exception)
    return f"{how}: the article took more than {given.article_seconds:g} s" if how == "SIGALRM" else how


def _hand_back(stage: str, given: Settings, flight: int, blamed: Sequence[int], cause: str) -> None:
    with suppress(WireroomError, *AWAY):  # the lease is the fallback
        with connect(given.database_url, stage) as connection, connection.transaction():
            ends.hand_back(connection, flight, stage, stage, blamed, cause, given.host_delay)
        crash_at(Point.BURIAL_COMMITTED)
        Broker(given.redis_url).wake()
