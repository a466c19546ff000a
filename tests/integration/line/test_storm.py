"""Half a minute of every kind of harm; `make test-faults-soak` takes half an hour of it."""

from __future__ import annotations

from pathlib import Path

from newsroom.storm import storm


def test_a_storm_loses_nothing_and_repeats_nothing(tmp_path: Path) -> None:
    storm(tmp_path, "1", 30)
