"""A dispatcher that stands still is told from one that only waits."""

from __future__ import annotations

from wireroom.dispatcher.pulse import STUCK_SECONDS, Pulse


class World:
    """A clock, and what is lacking."""

    now = 1000.0
    lack: str | None = None

    def pulse(self) -> Pulse:
        return Pulse(lambda: self.lack, lambda: self.now)


def test_without_rounds_it_is_stuck_after_a_minute() -> None:
    world = World()
    pulse = world.pulse()
    world.now += STUCK_SECONDS
    assert pulse.stuck() is None
    world.now += 5
    assert pulse.stuck() == "this dispatcher has made no round for 65 s"


def test_each_round_is_a_beat_and_asks_whether_to_stop() -> None:
    world = World()
    pulse = world.pulse()
    stopping = pulse.beat_at(lambda: world.now > 1100)
    for _ in range(3):
        world.now += STUCK_SECONDS - 1
        last = stopping()
        assert pulse.stuck() is None
    assert last


def test_while_postgres_is_away_nobody_starts_it_again() -> None:
    world = World()
    pulse = world.pulse()
    world.now += 10 * STUCK_SECONDS
    world.lack = "Postgres does not answer"
    assert pulse.stuck() is None
    world.lack = None
    assert pulse.stuck() is not None
