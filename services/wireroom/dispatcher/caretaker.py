"""The caretaker: beside the dispatching, checks that everything is accounted for, and clears away what has expired."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from threading import Thread

import psycopg

from wireroom import logs
from wireroom.database import connect
from wireroom.dispatcher.care import tell_failed
from wireroom.ledger import retention
from wireroom.ledger.reconcile import reconcile_if_due
from wireroom.logs import Event
from wireroom.settings import Settings

CLEAR_SECONDS = 3600.0
MOST_NAMED = 20
"""Findings of a pass that the log names; `wireroom reconcile` shows all."""


class Caretaker:
    """Works in a thread of its own, over connections of its own: nobody waits for it."""

    def __init__(self, given: Settings) -> None:
        self._settings = given
        self._cleared = -CLEAR_SECONDS

    def start(self, stopping: Flag) -> None:
        """Take care until `stopping` is set."""
        Thread(target=self._care, args=(stopping,), name="caretaker", daemon=True).start()

    def _care(self, stopping: Flag) -> None:
        while not stopping.wait(min(self._settings.reconcile_seconds, CLEAR_SECONDS) / 5):
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - nothing depends on a round; without this thread there is none
                tell_failed(error)

    def round(self) -> None:
        """Do what is due."""
        with connect(self._settings.database_url, "caretaker", idle_in_transaction_session_timeout="60s") as db:
            if found := reconcile_if_due(db, self._settings.reconcile_seconds):
                for finding in found.findings[:MOST_NAMED]:
                    logs.error(Event.unaccounted, check=finding.check, id=finding.id, where=finding.where)
                logs.info(Event.reconciled, findings=len(found.findings), **found.sums._asdict())
            if time.monotonic() - self._cleared >= CLEAR_SECONDS:
                # Also where it fails: what is in its way may be for hours.
                self._cleared = time.monotonic()
                self._clear(db)

    def _clear(self, db: psycopg.Connection) -> None:
        rows, days = retention.expire(db), retention.Days([], [])
        if self._settings.capture_days:
            first = datetime.now(UTC).date() - timedelta(days=self._settings.capture_days)
            days = retention.expire_captures(db, first)
        if rows or any(days):
            logs.info(Event.cleared, rows=rows, days=days.dropped, busy=days.busy)
