"""50,000 articles go through one line, and no process is larger after them than after the first 5,000."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from newsroom.databases import database_of
from newsroom.line import Line
from newsroom.mixture import briefs
from newsroom.pages import Web
from wireroom.client import Accepted, Client
from wireroom.embedded import EmbeddedPostgres

SAMPLES = (5_000, 25_000, 50_000)
STEP = 2_500
GROWTH = 1.2


@pytest.fixture
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line as it is set up by default, with a gateway."""
    with (
        database_of(postgres, "memory") as database,
        Line(database, tmp_path_factory.mktemp("line"), gateway=True) as line,
    ):
        line.wait_until_up()
        yield line


def test_memory_is_flat_over_50000_articles(line: Line, web: Web) -> None:
    sizes: list[dict[str, int]] = []
    with Client(line.url) as client:
        for done in range(0, SAMPLES[-1], STEP):
            answers = client.submit_many(briefs(web, done, STEP))
            assert all(isinstance(answer, Accepted) for answer in answers)
            line.wait(lambda: line.count("line") < STEP, "the line to keep up", 300)
            if done + STEP in SAMPLES:
                line.drain(300)
                sizes.append(line.sizes())
    print(_table(sizes))
    assert Counter(line.outcomes().values()) == {"stored": SAMPLES[-1]}
    small, large = sizes[0], sizes[-1]
    assert {name: (small[name], large[name]) for name in small if large[name] > GROWTH * small[name]} == {}
    line.check()


def _table(sizes: list[dict[str, int]]) -> str:
    rows = [f"{'MB after':18}" + "".join(f"{articles:>8,}" for articles in SAMPLES)]
    rows += [f"{name:18}" + "".join(f"{one[name] / 1e6:8.1f}" for one in sizes) for name in sizes[0]]
    return "\n".join(["", *rows])
