"""Spans and rates as a person reads them."""

from __future__ import annotations

import pytest

from wireroom.cli.board import _rate, _span
from wireroom.ledger.status import Rate


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.2, "0 s"),
        (59.6, "1 min"),
        (75, "1 min 15 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (86_430, "1 d"),
        (200_000, "2 d 7 h"),
    ],
)
def test_a_span_is_told_in_its_two_largest_units(seconds: float, shown: str) -> None:
    assert _span(seconds) == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Rate("accepted", 30, 60, 0.5), "30.0/min"),
        (Rate("accepted", 120, 60, 2.0), "2.0/s"),
        (Rate("accepted", 20_000, 300, 66.666), "66.7/s (5 min)"),
    ],
)
def test_a_rate_over_another_time_than_its_column_says_so(rate: Rate, shown: str) -> None:
    assert _rate(rate) == shown
