from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from newsroom.api import GatewayProcess, serving, settings
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey, free_port


@pytest.fixture
def api(database: str, valkey: EmbeddedValkey) -> Iterator[httpx.Client]:
    """A client of a gateway on `database`."""
    with serving(settings(database, valkey)) as client:
        yield client


@pytest.fixture
def post(api: httpx.Client) -> Callable[..., httpx.Response]:
    """Posts an article: fields as keywords."""
    return lambda **fields: api.post("/v1/articles", json=fields)


@pytest.fixture
def post_bytes(api: httpx.Client) -> Callable[..., httpx.Response]:
    """Posts any bytes as JSON."""

    def send(body: Any, **headers: str) -> httpx.Response:
        given = {"content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return api.post("/v1/articles", content=body, headers=given)

    return send


@pytest.fixture
def start(database: str, valkey: EmbeddedValkey, tmp_path: Path) -> Iterator[Callable[..., GatewayProcess]]:
    """Starts a gateway; more environment may be given."""
    given = {
        "WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_LOG_FORMAT": "json",
    }  # fmt: skip
    with ExitStack() as stack:

        def start(**env: str) -> GatewayProcess:
            gateway = GatewayProcess({"WIREROOM_GATEWAY_PORT": str(free_port())} | given | env, tmp_path / "log")
            stack.callback(gateway.process.wait)
            stack.callback(gateway.process.kill)
            return gateway

        yield start


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    """One that may be stopped."""
    with EmbeddedPostgres(tmp_path / "postgres", durable=False) as server:
        migrate(server.url)
        yield server
