from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack
from typing import Any, cast

import httpx
import pytest

from newsroom.api import serving, settings
from wireroom.client import AsyncClient, Client
from wireroom.embedded import EmbeddedValkey

Connect = Callable[..., Client]


class Waited:
    """An `AsyncClient` for tests that know only the other one."""

    def __init__(self, url: str, **options: Any) -> None:
        self._runner = asyncio.Runner()
        self._client = AsyncClient(url, **options)

    def close(self) -> None:
        self._runner.run(self._client.aclose())
        self._runner.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            called = getattr(self._client, name)(*arguments, **named)
            return self._runner.run(called) if inspect.iscoroutine(called) else self._each(called)

        return call

    def _each(self, generator: AsyncGenerator[Any]) -> Iterator[Any]:
        async def following() -> Any:
            return await anext(generator, self)

        while (one := self._runner.run(following())) is not self:
            yield one


@pytest.fixture
def api(database: str, valkey: EmbeddedValkey) -> Iterator[httpx.Client]:
    """A gateway on `database`, spoken to without the client."""
    with serving(settings(database, valkey)) as client:
        yield client


@pytest.fixture(params=["sync", "async"])
def connect(request: pytest.FixtureRequest) -> Iterator[Connect]:
    """Makes clients; each test is run with both."""
    with ExitStack() as stack:

        def make(url: object, **options: Any) -> Client:
            kind = Client if request.param == "sync" else Waited
            made = kind(str(url), **options)
            stack.callback(made.close)
            return cast(Client, made)

        yield make


@pytest.fixture
def wire(api: httpx.Client, connect: Connect) -> Client:
    """A client of the gateway on `database`."""
    return connect(api.base_url, producer="crawler")
