from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from wireroom.database import Connection, connect


@pytest.fixture
def connection(database: str) -> Iterator[Callable[[], Connection]]:
    """Makes further connections to the same database."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(connect(database, "other"))
