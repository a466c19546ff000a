from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from newsroom.api import serving, settings
from newsroom.desk import Desk
from wireroom.database import Connection
from wireroom.embedded import EmbeddedValkey


@pytest.fixture
def desk(db: Connection, database: str) -> Desk:
    return Desk(db, database)


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
