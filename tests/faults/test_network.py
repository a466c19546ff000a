"""Whatever a link between two processes does, everything is stored once, and nobody hangs on it."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from faults.conftest import ENV
from newsroom import network
from newsroom.network import LINKS, Misbehaviour, Wired
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.embedded import EmbeddedPostgres

HOLE = {link: 15.0 if "Postgres" in link else 5.0 for link in LINKS}
"""Seconds: longer than a connection waits for an acknowledgement."""


def misbehaviours(link: str) -> dict[str, Misbehaviour]:
    return {
        "is cut": network.cut,
        "resets in mid-message": network.reset(2.0),
        "refuses": network.refuse(2.0),
        "swallows": network.swallow(HOLE[link]),
        # As leases are scaled, so is what they have to outlast.
        "delays": network.delay(2.0, 0.01, 0.06),
    }


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wired]:
    """A whole line with a gateway and two dispatchers, whose links misbehave; each test leaves it empty."""
    postgres.create_database("wired", template="wireroom")
    directory = tmp_path_factory.mktemp("wired")
    with Wired(postgres.database_url("wired"), directory, dispatchers=2, gateway=True, env=ENV) as line:
        yield line
    postgres.drop_database("wired")


@pytest.mark.parametrize("link", LINKS)
def test_it_misbehaves_in_every_way_while_articles_come(
    line: Wired, press: Press, chance: random.Random, link: str
) -> None:
    ways = misbehaviours(link)
    with press.wave(seconds=HOLE[link] + 10.0):
        for way in chance.sample(sorted(ways), len(ways)):
            print(f"{link}: {way}")
            moment = line.count("outcomes") + chance.randrange(20)
            line.wait(lambda: line.count("outcomes") > moment, f"the line to go on before {link} {way}")  # noqa: B023
            ways[way](line.links[link], chance)
        prove(line, press)
