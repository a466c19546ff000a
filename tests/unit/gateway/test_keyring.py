"""A gateway knows a token as long as it may be believed, reads the ledger once for all who ask, and opens for nobody
whom it cannot look up."""

from __future__ import annotations

import asyncio

import pytest

from newsroom.clock import SteadyClock
from wireroom.gateway.keyring import FRESH_SECONDS, GOOD_SECONDS, Keyring
from wireroom.gateway.problems import Problem, away
from wireroom.tokens import Key, Ring


def key(name: str) -> Key:
    return Key(name, name, b"", frozenset(), None, None, None)


class Ledger:
    """Has tokens, and counts who looks; it may be away."""

    def __init__(self, clock: SteadyClock) -> None:
        self.names = ["a"]
        self.looks = 0
        self.is_away = False
        self.keyring = Keyring(self.look, clock)

    def look(self) -> Ring:
        self.looks += 1
        if self.is_away:
            raise away("the ledger does not answer now", reason="database_away")
        return Ring({name: key(name) for name in self.names}, were_made=True)

    async def knows(self, name: str) -> bool:
        return name in (await self.keyring.ring(lambda ring: name in ring.keys)).keys

    async def settle(self) -> None:
        """Let what was begun beside the requests come to its end."""
        while self.keyring._reading is not None and not self.keyring._reading.done():
            await asyncio.wait([self.keyring._reading])


@pytest.fixture
def ledger(clock: SteadyClock) -> Ledger:
    return Ledger(clock)


def test_a_token_that_is_known_is_not_looked_up_again(ledger: Ledger, clock: SteadyClock) -> None:
    async def story() -> None:
        for _ in range(10):
            assert await ledger.knows("a")
        assert ledger.looks == 1

    asyncio.run(story())


def test_a_revoked_token_is_not_believed_for_longer_than_its_time(ledger: Ledger, clock: SteadyClock) -> None:
    async def story() -> None:
        assert await ledger.knows("a")
        ledger.names = []
        clock.now += GOOD_SECONDS + 0.1
        assert not await ledger.knows("a")

    asyncio.run(story())


def test_it_is_read_again_beside_the_requests(ledger: Ledger, clock: SteadyClock) -> None:
    async def story() -> None:
        assert await ledger.knows("a")
        ledger.names = []
        clock.now += FRESH_SECONDS + 0.1
        assert await ledger.knows("a"), "whoever finds it old does not wait"
        await ledger.settle()
        clock.now += 0.01
        assert not await ledger.knows("a")

    asyncio.run(story())


def test_a_token_made_a_moment_ago_is_found(ledger: Ledger, clock: SteadyClock) -> None:
    async def story() -> None:
        assert await ledger.knows("a")
        ledger.names = ["a", "b"]
        clock.now += 0.01
        assert await ledger.knows("b")

    asyncio.run(story())


def test_many_unknown_tokens_at_once_are_no_load(ledger: Ledger, clock: SteadyClock) -> None:
    async def story() -> None:
        assert await ledger.knows("a")
        clock.now += 0.01
        assert not any(await asyncio.gather(*(ledger.knows(f"guess {n}") for n in range(200))))
        assert ledger.looks <= 3

    asyncio.run(story())


def test_while_the_ledger_is_away_the_known_go_on_for_their_time_and_others_are_to_come_again(
    ledger: Ledger, clock: SteadyClock
) -> None:
    async def story() -> None:
        assert await ledger.knows("a")
        ledger.is_away = True
        clock.now += GOOD_SECONDS - 0.1
        assert await ledger.knows("a")
        await ledger.settle()
        for name in ("b", "a"):
            with pytest.raises(Problem) as met:
                await ledger.knows(name)
            assert met.value.status == 503
            clock.now += 0.2
        ledger.is_away = False
        assert await ledger.knows("a")

    asyncio.run(story())
