from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Thread
from typing import Any

import httpx
import pytest

from wireroom.embedded import EmbeddedValkey
from wireroom.gateway.__main__ import listen, make_server
from wireroom.settings import Settings

CONTENT_BYTES = 1_000_000

Open = Callable[..., AbstractContextManager[httpx.Client]]


@contextmanager
def serving(given: Settings) -> Iterator[httpx.Client]:
    """A client of a gateway in a thread of this process."""
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


@pytest.fixture
def open_gateway(database: str, valkey: EmbeddedValkey) -> Open:
    """Opens a gateway on `database`, with other settings if they are given."""
    given: dict[str, Any] = {"database_url": database, "redis_url": valkey.url, "content_bytes": CONTENT_BYTES}
    return lambda **other: serving(Settings(_env_file=None, **(given | other)))


@pytest.fixture
def api(open_gateway: Open) -> Iterator[httpx.Client]:
    with open_gateway() as client:
        yield client


@pytest.fixture
def post(api: httpx.Client) -> Callable[..., httpx.Response]:
    """Posts an article: fields as keywords."""
    return lambda **fields: api.post("/v1/articles", json=fields)


@pytest.fixture
def post_bytes(api: httpx.Client) -> Callable[..., httpx.Response]:
    """Posts any bytes as JSON."""

    def send(body: Any, **headers: str) -> httpx.Response:
        return api.post("/v1/articles", content=body, headers={"content-type": "application/json"} | headers)

    return send
