"""An embedded server that has died is started again, also where that does not work at once."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
import redis

from wireroom.embedded import EmbeddedValkey
from wireroom.errors import WireroomError


def test_a_server_that_could_not_be_revived_is_revived_later(tmp_path: Path) -> None:
    with EmbeddedValkey(tmp_path / "valkey") as server:
        assert not server.revive()
        os.kill(server.pid, signal.SIGKILL)
        psutil.Process(server.pid).wait(10)
        with (
            socket.create_server(("127.0.0.1", urlsplit(server.url).port or 0)),
            pytest.raises(WireroomError, match="valkey-server did not start"),
        ):
            server.revive()
        assert server.revive()
        assert redis.Redis.from_url(server.url).ping()
