"""Whether a process could work now: it has started, the schema fits its code, Postgres and Redis answer."""

from __future__ import annotations

import time
from threading import Event as Flag
from threading import Lock, Thread

import psycopg

from wireroom import metrics
from wireroom.broker import BrokerAway, ping
from wireroom.database import connection_options
from wireroom.database.migrate import SchemaMismatch, check_schema
from wireroom.settings import Settings

ANSWER_SECONDS = 2
"""So long Postgres may take to answer, and so long Redis."""
FRESH_SECONDS = 1.0
"""So long a look is believed, however often it is asked for: a prober cannot be a load."""
_LIMITS = {"statement_timeout": f"{ANSWER_SECONDS}s", "lock_timeout": f"{ANSWER_SECONDS}s"}


class Readiness:
    """The readiness of one process."""

    def __init__(self, role: str, given: Settings, *, needs_redis: bool = True) -> None:
        self._role = role
        # A worker shares what it counts with its children from the scoreboard on; this is its own, and made before.
        self.gauge = metrics.READY.labels(role)
        self._settings = given
        self._needs_redis = needs_redis
        self._started = Flag()
        self._door = Lock()
        self._look: _Look | None = None

    def start(self) -> None:
        """The process has begun its work."""
        self._started.set()

    def lack(self) -> str | None:
        """What is missing, as a sentence; None if nothing is. Answers in little more than `ANSWER_SECONDS`."""
        if not self._started.is_set():
            return f"this process ({self._role}) is still starting"
        look = self._newest_look()
        look.join(ANSWER_SECONDS + 0.5)
        # It may be held up where no timeout reaches, as when a name is looked up.
        return "Postgres or Redis does not answer in time" if look.is_alive() else look.lack

    def _newest_look(self) -> _Look:
        with self._door:
            if self._look is None or (not self._look.is_alive() and time.monotonic() >= self._look.fresh_until):
                self._look = _Look(self._role, self._settings, needs_redis=self._needs_redis)
                self._look.start()
            return self._look


class _Look(Thread):
    """One look, over fresh connections: the question is what a new one finds."""

    def __init__(self, role: str, given: Settings, *, needs_redis: bool) -> None:
        super().__init__(name="readiness", daemon=True)
        self.lack: str | None = "looking at Postgres and Redis failed: the log says how"
        self.fresh_until = 0.0
        self._role = role
        self._settings = given
        self._needs_redis = needs_redis

    def run(self) -> None:
        self.lack = self._postgres() or (self._redis() if self._needs_redis else None)
        self.fresh_until = time.monotonic() + FRESH_SECONDS

    def _postgres(self) -> str | None:
        options = connection_options(f"{self._role} probe", **_LIMITS) | {"connect_timeout": ANSWER_SECONDS}
        try:
            with psycopg.connect(self._settings.database_url, autocommit=True, **options) as connection:
                check_schema(connection)
        except SchemaMismatch as error:
            return str(error)
        except psycopg.Error:
            # The driver's own words name hosts and users, and a probe answers anybody.
            return "Postgres does not answer (WIREROOM_DATABASE_URL)"
        return None

    def _redis(self) -> str | None:
        try:
            ping(self._settings.redis_url, ANSWER_SECONDS)
        except BrokerAway:
            return "Redis does not answer (WIREROOM_REDIS_URL)"
        return None
