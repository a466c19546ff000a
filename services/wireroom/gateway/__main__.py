"""`python -m wireroom.gateway`: be a gateway until SIGTERM."""

from __future__ import annotations

import logging
import signal
import socket
import sys

import uvicorn

from wireroom import logs
from wireroom.database import connect
from wireroom.database.migrate import check_schema
from wireroom.errors import WireroomError
from wireroom.gateway.app import make_app
from wireroom.gateway.lookout import Lookout
from wireroom.logs import Event
from wireroom.settings import Settings, settings

GRACE_SECONDS = 10
KEEP_ALIVE_SECONDS = 30
MOST_CONNECTIONS = 256
"""With more, requests are answered 503."""


def main() -> None:
    """Run; ends with a sentence where the settings, the schema or the address are wrong."""
    try:
        given = settings()
        logs.configure("gateway", given.log_format, given.log_level)
        server = make_server(given)
        stop_on_signals(server)
        with connect(given.database_url, "gateway") as connection:
            check_schema(connection)
        listener = listen(given.gateway_host, given.gateway_port)
    except WireroomError as error:
        sys.exit(f"wireroom gateway: {error}")
    with listener:
        host, port, *_ = listener.getsockname()
        logs.info(Event.process_started, host=host, port=port)
        server.run(sockets=[listener])
    logs.info(Event.process_stopped)


class Server(uvicorn.Server):
    """An HTTP server that does not wait for those who wait on `lookout` when it stops."""

    def __init__(self, config: uvicorn.Config, lookout: Lookout) -> None:
        super().__init__(config)
        self._lookout = lookout

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Answer what has begun, and serve no more."""
        self._lookout.stop()
        await super().shutdown(sockets)


def make_server(given: Settings) -> uvicorn.Server:
    """The HTTP server, not yet running; its lines take our pipe."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    lookout = Lookout()
    config = uvicorn.Config(
        make_app(given, lookout), http="h11", ws="none", lifespan="on", log_config=None, access_log=False,
        server_header=False, limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS, timeout_graceful_shutdown=GRACE_SECONDS,
    )  # fmt: skip
    return Server(config, lookout)


def stop_on_signals(server: uvicorn.Server) -> None:
    """SIGTERM and SIGINT end `server` cleanly, even before it runs."""

    def stop(*_: object) -> None:
        # The server raises the signal again at its end; then this changes nothing, and the exit code is 0.
        server.should_exit = True

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; raises `WireroomError` if the address cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        variables = "WIREROOM_GATEWAY_HOST, WIREROOM_GATEWAY_PORT"
        raise WireroomError(f"cannot listen on {host}:{port} ({variables}): {error}") from error


if __name__ == "__main__":
    main()
