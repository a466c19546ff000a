"""One storm a seed: `make test-faults-soak SEEDS=20`, or one of them again: `make test-faults-soak SEEDS=1 FIRST=7`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from newsroom.storm import storm

FIRST, NUMBER = int(os.environ.get("FIRST", "1")), int(os.environ.get("SEEDS", "20"))
STORM_SECONDS = 90.0


@pytest.mark.parametrize("seed", range(FIRST, FIRST + NUMBER))
def test_a_storm_loses_nothing_and_repeats_nothing(tmp_path: Path, seed: int) -> None:
    storm(tmp_path, str(seed), STORM_SECONDS)
