from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from newsroom.databases import database_of
from newsroom.harm import Harm
from newsroom.line import Line
from newsroom.pages import Web
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.embedded import EmbeddedPostgres

LEASE_SCALE = 0.2
ENV = {"WIREROOM_LEASE_SCALE": str(LEASE_SCALE), "WIREROOM_CONCURRENCY": "2"}
"""Of a line that is harmed: its leases are short."""


@pytest.fixture(scope="session")
def web() -> Iterator[Web]:
    with Web() as web:
        yield web


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """The settings of the line."""
    return ENV


@pytest.fixture(scope="module")
def kind() -> type[Line]:
    """What is to be harmed."""
    return Line


@pytest.fixture(scope="module")
def line(
    postgres: EmbeddedPostgres, kind: type[Line], env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """A whole line with a gateway and two dispatchers, for all tests of a module; each leaves it empty."""
    with (
        database_of(postgres, "harmed") as database,
        kind(database, tmp_path_factory.mktemp("line"), dispatchers=2, gateway=True, env=env) as line,
    ):
        yield line


@pytest.fixture(scope="module")
def press(line: Line, web: Web, tmp_path_factory: pytest.TempPathFactory) -> Press:
    """Sends waves of articles to that line."""
    return Press(line, web, tmp_path_factory.mktemp("producers"))


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """The same for each run of a test, unless FAULTS_SEED says otherwise."""
    seed = f"{os.environ.get('FAULTS_SEED', '1')} {request.node.name}"
    print(f"seed: {seed}")
    return random.Random(seed)


@pytest.fixture
def endure(line: Line, press: Press, chance: random.Random) -> Callable[..., None]:
    """Do harm to the line at a random moment of a wave of articles, and prove that nothing came of it.

    The keywords are those of `prove`.
    """

    def endured(harm: Harm, **proof: Any) -> None:
        before = line.count("outcomes")
        with press.wave() as wave:
            moment = before + chance.randrange(wave.size // 2)
            line.wait(lambda: line.count("outcomes") > moment, "the line to be in mid-flight")
            harm(line, chance)
            prove(line, press, **proof)

    return endured
