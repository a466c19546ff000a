"""What can be done to a line of real processes, by name."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import psycopg
import redis

from newsroom.line import Line, stopped
from wireroom.embedded import EmbeddedPostgres
from wireroom.errors import WireroomError
from wireroom.topology import STAGES

Harm = Callable[[Line, random.Random], None]
"""Does it, and returns when it is over."""
_OTHERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
PREFORKED = ("parse", "enrich", "store")


def kill(name: str) -> Harm:
    """kill -9 of a process; its supervisor starts it again."""
    return lambda line, _: line.supervisor.kill(name, signal.SIGKILL)


def kill_child(stage: str) -> Harm:
    """kill -9 of a process of a worker's pool."""

    def harm(line: Line, chance: random.Random) -> None:
        # Between its end and the next one's start there is none.
        with suppress(psutil.NoSuchProcess, KeyError, IndexError):
            psutil.Process(chance.choice(line.children(stage))).kill()

    return harm


def stop(name: str, seconds: float) -> Harm:
    """SIGSTOP of a process and its children for so long, then SIGCONT."""

    def harm(line: Line, _: random.Random) -> None:
        # It may have died just now.
        with suppress(psutil.NoSuchProcess, KeyError), stopped(line.supervisor.pids()[name], *line.children(name)):
            time.sleep(seconds)

    return harm


def flush(line: Line, _: random.Random) -> None:
    """All that Redis holds is gone."""
    with redis.Redis.from_url(line.valkey.url) as client:
        client.flushall()


def restart_redis(line: Line, _: random.Random) -> None:
    """kill -9 of Redis, which comes back empty."""
    line.valkey.kill()
    line.valkey.start()


def stop_redis(seconds: float) -> Harm:
    """Redis does not answer for so long."""

    def harm(line: Line, _: random.Random) -> None:
        with stopped(line.valkey.pid):
            time.sleep(seconds)

    return harm


def fill_redis(seconds: float) -> Harm:
    """For so long Redis has no memory, and refuses all that needs some."""

    def harm(line: Line, _: random.Random) -> None:
        with redis.Redis.from_url(line.valkey.url) as client:
            client.config_set("maxmemory-policy", "noeviction")
            client.config_set("maxmemory", client.info("memory")["used_memory"] // 2)
            time.sleep(seconds)
            client.config_set("maxmemory", 0)

    return harm


def cut_redis(seconds: float) -> Harm:
    """For so long Redis ends all its connections, every fifth of a second."""

    def harm(line: Line, _: random.Random) -> None:
        with redis.Redis.from_url(line.valkey.url) as client:
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                for kind in ("normal", "pubsub"):
                    client.client_kill_filter(_type=kind)
                time.sleep(0.2)

    return harm


def again(harm: Harm, times: int) -> Harm:
    """The same harm so many times, at random moments of one wave."""

    def harms(line: Line, chance: random.Random) -> None:
        for _ in range(times - 1):
            harm(line, chance)
            moment = line.count("outcomes") + chance.randrange(100)
            line.wait(lambda: line.count("outcomes") > moment, "the line to go on")  # noqa: B023 - at once
        harm(line, chance)

    return harms


KILLS: dict[str, Harm] = {name: kill(name) for name in ("dispatcher", "gateway", *STAGES)}
KILLS |= {f"child of {stage}": kill_child(stage) for stage in PREFORKED}


class PostgresHarm:
    """What can be done to a Postgres that belongs to the line alone."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._server = server

    def kill(self, line: Line, _: random.Random) -> None:
        """kill -9 of the whole server, as a power cut; it comes back and recovers."""
        for process in self.processes():
            process.kill()
        self._server.kill()
        self._start(line)

    def kill_leader(self, line: Line, _: random.Random) -> None:
        """kill -9 of the first process only; the others notice, and it comes back."""
        self._server.kill()
        self._start(line)

    def kill_backend(self, line: Line, chance: random.Random) -> None:
        """kill -9 of the process of one connection: Postgres ends all others, and recovers."""
        pids = [pid for (pid,) in line.db.execute(_OTHERS)]
        try:
            os.kill(chance.choice(pids), signal.SIGKILL)
        except (IndexError, ProcessLookupError):  # just now nobody is connected
            return
        # Our own connection is ended too; a new one made before Postgres has noticed would be.
        with suppress(psycopg.OperationalError):
            line.wait(lambda: not line.db.execute("SELECT 1"), "Postgres to notice")
        self._reconnect(line)

    def shut_down(self, line: Line, _: random.Random) -> None:
        """An immediate shutdown, and a new start."""
        os.kill(self._server.pid, signal.SIGQUIT)
        self._server.stop()
        self._start(line)

    def shut_down_for(self, seconds: float) -> Harm:
        """Postgres is not there for so long."""

        def harm(line: Line, _: random.Random) -> None:
            self._server.stop()
            time.sleep(seconds)
            self._start(line)

        return harm

    def stop(self, seconds: float) -> Harm:
        """Postgres does not answer for so long."""

        def harm(line: Line, _: random.Random) -> None:
            with stopped(*(process.pid for process in self.processes())):
                time.sleep(seconds)

        return harm

    def processes(self) -> list[psutil.Process]:
        """The server's, its first one before the others."""
        leader = psutil.Process(self._server.pid)
        return [leader, *leader.children(recursive=True)]

    def _start(self, line: Line) -> None:
        self._server.start()
        self._reconnect(line)

    def _reconnect(self, line: Line) -> None:
        until = time.monotonic() + 30
        while True:
            try:
                line.connect()
            except WireroomError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)
            else:
                return


def cut_connections(line: Line, _: random.Random) -> None:
    """Every connection to Postgres is terminated."""
    line.db.execute(f"SELECT pg_terminate_backend(pid) FROM ({_OTHERS}) AS other".encode())
