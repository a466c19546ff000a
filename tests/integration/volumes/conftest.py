from __future__ import annotations

import pytest

from newsroom.almanac import Almanac
from wireroom.database import Connection


@pytest.fixture
def desk(db: Connection, database: str) -> Almanac:
    return Almanac(db, database)
