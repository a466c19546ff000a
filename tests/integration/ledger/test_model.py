"""Whatever happens in whatever order, every job is where `life.MOVES` says, and ends once the line may work in peace.

Hypothesis chooses; the ledger is real. `make test` repeats the same examples; --hypothesis-profile=soak makes other and
longer ones, and says by which seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.stateful import run_state_machine_as_test as run

from newsroom import lives
from newsroom.archive import Archive
from newsroom.chance import CONTENTS, LEGS, Chance, Choose
from newsroom.clock import WallClock
from newsroom.model import unseen
from newsroom.scene import BOUNDS, TARGETS, Act, Worker
from wireroom.ledger.life import LEG_OF, ON_THE_LINE, Event, State

SEEDS = st.integers(0, 2**32 - 1)
HOUR, DAY = 3600.0, 86_400.0
STEPS = [1_000.0, 100_000.0, 30 * DAY + HOUR, -1_000.0, -100_000.0]
"""Seconds by which Postgres' clock steps: over the waits, over the offers' times, over the keys'; and back."""
ROUNDS = 60
"""Rounds of a fair scheduler in which everything must end."""
FORGETTABLE = ("launch", "deliver", "hand_over")
"""What is committed without waiting for the disk."""
MOST_WORKERS = 4
STEADY = settings(max_examples=35, stateful_step_count=25)
DIES = [False, False, False, True]


