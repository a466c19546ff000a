"""A connection that is kept is a courtesy: what is asked again because it was gone is asked after the host's delay."""

from __future__ import annotations

import asyncio
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from unit.ingest.conftest import Site
from wireroom.errors import Busy
from wireroom.ingest.addresses import networks
from wireroom.ingest.client import Client
from wireroom.ingest.network import CheckedNetwork
from wireroom.ingest.visit import Budget, Manners, Visit

DELAY = 7.0


class Time:
    """Passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)

    def clock(self) -> float:
        return self.now


def visit(time: Time) -> Visit:
    client = Client("Test/1.0 (+https://example.com)", CheckedNetwork(networks("127.0.0.0/8")), bool)
    return Visit(client, 5.0, None, None, Manners(DELAY), sleep=time.sleep, clock=time.clock)


async def ask(time: Time, *addresses: str) -> list[bytes]:
    async with visit(time) as one:
        return [await read(one, address) for address in addresses]


async def read(one: Visit, address: str) -> bytes:
    async with one.ask(address, {}, Budget(5.0)) as answer:
        return await answer.read(1000)


def test_a_host_that_hangs_up_without_a_word_is_asked_again_after_its_delay(site: Site) -> None:
    first, turns, time = site.page("/1", b"one"), count(), Time()

    def silent_at_first(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        if next(turns):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo")

    second = site.does("/2", silent_at_first)
    assert asyncio.run(ask(time, first, second)) == [b"one", b"two"]
    assert [path for path, _ in site.asked] == ["/1", "/2", "/2"]
    assert time.slept == [DELAY, DELAY]


def test_a_host_that_answers_nonsense_is_not_asked_again_at_once(site: Site) -> None:
    first, second = site.page("/1", b"one"), site.raw("/2", b"220 mail.example ready\r\n")
    with pytest.raises(Busy):
        asyncio.run(ask(Time(), first, second))
    assert [path for path, _ in site.asked] == ["/1", "/2"]
