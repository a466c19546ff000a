"""How likely it is that chance alone makes articles differ so much from those of the windows before."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, lgamma, sqrt
from statistics import NormalDist, variance

from wireroom.drift.measures import Tally

_DOUBT = 4
"""So many windows more are thought to vary twice as much as articles drawn by lot: few windows say little of it."""


def chance_of_share(base: Sequence[Tally], now: Tally) -> float:
    """The chance of a share at least as far off, on its side: beta-binomial, as wide as the windows of `base` vary."""
    of, filled = sum(tally.of for tally in base), sum(tally.sum for tally in base)
    share = (filled + 0.5) / (of + 1)
    spread = sum((tally.sum - tally.of * share) ** 2 / (tally.of * share * (1 - share)) for tally in base)
    worth = _worth(of, of / len(base), _excess(spread, len(base)))
    yes, no = share * worth, (1 - share) * worth
    if now.mean < share:
        return _at_most(round(now.sum), now.of, yes, no)
    return _at_most(now.of - round(now.sum), now.of, no, yes)


def chance_of_mean(base: Sequence[Tally], now: Tally) -> float:
    """The chance of a mean at least as far off, on its side: normal, as wide as values vary in and between windows."""
    of = sum(tally.of for tally in base)
    mean = sum(tally.sum for tally in base) / of
    # Equal values are not all that there could have been.
    lot = max(1e-6, sum(_squares(tally) for tally in base) / (of - len(base)) / (of / len(base)))
    spread = variance(tally.mean for tally in base) * (len(base) - 1) / lot
    window = max(lot * _excess(spread, len(base)), _squares(now) / (now.of - 1) / now.of)
    return NormalDist().cdf(-abs(now.mean - mean) / sqrt(window * (1 + 1 / len(base))))


def _excess(spread: float, windows: int) -> float:
    """How many times as much as by lot the windows vary; `spread` is their sum, by lot one less than their number."""
    return max(1.0, (2 * _DOUBT + spread) / (_DOUBT + windows - 1))


def _worth(of: int, each: float, excess: float) -> float:
    """By how many articles the share is known: fewer where windows of `each` vary in excess."""
    return min(of, max(1.0, (each - excess) / (excess - 1))) if excess > 1 else of


def _at_most(number: int, of: int, yes: float, no: float) -> float:
    """The chance of at most so many of so many, by the beta-binomial distribution."""
    whole = lgamma(of + 1) - _beta(yes, no)
    return sum(exp(whole - lgamma(k + 1) - lgamma(of - k + 1) + _beta(k + yes, of - k + no)) for k in range(number + 1))


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def _squares(tally: Tally) -> float:
    """Sum of the squared distances from the mean."""
    return max(0.0, tally.squares - tally.sum * tally.mean)
