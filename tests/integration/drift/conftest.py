from __future__ import annotations

import pytest

from newsroom.proofs import Proofs
from wireroom.database import Connection


@pytest.fixture
def desk(db: Connection, database: str) -> Proofs:
    return Proofs(db, database)
