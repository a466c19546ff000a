"""One database for many examples, with the connections that they use."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

from newsroom import lives
from newsroom.clock import WallClock
from newsroom.lives import Seen
from newsroom.scene import Act
from wireroom.database import connect


class Archive:
    """Acts are done over connection `one`, or `one` and `two`; `eye` looks on, and is in nobody's way."""

    def __init__(self, url: str) -> None:
        with connect(url, "archive") as db:
            WallClock(db)
            lives.install(db)
        self._stack = ExitStack()
        self.one, self.two, self.eye = (self._stack.enter_context(connect(url, who)) for who in ("one", "two", "eye"))
        self._pool = self._stack.enter_context(ThreadPoolExecutor(1))
        # Deleting some rows takes a tenth of the time that truncating takes.
        deleted = [f"DELETE FROM {name}" for name in self._names("r") if name != "migrations"]
        self._clear = "; ".join([*deleted, *(f"SELECT setval('{name}', 1, false)" for name in self._names("S"))])

    def close(self) -> None:
        self._stack.close()

    def clear(self) -> None:
        """Nothing was ever accepted, and all numbers begin anew."""
        with self.eye.transaction():
            # Outcomes refuse it otherwise.
            self.eye.execute("SET LOCAL session_replication_role = replica")
            self.eye.execute(self._clear.encode())
        WallClock.reset(self.eye)

    def _names(self, kind: str) -> list[str]:
        statement = (
            "SELECT relname FROM pg_class WHERE relkind = %s AND relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        return [name for (name,) in self.eye.execute(statement, [kind])]

    def do(self, act: Act) -> tuple[Any, list[tuple[int, Seen]]]:
        """The ledger's answer, and what was seen to move."""
        result = act.do(self.one)
        return result, lives.moves(self.eye, "one")

    def die_in(self, act: Act) -> Any:
        """The answer that never was: the process dies before the commit."""
        with self.one.transaction(force_rollback=True):
            return act.do(self.one)

    def race(self, first: Act, second: Act, *, commits: bool) -> list[tuple[Act, Any, list[tuple[int, Seen]]]]:
        """The second begins when the first has done all but commit, and goes on when that has committed or died.

        Those that happened, in their order, with the answer and what was seen to move.
        """
        with self.one.transaction(force_rollback=not commits):
            result = first.do(self.one)
            late = self._pool.submit(second.do, self.two)
            self._wait(late)
        later = (second, late.result(timeout=30), lives.moves(self.eye, "two"))
        return [(first, result, lives.moves(self.eye, "one")), later] if commits else [later]

    def _wait(self, late: Future[Any]) -> None:
        """Until it is done, or stands behind the other."""
        blocked, who = "SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.two.info.backend_pid]
        while not late.done() and self.eye.execute(blocked, who).fetchone() != (True,):
            pass
