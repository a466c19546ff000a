"""Who waits is told what for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from wireroom.cli.lull import Lull
from wireroom.ledger.obstacles import Obstacle

PAUSE = Obstacle("host", "a.example", "cli:ada", "too many", None, 3)
COOL = Obstacle("host", "a.example", None, "it answered 429", datetime(2026, 5, 2, 9, tzinfo=UTC), 2)


def test_a_lull_is_explained_once_it_lasts_and_each_obstacle_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seconds, found = 100.0, [PAUSE]
    monkeypatch.setattr("wireroom.cli.lull.time.monotonic", lambda: seconds)
    watched = Lull(lambda: found)

    def told(after: float, left: int) -> str:
        nonlocal seconds
        seconds += after
        watched.saw(left)
        return capsys.readouterr().err

    assert told(0, 3) == told(4, 3) == ""
    assert told(4, 2) == told(4, 2) == ""
    assert told(1, 2) == "3 wait: host a.example is paused by cli:ada: too many\n"
    found.append(COOL)
    assert told(4, 2) == ""
    assert told(1, 2) == "2 wait: host a.example is left in peace until 2026-05-02 09:00:00Z: it answered 429\n"
    assert told(9, 2) == ""
