"""The line survives the death of any of its processes, and of all that Redis holds, in mid-flight."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
import redis

from newsroom.line import Line, stopped
from wireroom.topology import queue_name

ARTICLES = 400


def kill_child(stage: str) -> Callable[[Line], None]:
    def harm(line: Line) -> None:
        psutil.Process(line.children(stage)[0]).kill()

    return harm


def kill(name: str) -> Callable[[Line], None]:
    return lambda line: line.supervisor.kill(name, signal.SIGKILL)


def flush(line: Line) -> None:
    redis.Redis.from_url(line.valkey.url).flushall()


def restart_valkey(line: Line) -> None:
    line.valkey.kill()
    line.valkey.start()


def stop_dispatcher(line: Line) -> None:
    with stopped(line.supervisor.pids()["dispatcher"]):
        line.wait(lambda: not any(line.broker.waiting([queue_name("parse")]).values()), "parse to run dry")


def cut_connections(line: Line) -> None:
    line.db.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )


HARM = {
    "child of parse": kill_child("parse"),
    "child of enrich": kill_child("enrich"),
    "child of store": kill_child("store"),
    "parse": kill("parse"),
    "enrich": kill("enrich"),
    "store": kill("store"),
    "dispatcher": kill("dispatcher"),
    "flush": flush,
    "restart of Valkey": restart_valkey,
    "stop of the dispatcher": stop_dispatcher,
    "cut of all connections to Postgres": cut_connections,
}


@pytest.mark.parametrize("what", HARM)
def test_everything_is_stored_once_whatever_dies(database: str, tmp_path: Path, what: str) -> None:
    with Line(database, tmp_path, env={"WIREROOM_LEASE_SCALE": "0.1"}) as line:
        jobs = line.texts(ARTICLES)
        line.wait(lambda: 0 < line.count("outcomes") < ARTICLES, "the line to be in mid-flight")
        HARM[what](line)
        line.drain()
        assert Counter(line.outcomes()[job] for job in jobs) == {"stored": ARTICLES}
        assert line.count("articles") == line.count("versions") == ARTICLES
        line.check()


def test_while_redis_is_stopped_nobody_hangs_and_afterwards_all_is_stored(database: str, tmp_path: Path) -> None:
    with Line(database, tmp_path, env={"WIREROOM_LEASE_SCALE": "0.1"}) as line:
        jobs = line.texts(ARTICLES)
        line.wait(lambda: 0 < line.count("outcomes") < ARTICLES, "the line to be in mid-flight")
        with stopped(line.valkey.pid):
            line.wait(lambda: any(one["event"] == "broker_away" for one in line.log()), "somebody to miss Redis")
        line.drain()
        assert Counter(line.outcomes()[job] for job in jobs) == {"stored": ARTICLES}
        line.check()
