"""Connections by https: to whom a certificate that is trusted belongs, and to nobody else."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from newsroom.house import HOST, on_loopback
from unit.ingest.conftest import Server, Site
from wireroom.errors import Busy
from wireroom.ingest.fetch import Fetcher

CERTIFICATE = Path(__file__).with_name("server.pem")
"""Of news.example, for a hundred years; with its key, which is good for nothing else."""


@pytest.fixture
def secure() -> Iterator[Site]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with Server() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Site(server)
        server.shutdown()
        thread.join()


def fetch(url: str, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """With a fetcher that trusts the certificate."""
    trusting = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr("wireroom.ingest.client.httpx.create_ssl_context", lambda trust_env: trusting)
    fetcher = Fetcher("Test/1", 20, 1000, "127.0.0.1/32", resolve=on_loopback)
    return asyncio.run(fetcher.fetch(url)).body


def test_a_page_comes_over_a_secure_connection_that_is_kept(secure: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    secure.redirect("/1", "/2")
    secure.page("/2", b"Tides")
    assert fetch(f"https://{HOST}:{secure.port}/1", monkeypatch) == b"Tides"
    assert len(secure.asked) == 2 and len(secure.connections) == 1


def test_another_host_with_that_certificate_is_not_asked(secure: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Busy, match=r"no secure connection to other\.example"):
        fetch(f"https://other.example:{secure.port}/1", monkeypatch)
    assert secure.asked == []


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(secure: Site) -> None:
    fetcher = Fetcher("Test/1", 20, 1000, "127.0.0.1/32", resolve=on_loopback)
    with pytest.raises(Busy, match="certificate verify failed"):
        asyncio.run(fetcher.fetch(f"https://{HOST}:{secure.port}/1"))
    assert secure.asked == []
