"""Gaps: how long a source is wont to be silent, measured not in time but in the articles expected meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from math import exp, log
from typing import NamedTuple

import msgspec

_STEPS = (1.25, 1.1)
"""By these factors scale and shape are varied, until no neighbour explains the runs better."""
_SCALES, _SHAPES = (0.5, 2000.0), (0.4, 2.0)
_DOUBT = (1.0, 0.35)
"""How far from 1 the logarithms of scale and shape are thought to be, before anything is known."""
_LEAST = 1e-7
"""What is less likely is weighed as this: an outage is no habit, and two are none."""


class Run(NamedTuple):
    """Hours in a row in which nothing came, and the one that ended them: the articles expected in each."""

    empty: float
    last: float


class GapLaw(msgspec.Struct, frozen=True):
    """The lengths of gaps, by Weibull's distribution: of shape 1 where articles come by lot, each for itself.

    Where they come in batches the scale is larger; where by the clock, the shape; where by moods, the shape is smaller.
    """

    scale: float = 1.0
    shape: float = 1.0

    def chance(self, expected: float) -> float:
        """How likely it is that a gap is longer than so many expected articles."""
        return exp(-((expected / self.scale) ** self.shape))

    def length(self, chance: float) -> float:
        """Longer than so many expected articles is a gap with this chance."""
        return float(self.scale * (-log(chance)) ** (1 / self.shape))


def learn_gaps(runs: Sequence[Run]) -> GapLaw:
    """The law that explains these runs best, with some doubt that it is far from one by lot."""
    if not runs:
        return GapLaw()
    rounded = Counter(Run(_rounded(run.empty), _rounded(max(run.last, 0.02))) for run in runs)
    weigh = partial(_unlikeliness, rounded)
    best, least = (0, 0), weigh(GapLaw())
    known = {best: least}
    while True:
        for near in _neighbours(best):
            if near not in known:
                known[near] = weigh(_law(near))
        nearest = min(_neighbours(best), key=known.__getitem__)
        if known[nearest] >= least:
            return _law(best)
        best, least = nearest, known[nearest]


def _rounded(expected: float) -> float:
    """So that equal ones are weighed once."""
    return float(f"{expected:.2g}")


def _unlikeliness(runs: Counter[Run], law: GapLaw) -> float:
    doubt = (log(law.scale) / _DOUBT[0]) ** 2 / 2 + (log(law.shape) / _DOUBT[1]) ** 2 / 2
    return doubt - sum(times * _log_chance(law, run) for run, times in runs.items())


def _log_chance(law: GapLaw, run: Run) -> float:
    """That it lasted so long, and no longer than the hour that ended it."""
    return log(max(_LEAST, law.chance(run.empty) - law.chance(run.empty + run.last)))


def _neighbours(place: tuple[int, int]) -> list[tuple[int, int]]:
    scale, shape = place
    near = ((scale + across, shape + up) for across in (-1, 0, 1) for up in (-1, 0, 1) if across or up)
    return [one for one in near if _inside(_law(one))]


def _inside(law: GapLaw) -> bool:
    return _SCALES[0] <= law.scale <= _SCALES[1] and _SHAPES[0] <= law.shape <= _SHAPES[1]


def _law(place: tuple[int, int]) -> GapLaw:
    return GapLaw(_STEPS[0] ** place[0], _STEPS[1] ** place[1])
