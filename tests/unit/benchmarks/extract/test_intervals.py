"""The paired bootstrap, on made pages whose figures are known."""

from __future__ import annotations

import pytest
from benchmarks.extract.intervals import difference

Pages = list[dict[str, float | None]]


def pages(*each: tuple[float | None, float]) -> Pages:
    return [{"P": precision, "R": recall, "F": 0.0} for precision, recall in each]


def test_the_difference_is_of_the_harmonic_means_of_mean_precision_and_mean_recall() -> None:
    found = difference(pages((1.0, 1.0), (0.5, 0.0)), pages((0.5, 0.5), (0.5, 0.5)))
    assert found is not None
    assert found.value == pytest.approx(2 * 0.75 * 0.5 / 1.25 - 0.5)
    assert found.low < found.value < found.high


def test_a_page_without_any_text_counts_for_recall_alone() -> None:
    found = difference(pages((0.8, 0.8), (None, 0.0)), pages((0.4, 0.4), (0.4, 0.4)))
    assert found is not None and found.value == pytest.approx(2 * 0.8 * 0.4 / 1.2 - 0.4)


def test_the_same_gain_on_every_page_is_certain_and_a_gain_on_one_is_not() -> None:
    low, high = pages(*[(0.5, 0.5)] * 40), pages(*[(0.6, 0.6)] * 40)
    sure, unsure = difference(high, low), difference([*high[:1], *low[1:]], low)
    assert sure is not None and unsure is not None
    assert sure == pytest.approx((0.1, 0.1, 0.1))
    assert unsure.low == 0.0 < unsure.value < unsure.high


def test_pages_are_paired_so_that_what_is_hard_for_both_does_not_count() -> None:
    # One gains .01 on every page, over pages of all kinds.
    theirs = pages(*[(at / 100, at / 100) for at in range(90)])
    ours = pages(*[(at / 100 + 0.01, at / 100 + 0.01) for at in range(90)])
    found = difference(ours, theirs)
    assert found is not None and found == pytest.approx((0.01, 0.01, 0.01))


def test_a_seed_makes_it_the_same_again() -> None:
    ours, theirs = pages((0.9, 0.7), (0.2, 0.4), (0.5, 0.5)), pages((0.5, 0.7), (0.3, 0.4), (0.1, 0.5))
    assert difference(ours, theirs) == difference(ours, theirs)


def test_pages_without_a_gold_body_are_left_out_and_none_of_them_says_nothing() -> None:
    assert difference([{"t=": 1.0}], [{"t=": 0.0}]) is None
    found = difference([{"t=": 1.0}, *pages((0.6, 0.6))], [{"t=": 0.0}, *pages((0.5, 0.5))])
    assert found is not None and found.value == pytest.approx(0.1)
