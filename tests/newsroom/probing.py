"""One process of Wireroom with a metrics port, and what its probes say."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
from prometheus_client.parser import text_string_to_metric_families

from wireroom.embedded import free_port

PATIENCE = 60.0
MODULES = {"gateway": "wireroom.gateway", "dispatcher": "wireroom.dispatcher"}


class Probed:
    """A process of one role; the gateway is probed at its own door."""

    def __init__(self, role: str, env: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self.log = log
        variable = "WIREROOM_GATEWAY_PORT" if role == "gateway" else "WIREROOM_METRICS_PORT"
        module = MODULES.get(role, f"wireroom.{role}.worker")
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module], env={**os.environ, variable: str(self.port), **env}, stderr=output
            )
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False, timeout=20.0)

    def ask(self, path: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of an answer."""
        answer = self._client.get(path)
        return answer.status_code, answer.json()

    def page(self) -> str:
        """The page of metrics."""
        answer = self._client.get("/metrics")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        return answer.text

    def wait(self, done: Callable[[], object], what: str) -> None:
        """Until `done()` is true and raises nothing of the network."""
        until = time.monotonic() + PATIENCE
        while True:
            try:
                if done():
                    return
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < until, f"waited in vain for {what}: {self.log.read_text()}"
            time.sleep(0.05)

    def wait_until_ready(self) -> None:
        self.wait(lambda: self.ask("/ready")[0] == 200, "readiness")

    def scrape(self) -> Scrape:
        return read(self.page())

    def children(self) -> list[int]:
        """Process ids of its pool."""
        return [child.pid for child in psutil.Process(self.process.pid).children()]

    def end(self) -> int:
        """Stop it as a supervisor does; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        self._client.close()
        if self.process.poll() is None:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                child.kill()
            self.process.kill()
            self.process.wait()


@contextmanager
def probed(role: str, env: Mapping[str, str], log: Path) -> Iterator[Probed]:
    """The process runs as long as the block does."""
    process = Probed(role, env, log)
    try:
        yield process
    finally:
        process.close()


Scrape = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(page: str) -> Scrape:
    """Sample -> value, of a page that Prometheus can read; no sample twice."""
    samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
    scrape = {(sample.name, frozenset(sample.labels.items())): sample.value for sample in samples}
    assert len(scrape) == len(samples), "a sample is there twice"
    return scrape


def value(scrape: Scrape, name: str, **labels: str) -> float:
    """The sum of the samples that have these labels."""
    found = [
        number for (sample, has), number in scrape.items() if sample == name and labels.items() <= dict(has).items()
    ]
    assert found, f"no {name} with {labels}"
    return sum(found)
