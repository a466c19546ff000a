"""Tries come at growing distances, never all at once, and end when patience does."""

from __future__ import annotations

import logging

import pytest

from wireroom.client import WireroomUnavailable
from wireroom.client.patience import Patience


def test_pauses_grow_to_a_bound_and_differ() -> None:
    pauses = [[patience.pause("away").seconds for _ in range(12)] for patience in (Patience(1e6), Patience(1e6))]
    assert pauses[0] != pauses[1], "many clients must not come back in step"
    for pause, most in zip(pauses[0], [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, *[10.0] * 6], strict=True):
        assert most / 2 <= pause <= most


def test_what_the_gateway_asks_for_is_the_least() -> None:
    assert 5.1 <= Patience(1e6).pause("away", 5.0).seconds <= 5.2


@pytest.mark.parametrize(("seconds", "retry_after"), [(0.0, None), (4.0, 5.0)])
def test_a_pause_that_patience_does_not_cover_ends_it(seconds: float, retry_after: float | None) -> None:
    with pytest.raises(WireroomUnavailable) as unavailable:
        Patience(seconds).pause("nobody there", retry_after)
    assert str(unavailable.value) == f"nobody there; tried 1 time in {seconds:g} s"
    assert unavailable.value.retry_after == retry_after


def test_each_pause_is_told(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        Patience(10.0).pause("nobody there")
    assert [line.startswith("nobody there; trying again in 0.") for line in caplog.messages] == [True]
