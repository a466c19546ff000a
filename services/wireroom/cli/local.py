"""A whole Wireroom on this machine: embedded servers and every process, for `up` and `demo`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import NamedTuple

import httpx

from wireroom.crew import crew
from wireroom.database.migrate import migrate
from wireroom.embedded import servers
from wireroom.errors import WireroomError
from wireroom.supervisor import Supervisor

READY_SECONDS = 60.0


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
    logs.mkdir(parents=True, exist_ok=True)
    with servers(directory, durable=durable) as (postgres, valkey):
        migrate(postgres.url)
        local = Local(postgres.url, valkey.url, f"http://127.0.0.1:{port}", logs)
        given = {
            "WIREROOM_DATABASE_URL": local.database_url,
            "WIREROOM_REDIS_URL": local.redis_url,
            "WIREROOM_GATEWAY_HOST": "127.0.0.1",
            "WIREROOM_GATEWAY_PORT": str(port),
            "WIREROOM_LOG_FORMAT": "json",
        }
        with _supervised(Supervisor(crew(given | dict(env)), logs)):
            _wait_for_gateway(local)
            yield local


@contextmanager
def _supervised(supervisor: Supervisor) -> Iterator[None]:
    """Its processes, kept running by a thread of their own."""
    stopping = Event()
    thread = Thread(target=supervisor.run, args=(stopping.is_set,), name="supervisor")
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
