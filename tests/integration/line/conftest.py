from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsroom.databases import database_of
from newsroom.line import Line
from wireroom.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line with two dispatchers, for all tests of a module; each leaves it empty."""
    with (
        database_of(postgres, "line") as database,
        Line(database, tmp_path_factory.mktemp("line"), dispatchers=2) as line,
    ):
        yield line
