"""What can be done to a line of real processes, by name."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import psutil
import redis

from newsroom.line import Line, stopped
from wireroom.topology import STAGES

Harm = Callable[[Line, random.Random], None]
"""Does it, and returns when it is over."""
PREFORKED = ("parse", "enrich", "store")


def kill(name: str) -> Harm:
    """kill -9 of a process; its supervisor starts it again."""
    return lambda line, _: line.supervisor.kill(name, signal.SIGKILL)


def kill_child(stage: str) -> Harm:
    """kill -9 of a process of a worker's pool."""

    def harm(line: Line, chance: random.Random) -> None:
        # Between its end and the next one's start there is none.
        if children := line.children(stage):
            with suppress(psutil.NoSuchProcess):
                psutil.Process(chance.choice(children)).kill()

    return harm


def stop(name: str, seconds: float) -> Harm:
    """SIGSTOP of a process and its children for so long, then SIGCONT."""

    def harm(line: Line, _: random.Random) -> None:
        with suppress(psutil.NoSuchProcess), stopped(line.supervisor.pids()[name], *line.children(name)):
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


KILLS: dict[str, Harm] = {name: kill(name) for name in ("dispatcher", "gateway", *STAGES)}
KILLS |= {f"child of {stage}": kill_child(stage) for stage in PREFORKED}
