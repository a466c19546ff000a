"""A gateway: in a thread of the test's process, or a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import httpx

from wireroom.embedded import EmbeddedValkey
from wireroom.gateway.__main__ import listen, make_server
from wireroom.settings import Settings

CONTENT_BYTES = 1_000_000
PATIENCE = 60.0


def settings(database: str, valkey: EmbeddedValkey, **other: Any) -> Settings:
    """Of a gateway on these servers, which accepts small articles only."""
    given: dict[str, Any] = {"database_url": database, "redis_url": valkey.url, "content_bytes": CONTENT_BYTES}
    return Settings(_env_file=None, **(given | other))


@contextmanager
def serving(given: Settings) -> Iterator[httpx.Client]:
    """A client of a gateway that serves as long as the block runs."""
    server, listener = make_server(given), listen("127.0.0.1", 0)
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, name="gateway")
    thread.start()
    try:
        host, port = listener.getsockname()
        with httpx.Client(base_url=f"http://{host}:{port}", timeout=30.0, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


class GatewayProcess:
    """A process, and the log it writes."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        self.url = f"http://127.0.0.1:{env['WIREROOM_GATEWAY_PORT']}"
        self.log_file = log
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "wireroom.gateway"], env=os.environ | env, stderr=output
            )

    def wait_until_it_answers(self) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                assert httpx.get(f"{self.url}/v1/health", trust_env=False).status_code == 200
            except httpx.TransportError:
                assert self.process.poll() is None and time.monotonic() < until, self.log_file.read_text()
                time.sleep(0.05)
            else:
                return

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)

    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_file.read_text().splitlines()]
