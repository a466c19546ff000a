"""Whatever the links between processes do, everything is stored once, and nobody hangs on them."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from faults.conftest import LEASE_SCALE
from newsroom import network
from newsroom.network import LINKS, Misbehaviour, Wired
from newsroom.producers import Press
from newsroom.proof import prove

SECONDS = 1.5
MISBEHAVIOURS: dict[str, Misbehaviour] = {
    "refuses": network.refuse(SECONDS),
    "resets in mid-message": network.reset(SECONDS),
    "swallows": network.swallow(SECONDS),
    # Leases are scaled, and so is this, which they have to outlast.
    "delays": network.delay(SECONDS, 0.05 * LEASE_SCALE, 0.3 * LEASE_SCALE),
}
WAVE = 120
"""Articles that come while it does one of them."""


@pytest.fixture(scope="module")
def kind() -> type[Wired]:
    """A line whose links misbehave."""
    return Wired


@pytest.mark.parametrize("link", LINKS)
def test_a_link_misbehaves(line: Wired, press: Press, chance: random.Random, link: str) -> None:
    with ExitStack() as waves:
        for way in chance.sample(sorted(MISBEHAVIOURS), len(MISBEHAVIOURS)):
            print(f"{link}: {way}")
            moment = line.count("outcomes") + chance.randrange(WAVE // 2)
            waves.enter_context(press.wave(WAVE, pushed=20 if link == "gateway to Redis" else 0, seconds=SECONDS))
            line.wait(lambda: line.count("outcomes") > moment, "the line to be in mid-flight")  # noqa: B023
            MISBEHAVIOURS[way](line.links[link], chance)
        prove(line, press)


def test_all_links_forget_their_connections(endure: Callable[..., None], line: Wired) -> None:
    """As where a firewall is restarted: whoever waits for an answer has to see by itself that none comes."""

    def forget(*_: object) -> None:
        for link in line.links.values():
            link.forget()

    endure(forget)
