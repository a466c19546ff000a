"""Any process of the line dies or stands still at any moment, and everything is stored once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsroom import harm
from wireroom.topology import STAGES

STILL_SECONDS = 6.0
"""Longer than the lease of parse, enrich and store here."""


@pytest.mark.parametrize("who", harm.KILLS)
def test_it_is_killed(endure: Callable[..., None], who: str) -> None:
    endure(harm.KILLS[who])


@pytest.mark.parametrize("who", ["dispatcher", *STAGES])
def test_it_stands_still_for_longer_than_its_lease_and_goes_on(endure: Callable[..., None], who: str) -> None:
    endure(harm.stop(who, STILL_SECONDS))
