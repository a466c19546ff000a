"""A whole Wireroom on this machine: embedded servers and every process, for `up` and `demo`."""

from __future__ import annotations

import fcntl
import signal
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import httpx

from wireroom.cli.output import messages
from wireroom.crew import crew
from wireroom.database.migrate import migrate
from wireroom.embedded import Server, servers
from wireroom.errors import WireroomError
from wireroom.supervisor import Supervisor

READY_SECONDS = 60.0
REVIVE_SECONDS = 0.5


class Local(NamedTuple):
    """Where a running Wireroom is found."""

    database_url: str
    redis_url: str
    gateway_url: str
    logs: Path


@contextmanager
def running(directory: Path, port: int, env: Mapping[str, str], *, durable: bool) -> Iterator[Local]:
    """Everything up and answering, from `with` to its end; nothing is left behind but `directory`."""
    logs = directory / "logs"
    try:
        logs.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WireroomError(f"{directory} cannot hold the data: {error.strerror}") from error
    with _alone_in(directory), _ours(port), servers(directory, durable=durable) as (postgres, valkey):
        migrate(postgres.url)
        local = Local(postgres.url, valkey.url, f"http://127.0.0.1:{port}", logs)
        given = {
            "WIREROOM_DATABASE_URL": local.database_url,
            "WIREROOM_REDIS_URL": local.redis_url,
            "WIREROOM_GATEWAY_HOST": "127.0.0.1",
            "WIREROOM_GATEWAY_PORT": str(port),
            # On one machine they would all want the same one.
            "WIREROOM_METRICS_PORT": "0",
            "WIREROOM_LOG_FORMAT": "json",
        }
        processes = Supervisor(crew(given | dict(env)), logs)
        with _beside(partial(_supervise, processes)), _beside(partial(_revive, (postgres, valkey))), _tidied_up():
            _wait_for_gateway(local)
            yield local


@contextmanager
def _tidied_up() -> Iterator[None]:
    """After the block everything is being tidied up, which another Ctrl-C must not break off."""
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Nobody else runs a Wireroom in this directory; the kernel takes the lock back, however this process ends."""
    with (directory / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise WireroomError(f"a Wireroom already runs in {directory}: use it, or end it first") from error
        yield


@contextmanager
def _ours(port: int) -> Iterator[None]:
    """The port is free now: another program's answers are not taken for the gateway's."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        cause = f"port {port} cannot be had ({error.strerror}): choose another by WIREROOM_GATEWAY_PORT"
        raise WireroomError(cause) from error
    yield


def _supervise(supervisor: Supervisor, stopping: Event) -> None:
    supervisor.run(stopping.is_set)


def _revive(kept: Sequence[Server], stopping: Event) -> None:
    """Start servers again that have died."""
    while not stopping.wait(REVIVE_SECONDS):
        for server in kept:
            # Postgres waits for the last of its dead processes: it is tried again in a moment.
            with suppress(WireroomError):
                if server.revive():
                    messages.print(f"{server.directory.name} had died, and was started again")


@contextmanager
def _beside(work: Callable[[Event], None]) -> Iterator[None]:
    """`work` goes on in a thread of its own until the block ends, which it is told by the event."""
    stopping = Event()
    thread = Thread(target=work, args=(stopping,))
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def _wait_for_gateway(local: Local) -> None:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            httpx.get(f"{local.gateway_url}/v1/health", timeout=2.0, trust_env=False).raise_for_status()
        except httpx.HTTPError as error:
            if time.monotonic() > until:
                raise WireroomError(f"the gateway does not answer at {local.gateway_url}; see {local.logs}") from error
            time.sleep(0.05)
        else:
            return