class Line(RuleBasedStateMachine):
    """Random acts on the ledger."""

    archive: Archive
    seen: Counter[Event]

    def __init__(self) -> None:
        super().__init__()
        self.archive.clear()
        self.acts = Chance()
        self.model = self.acts.model

    def play(self, act: Act, *, dies: bool = False) -> None:
        """Do it; or die before the commit."""
        if dies:
            self.archive.die_in(act)
        else:
            self._expect(act, *self.archive.do(act))

    def _expect(self, act: Act, answer: Any, moves: Sequence[tuple[int, lives.Seen]]) -> None:
        self.model.moves.clear()
        act.expect(answer, moves)
        assert sorted(moves, key=_job) == sorted(self.model.moves, key=_job), act.name

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        choose = Random(seed).choice
        for _ in range(3):
            self.play(self.acts.some_offers(choose))

    @rule(seed=SEEDS)
    def something_happens(self, seed: int) -> None:
        """And then the line works on for a while: otherwise there would be more trouble than line.

        All that is chosen comes from the seed. Hypothesis would choose too much alike, and leave out too much.
        """
        choose = Random(seed).choice
        happening = choose(self.happenings)
        note(happening)
        getattr(self, happening)(choose)
        self.work_on(choose, choose(range(1, 11)))

    happenings = (
        "producers_offer", "a_person_acts", "a_person_acts", "somebody_pauses", "somebody_pauses", "somebody_resumes",
        "a_launch_looks", "a_watch_looks", "a_watch_looks", "somebody_takes_care", "a_worker_has_trouble",
        "a_message_comes_late",
        "one_key_comes_twice_at_once", "two_act_at_once", "two_act_at_once", "the_clock_steps", "redis_is_flushed",
    )  # fmt: skip

    # Producers and people ---------------------------------------------------------------------------------------

    def producers_offer(self, choose: Choose) -> None:
        self.play(self.acts.some_offers(choose), dies=choose(DIES))

    def a_person_acts(self, choose: Choose) -> None:
        self.play(self.acts.persons_act(choose), dies=choose(DIES))

    def somebody_pauses(self, choose: Choose) -> None:
        if len(self.model.paused) < 2:
            self.play(self.acts.pause(choose(TARGETS)), dies=choose(DIES))

    def somebody_resumes(self, choose: Choose) -> None:
        self.play(self.acts.resume(choose([*sorted(self.model.paused), TARGETS[0]])), dies=choose(DIES))

    # Dispatchers and workers ------------------------------------------------------------------------------------

    def a_launch_looks(self, choose: Choose) -> None:
        number, leg, sweep = choose([0, 1]), choose(LEGS), choose([False, True])
        self.play(self.acts.launch(number, leg, sweep=sweep, copies=choose([1, 1, 0, 2])))

    def a_watch_looks(self, choose: Choose) -> None:
        number, then = choose([0, 1]), choose(["touch", "take back", "wait"])
        for found in [*self.acts.dispatchers[number].found]:
            self.play(self.acts.take_back(number, found), dies=choose(DIES))
        self.play(self.acts.look(number, choose([1, 6, 12]), choose([2.0, 2.0, 3.0])))
        for found in self.acts.dispatchers[number].found[:] if then != "wait" else []:
            at = (found[0].flight.id, found[0].flight.stage)
            if then == "touch" and (mine := [one for one in self.acts.workers if (one.flight, one.stage) == at]):
                self.play(self.acts.touch(mine[0]))
            self.play(self.acts.take_back(number, found))

    def somebody_takes_care(self, choose: Choose) -> None:
        self.play(self.acts.sequence(sweep=choose([False, True])))
        self.play(self.acts.expire(), dies=choose(DIES))

    def a_worker_has_trouble(self, choose: Choose) -> None:
        if not self.acts.workers:
            return
        worker, how = choose(self.acts.workers), choose(["fail", "hand back", "vanish", "touch", "load", "die"])
        if how == "vanish":
            self.acts.workers.remove(worker)
        else:
            act = self.acts.good_work(worker, choose) if how == "die" else self.acts.trouble(worker, how, choose)
            self.play(act, dies=how == "die")

    def a_message_comes_late(self, choose: Choose) -> None:
        if self.acts.air:
            self.play(self.acts.deliver(choose(self.acts.air), late=True), dies=choose(DIES))

    def work_on(self, choose: Choose, acts: int) -> None:
        """As the line should, but for what is poison to it, for twins, and for a Postgres that forgets."""
        for _ in range(acts):
            if any(worker.items for worker in self.acts.workers) and choose([False, False, True]):
                self._twins_at_once(choose)
            elif (given_up := self.model.at(State.QUARANTINED)) and choose([False, False, False, True]):
                self.play(self.acts.some_redrive(choose(given_up), choose))
            elif act := self.acts.next_act(choose):
                forgotten = act.name in FORGETTABLE and choose([False, False, False, False, True])
                (self._postgres_forgets if forgotten else self.play)(act)
            else:
                self._step(1_000.0)

    # Two at once ------------------------------------------------------------------------------------------------

    def one_key_comes_twice_at_once(self, choose: Choose) -> None:
        key = {"key": f"key {len(self.model.receipts)}", "producer": "ada"}
        first, second = (self.acts.accept([choose(CONTENTS) | key]) for _ in range(2))
        self._race(first, second, choose)

    def two_act_at_once(self, choose: Choose) -> None:
        first, second = self.acts.any_act(choose), self.acts.any_act(choose)
        # These skip what somebody has locked, and see pauses and hosts a moment late: right, but not by this model.
        if second.name not in ("launch", "expire") or (second.name == "launch" and first.name in ("launch", "accept")):
            self._race(first, second, choose)

    def _race(self, first: Act, second: Act, choose: Choose) -> None:
        for happened in self.archive.race(first, second, commits=choose([True, True, False])):
            self._expect(*happened)

    def _twins_at_once(self, choose: Choose) -> None:
        """Two who have the same articles in hand, for one was superseded; or a person who does not want one of them."""
        worker = choose([worker for worker in self.acts.workers if worker.items])
        twin, stopped = (Worker(worker.stage, worker.flight, [*worker.items]) for _ in range(2))
        # One that is stopped with its articles in hand goes on when nobody thinks of it any more.
        self.acts.workers += [twin, stopped] if len(self.acts.workers) < MOST_WORKERS else [twin]
        first, second = self.acts.twins_act(worker, choose), self.acts.twins_act(twin, choose)
        self._race(first, second, choose)

    # What befalls everybody -------------------------------------------------------------------------------------

    def the_clock_steps(self, choose: Choose) -> None:
        self._step(choose(STEPS))

    def _step(self, seconds: float) -> None:
        WallClock.step(self.archive.eye, seconds)
        self.model.now += seconds

    def redis_is_flushed(self, _: Choose) -> None:
        self.acts.flush()

    def _postgres_forgets(self, act: Act) -> None:
        """It was committed without waiting for the disk, and is gone, but everybody believed it."""
        (last,) = self.archive.eye.execute("SELECT last_value FROM flight_ids").fetchone() or (1,)
        act.undone(self.archive.die_in(act))
        self.acts.crash_of_postgres(self.archive.eye, last)

    # What is always true ----------------------------------------------------------------------------------------

    @invariant()
    def every_job_is_where_the_model_says(self) -> None:
        places = lives.places(self.archive.eye)
        assert places == self.model.places()
        flying = Counter(seen.leg for seen in places.values() if seen.state is State.IN_FLIGHT)
        assert max(flying.values(), default=0) <= BOUNDS.in_flight

    @invariant()
    def every_flight_is_where_the_model_says(self) -> None:
        rows = self.archive.eye.execute("SELECT id, stage, epoch, started_at IS NOT NULL FROM flights").fetchall()
        expected = [(one.id, one.stage, one.epoch, one.started) for one in self.model.flights.values()]
        assert sorted(rows) == sorted(expected)
        asking = {(job.host, job.flight) for job in self.model.at(State.IN_FLIGHT) if job.life.leg == "fetch"}
        assert len(asking) == len({host for host, _ in asking})

    @invariant()
    def every_failed_try_is_on_record_once(self) -> None:
        rows = self.archive.eye.execute(
            "SELECT job_id, kind, count(*) FROM attempts WHERE kind <> 'redriven' GROUP BY 1, 2"
        )
        assert {(job, kind): number for job, kind, number in rows} == self.model.attempts

    @invariant()
    def reconcile_is_clean(self) -> None:
        assert lives.findings(self.archive.eye) == []

    def teardown(self) -> None:
        """In peace, everything ends."""
        self.seen += self.model.events
        self.acts.peaceful = True
        for target in sorted(self.model.paused):
            self.play(self.acts.resume(target))
        for _ in range(ROUNDS):
            if not self.model.at(*ON_THE_LINE, State.QUARANTINED):
                break
            self._be_fair()
        assert [job for job in self.model.jobs.values() if job.life.state is not State.ENDED] == []
        self.play(self.acts.sequence(sweep=True))
        self.every_job_is_where_the_model_says()
        self.reconcile_is_clean()

    def _be_fair(self) -> None:
        """Everybody does, in turn, what there is to do; nobody dies, and nothing is lost."""
        for job in self.model.at(State.QUARANTINED):
            self.play(self.acts.redrive(job, refetch=False))
        for leg in LEGS:
            self.play(self.acts.launch(0, leg, sweep=True))
        for stage in LEG_OF:
            for message in [*self.acts.queues[stage]]:
                self.play(self.acts.deliver(message, late=False))
            for worker in [one for one in self.acts.workers if one.stage == stage]:
                while worker in self.acts.workers and worker.items:
                    self.play(self.acts.good_work(worker, _first))
        self.acts.workers.clear()
        self.play(self.acts.look(0, 1, 2.0))
        for found in [*self.acts.dispatchers[0].found]:
            self.play(self.acts.take_back(0, found))
        self._step(DAY)


@pytest.fixture
def archive(database: str) -> Iterator[Archive]:
    made = Archive(database)
    yield made
    made.close()


def test_every_job_is_where_the_model_says_and_ends(archive: Archive) -> None:
    Line.archive, Line.seen = archive, Counter()
    steady = settings.get_current_profile_name() == "steady"
    run(
        Line,
        settings=settings(
            STEADY if steady else settings.default,
            # To explain a failure every line is traced, which doubles the time of all that do not fail.
            phases=[Phase.generate, Phase.shrink],
            # A slow machine is not a fault of the examples.
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
    assert unseen(Line.seen) == set(), "moves that no example made"


def _first(among: Sequence[Any]) -> Any:
    return among[0]


def _job(move: tuple[int, lives.Seen]) -> int:
    return move[0]
