"""How sure a difference is: body F1 of two systems on the same pages, by a paired bootstrap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 0
Array = NDArray[np.float64]


class Difference(NamedTuple):
    """By how much F1 is higher, and the interval that holds it in 95 of 100 resamples of the pages."""

    value: float
    low: float
    high: float


def difference(ours: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> Difference | None:
    """F1 of ours less F1 of theirs, for pages in the same order; None where there is no page with a gold body."""
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if "F" in one]
    if not pairs:
        return None
    number, dice = len(pairs), np.random.default_rng(SEED)
    picks = dice.multinomial(number, np.full(number, 1 / number), size=RESAMPLES).astype(np.float64)
    weights = np.vstack([np.ones((1, number)), picks])
    mine, other = ([pair[side] for pair in pairs] for side in (0, 1))
    found = _f1(weights, mine) - _f1(weights, other)
    low, high = np.percentile(found[1:], [2.5, 97.5])
    return Difference(float(found[0]), float(low), float(high))


def _f1(weights: Array, pages: Sequence[Mapping[str, Any]]) -> Array:
    """F1 of each resample: the harmonic mean of mean precision, of the pages with any text, and mean recall."""
    precision, recall = _mean(weights, [page["P"] for page in pages]), _mean(weights, [page["R"] for page in pages])
    return _divided(2 * precision * recall, precision + recall)


def _mean(weights: Array, values: Sequence[float | None]) -> Array:
    given = np.array([value is not None for value in values], dtype=np.float64)
    total, number = weights @ np.array([value or 0.0 for value in values]), weights @ given
    return _divided(total, number)


def _divided(above: Array, below: Array) -> Array:
    """Zero where there is nothing to divide by."""
    found: Array = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return found
