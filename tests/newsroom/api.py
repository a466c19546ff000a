"""A gateway in a thread of the test's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import httpx

from wireroom.embedded import EmbeddedValkey
from wireroom.gateway.__main__ import listen, make_server
from wireroom.settings import Settings

CONTENT_BYTES = 1_000_000


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
