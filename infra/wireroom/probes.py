"""/live, /ready and /metrics of a process: routes of the gateway, and of every other a small HTTP server."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import register_at_fork
from threading import Thread
from typing import Any, NamedTuple

import msgspec
from prometheus_client.registry import Collector

from wireroom import metrics
from wireroom.errors import WireroomError
from wireroom.readiness import Readiness

_REQUEST_SECONDS = 5.0


class Answer(NamedTuple):
    """What a probe gets to hear."""

    status: int
    body: bytes
    media_type: str = "application/json"


Probe = Callable[[], Answer]


class Probes:
    """What the probes of one process are answered. `stuck` says why the process will not go on by itself."""

    def __init__(
        self, readiness: Readiness, counted: Sequence[Collector], stuck: Callable[[], str | None] = lambda: None
    ) -> None:
        self._readiness = readiness
        self._collectors = [*counted, metrics.PROCESS]
        self._stuck = stuck
        self.paths: dict[str, Probe] = {"/live": self.live, "/ready": self.ready, "/metrics": self.metrics}

    def live(self) -> Answer:
        """200 while the process should be left alone; 503: start it again."""
        return _say("live", self._stuck())

    def ready(self) -> Answer:
        """200 while the process could work; 503: give it time, or mend what is named."""
        return _say("ready", self._readiness.lack())

    def metrics(self) -> Answer:
        """What the process has counted, for Prometheus."""
        self._readiness.gauge.set(self._readiness.lack() is None)
        return Answer(200, metrics.page(self._collectors), metrics.MEDIA_TYPE)


def _say(state: str, why_not: str | None) -> Answer:
    if why_not is None:
        return Answer(200, msgspec.json.encode({"status": state}))
    return Answer(503, msgspec.json.encode({"status": f"not {state}", "detail": why_not}))


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, paths: dict[str, Probe]) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), partial(_Handler, paths))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """One line of the log, not a traceback between the lines."""
        logging.getLogger(__name__).warning("a probe was not answered", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    timeout = _REQUEST_SECONDS
    server_version, sys_version = "Wireroom", ""

    def __init__(self, paths: dict[str, Probe], *arguments: Any) -> None:
        self._paths = paths
        super().__init__(*arguments)

    def do_GET(self) -> None:
        probe = self._paths.get(self.path.partition("?")[0])
        answer = probe() if probe else _nothing_here(self._paths)
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        """Nothing: probes come every few seconds."""


def _nothing_here(paths: dict[str, Probe]) -> Answer:
    return Answer(404, msgspec.json.encode({"detail": f"there is nothing here but {', '.join(paths)}"}))


def serve(paths: dict[str, Probe], host: str, port: int) -> None:
    """Answer at `host` and `port` in a thread, as long as the process lives; port 0: not at all.

    Raises `WireroomError` if the address cannot be had.
    """
    if not port:
        return
    try:
        server = _Server(host, port, paths)
    except OSError as error:
        variables = "WIREROOM_METRICS_HOST, WIREROOM_METRICS_PORT"
        raise WireroomError(f"cannot listen on {host}:{port} ({variables}): {error}") from error
    # A child that outlives its parent must not hold the port against the next one.
    register_at_fork(after_in_child=server.socket.close)
    Thread(target=server.serve_forever, name="probes", daemon=True).start()
