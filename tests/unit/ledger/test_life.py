"""The table of a job's life has no dead ends, and what is decided on the way is decided by it."""

from __future__ import annotations

import pytest

from wireroom.errors import Transient
from wireroom.ledger.life import (
    MAX_LOSSES,
    MOVES,
    ON_THE_LINE,
    Life,
    RetryPolicy,
    Sight,
    State,
    after,
    after_loss,
    lost_by,
)  # fmt: skip


def test_from_every_state_the_end_can_be_reached_and_from_the_end_nothing() -> None:
    left = {State.ENDED}
    for _ in State:
        left |= {state for move in MOVES.values() if move.left in left for state in move.found}
    assert left == set(State)
    assert not any(State.ENDED in move.found for move in MOVES.values())


def test_every_state_is_reached_from_ready() -> None:
    reached = {State.READY}
    for _ in State:
        reached |= {move.left for move in MOVES.values() if reached & set(move.found)}
    assert reached == set(State) == {*ON_THE_LINE, State.QUARANTINED, State.ENDED}


def test_a_new_run_has_nothing_held_against_it() -> None:
    life = Life(State.QUARANTINED, "process", 3, failures=5, losses=2)
    assert after(life, "redriven") == Life(State.READY, "process", 4)
    assert after(life, "refetched") == Life(State.READY, "fetch", 4)


def test_what_cannot_happen_is_said() -> None:
    with pytest.raises(ValueError, match="captured cannot happen to a job that is ready at the fetch leg"):
        after(Life(State.READY, "fetch"), "captured")
    with pytest.raises(ValueError, match="in_flight at the process leg"):
        after(Life(State.IN_FLIGHT, "process"), "captured")


def test_failures_and_losses_have_budgets_of_their_own() -> None:
    policy = RetryPolicy(transient=2, surprise=1)
    assert [policy.wait(failures, Transient("no"), 0.5) is None for failures in range(3)] == [False, False, True]
    assert [policy.wait(failures, KeyError("no"), 0.5) is None for failures in range(2)] == [False, True]
    assert [after_loss(losses) for losses in range(MAX_LOSSES)] == [0.0, 0.0, None]


@pytest.mark.parametrize(
    ("sight", "rule"),
    [
        (Sight(started=True, unchanged=True, epoch_gone=True, overtaken=True), "stalled"),
        (Sight(started=True, unchanged=False, epoch_gone=True, overtaken=True), None),
        (Sight(started=False, unchanged=False, epoch_gone=True, overtaken=False), "epoch"),
        (Sight(started=False, unchanged=True, epoch_gone=False, overtaken=True), "waiting"),
        (Sight(started=False, unchanged=True, epoch_gone=False, overtaken=False), None),
        (Sight(started=False, unchanged=False, epoch_gone=False, overtaken=True), None),
    ],
)
def test_a_flight_is_lost_by_one_rule(sight: Sight, rule: str | None) -> None:
    assert lost_by(sight) == rule
