"""What workers read from Redis."""

from __future__ import annotations

import pickle

import pytest
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads, prepare_accept_content

from wireroom.broker import make_app


def test_only_json_is_read() -> None:
    accept = prepare_accept_content(make_app("redis://127.0.0.1:1/0").conf.accept_content)
    assert loads(b"[1]", "application/json", "utf-8", accept=accept) == [1]
    for kind in ("application/x-python-serialize", "application/x-yaml", "application/x-msgpack"):
        with pytest.raises(ContentDisallowed):
            loads(pickle.dumps(1), kind, "binary", accept=accept)
