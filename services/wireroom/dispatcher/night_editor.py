"""The night editor: beside the dispatching, counts what comes from each source, and tells when one falls silent."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from threading import Event as Flag
from threading import Thread

from wireroom import logs
from wireroom.database import connect
from wireroom.dispatcher.care import tell_failed
from wireroom.logs import Event
from wireroom.settings import Settings
from wireroom.volumes.counting import count, this_hour
from wireroom.volumes.judging import Judged, is_judged, judge_hour
from wireroom.volumes.learning import learn_next
from wireroom.volumes.verdicts import UNWELL, moment

LOOK_SECONDS = 60.0
PART_OF_TIME = 4
"""It rests this many times as long as a step takes, so that a long backlog of hours is no burden."""
_LIMITS = {"max_parallel_workers_per_gather": "0", "jit": "off", "statement_timeout": "60s"}


class NightEditor:
    """Works in a thread of its own, over connections of its own: nobody waits for it."""

    def __init__(self, given: Settings) -> None:
        self._settings = given
        self._failing = False
        self._done = 0
        self._watched = 0

    def start(self, stopping: Flag) -> None:
        """Count and judge each hour that is over, until `stopping` is set."""
        Thread(target=self._work, args=(stopping,), name="night editor", daemon=True).start()

    def _work(self, stopping: Flag) -> None:
        while not stopping.is_set():
            try:
                self.look(stopping)
                self._failing = False
            except Exception as error:  # noqa: BLE001 - nothing depends on it; without this thread there is none
                if not self._failing:
                    tell_failed(error)
                self._failing = True
            stopping.wait(LOOK_SECONDS)

    def look(self, stopping: Flag) -> None:
        """Where an hour is over: count all that are not counted, learn what it is time for, judge."""
        with connect(self._settings.database_url, "night editor", **_LIMITS) as db:
            hour = this_hour(db)
            self._watched = self._watched or hour + 1
            if hour == self._done:
                return
            counting, learning = partial(count, db, hour, self._watched), partial(learn_next, db, hour)
            if _is_through(counting, stopping) and _is_through(learning, stopping):
                _tell(judge_hour(db, hour))
            if is_judged(db, hour):
                self._done = hour


def _is_through(step: Callable[[], bool], stopping: Flag) -> bool:
    """Do it step by step; whether it came to the end."""
    rest = 0.0
    while not stopping.wait(rest):
        started = time.monotonic()
        if not step():
            return True
        rest = PART_OF_TIME * (time.monotonic() - started)
    return False


def _tell(judged: Judged) -> None:
    for source, before, now, since in judged.changes:
        fields = {"source": source, "state": now.state, "before": before, "sentence": now.sentence}
        if now.state in UNWELL:
            logs.warning(Event.source_unwell, since=moment(since).isoformat(), **fields)
        else:
            logs.info(Event.source_well, **fields)
    if judged.quiet:
        began, expected = moment(judged.quiet.hours.start), round(judged.quiet.expected, 1)
        logs.error(Event.nobody_heard, since=began.isoformat(), expected=expected)
    if judged.heard:
        logs.info(Event.somebody_heard)
