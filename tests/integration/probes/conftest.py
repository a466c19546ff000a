from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from wireroom.embedded import EmbeddedValkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A Valkey of the test's own: nobody else's messages are in it."""
    with EmbeddedValkey(tmp_path / "valkey") as server:
        yield server


@pytest.fixture
def env(database: str, valkey: EmbeddedValkey) -> dict[str, str]:
    """Of processes on both servers of the test."""
    return {
        "WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_LOG_FORMAT": "json",
        "WIREROOM_HOST_DELAY": "0", "WIREROOM_FETCH_ALLOW": "127.0.0.0/8",
    }  # fmt: skip
