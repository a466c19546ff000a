"""A token is as fast as it may be, and no faster, whatever is taken at once."""

from __future__ import annotations

import pytest

from newsroom.clock import SteadyClock
from wireroom.gateway.bucket import Bucket


@pytest.fixture
def bucket(clock: SteadyClock) -> Bucket:
    return Bucket(rate=2.0, burst=3, clock=clock)


def test_a_burst_goes_through_and_the_next_waits_for_its_turn(bucket: Bucket, clock: SteadyClock) -> None:
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]
    clock.now += 0.5
    assert [bucket.take(), bucket.take()] == [0, 0.5]


def test_who_is_told_to_wait_has_taken_nothing(bucket: Bucket) -> None:
    for _ in range(3):
        bucket.take()
    assert [bucket.take() for _ in range(9)] == [0.5] * 9


def test_a_bucket_never_holds_more_than_its_burst(bucket: Bucket, clock: SteadyClock) -> None:
    clock.now += 1000.0
    assert [bucket.take() for _ in range(4)] == [0, 0, 0, 0.5]


def test_what_came_on_credit_is_paid_back_first(bucket: Bucket, clock: SteadyClock) -> None:
    assert bucket.take() == 0
    bucket.owe(12)
    assert bucket.take() == 5.5, "2 were left: 10 to pay back and 1 to have, at 2 a second"
    clock.now += 5.5
    assert bucket.take() == 0
