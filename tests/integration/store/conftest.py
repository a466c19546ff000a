from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from newsroom.storing import Newsdesk
from wireroom.database import Connection, connect


@pytest.fixture
def desk(db: Connection, database: str) -> Iterator[Newsdesk]:
    """Whatever a test does, each job is in one place and each outcome points at its version."""
    desk = Newsdesk(db, database)
    yield desk
    desk.check()


@pytest.fixture
def connection(database: str) -> Iterator[Callable[[], Connection]]:
    """Makes further connections to the same database."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(connect(database, "other"))
