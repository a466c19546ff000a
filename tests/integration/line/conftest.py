from __future__ import annotations

from collections.abc import Iterator

import pytest

from newsroom.line import Line
from wireroom.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line with two dispatchers, for all tests of a module; each leaves it empty."""
    postgres.create_database("line", template="wireroom")
    with Line(postgres.database_url("line"), tmp_path_factory.mktemp("line"), dispatchers=2) as line:
        yield line
    postgres.drop_database("line")
