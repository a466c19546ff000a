"""Whatever happens in whatever order, every job is where `life.MOVES` says, and ends once the line may work in peace.

Hypothesis chooses; the ledger is real. `make test` repeats the same examples; --hypothesis-profile=soak makes other and
longer ones, and says by which seed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.stateful import run_state_machine_as_test as run

from newsroom import lives
from newsroom.acts import BOUNDS, PRODUCERS, TARGETS, Act, Acts, Worker
from newsroom.archive import Archive
from newsroom.clock import WallClock
from newsroom.model import Job, unseen
from wireroom.ledger.life import FIRST_STAGE, LEG_OF, ON_THE_LINE, Event, Leg, State
from wireroom.ledger.pauses import Target

T = TypeVar("T")
Choose = Callable[[Sequence[T]], T]
LEGS: tuple[Leg, ...] = ("fetch", "process")
HOUR, DAY = 3600.0, 86_400.0
STEPS = [1_000.0, 100_000.0, 30 * DAY + HOUR, -1_000.0, -100_000.0]
"""Seconds by which Postgres' clock steps: over the waits, over the offers' times, over the keys'; and back."""
ROUNDS = 60
"""Rounds of a fair scheduler in which everything must end."""
CONTENTS = [
    *({"url": f"https://{host}.example/{number}"} for number in range(3) for host in "ab"),
    *({"text": f"Text {number}"} for number in range(4)),
    *({"url": "https://a.example/1", "text": f"Text {number}"} for number in range(4)),
]
POISON = {
    "one: Text 1": "surprise", "two: Text 1": "kills", "one: Text 2": "kills all", "two: Text 2": "transient",
    "https://a.example/1": "surprise", "https://a.example/2": "transient",
}  # fmt: skip
"""What some articles do to whoever works on them, until the line may work in peace."""
OFFERS = st.lists(
    st.builds(
        lambda content, key, **fields: content | fields | ({"key": key} if key else {}),
        st.sampled_from(CONTENTS), st.sampled_from([None, "k1", "k2"]), producer=st.sampled_from(PRODUCERS),
        source=st.sampled_from(["one", "two"]), lane=st.sampled_from(["live", "backfill"]),
    ),
    min_size=2,
    max_size=4,
)  # fmt: skip
FORGETTABLE = ("launch", "deliver", "hand_over")
"""What is committed without waiting for the disk."""
STEADY = settings(max_examples=40, stateful_step_count=25)
DIES = st.sampled_from([False, False, False, True])
COPIES = st.sampled_from([1, 1, 0, 2])


def happens(**given: Any) -> Callable[[Callable[..., None]], Any]:
    """A rule, after which the line works on for a while: otherwise there would be more trouble than line."""

    def decorate(function: Callable[..., None]) -> Any:
        @wraps(function)
        def then(self: Line, data: st.DataObject, acts: int, **values: Any) -> None:
            function(self, _chooser(data), **values)
            self.work_on(_chooser(data), acts)

        made: Any = rule
        return made(data=st.data(), acts=st.integers(1, 10), **given)(then)

    return decorate


class Line(RuleBasedStateMachine):
    """Random acts on the ledger."""

    archive: Archive
    seen: Counter[Event]

    def __init__(self) -> None:
        super().__init__()
        self.archive.clear()
        self.acts = Acts()
        self.model = self.acts.model
        self.peaceful = False

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

    # Producers and people ---------------------------------------------------------------------------------------

    @initialize(offered=st.tuples(OFFERS, OFFERS, OFFERS))
    def begin(self, offered: tuple[list[dict[str, Any]], ...]) -> None:
        for some in offered:
            self.play(self.acts.accept(some))

    @happens(offered=OFFERS, dies=DIES)
    def accept(self, _: Choose[Any], offered: list[dict[str, Any]], dies: bool) -> None:
        self.play(self.acts.accept(offered), dies=dies)

    @happens(dies=DIES)
    def a_person_acts(self, choose: Choose[Any], dies: bool) -> None:
        self.play(self._persons_act(choose), dies=dies)

    @precondition(lambda self: len(self.model.paused) < 2)
    @happens(what=st.sampled_from(TARGETS), dies=DIES)
    def pause(self, _: Choose[Any], what: Target, dies: bool) -> None:
        self.play(self.acts.pause(what), dies=dies)

    @precondition(lambda self: self.model.paused)
    @happens(dies=DIES)
    def resume(self, choose: Choose[Any], dies: bool) -> None:
        self.play(self.acts.resume(choose(sorted(self.model.paused))), dies=dies)

    # Dispatchers and workers ------------------------------------------------------------------------------------

    @happens(number=st.integers(0, 1), leg=st.sampled_from(LEGS), sweep=st.booleans(), copies=COPIES)
    def launch(self, _: Choose[Any], number: int, leg: Leg, sweep: bool, copies: int) -> None:
        self.play(self.acts.launch(number, leg, sweep=sweep, copies=copies))

    @happens(
        number=st.integers(0, 1), rounds=st.integers(1, 12), seconds=st.sampled_from([2.0, 0.5, 3.0]),
        then=st.sampled_from(["take back", "touch", "wait"]),
    )  # fmt: skip
    def look_for_lost(self, _: Choose[Any], number: int, rounds: int, seconds: float, then: str) -> None:
        self.play(self.acts.look(number, rounds, seconds))
        for found in self.acts.dispatchers[number].found[:] if then != "wait" else []:
            if then == "touch" and (mine := [one for one in self.acts.workers if one.flight == found[0].flight.id]):
                self.play(self.acts.touch(mine[0]))
            self.play(self.acts.take_back(number, found))

    @precondition(lambda self: any(dispatcher.found for dispatcher in self.acts.dispatchers))
    @happens(dies=DIES)
    def take_back(self, choose: Choose[Any], dies: bool) -> None:
        self.play(self._take_back(choose), dies=dies)

    @happens(sweep=st.booleans(), dies=DIES)
    def take_care(self, _: Choose[Any], sweep: bool, dies: bool) -> None:
        self.play(self.acts.sequence(sweep=sweep))
        self.play(self.acts.expire(), dies=dies)

    @precondition(lambda self: self.acts.workers)
    @happens(how=st.sampled_from(["fail", "hand back", "vanish", "touch", "load", "die"]))
    def a_worker_has_trouble(self, choose: Choose[Any], how: str) -> None:
        worker = choose(self.acts.workers)
        if how == "vanish":
            self.acts.workers.remove(worker)
        else:
            act = self._work(worker, choose) if how == "die" else self._trouble(worker, how, choose)
            self.play(act, dies=how == "die")

    @precondition(lambda self: self.acts.air)
    @happens(dies=DIES)
    def a_message_comes_late(self, choose: Choose[Any], dies: bool) -> None:
        self.play(self.acts.deliver(choose(self.acts.air), late=True), dies=dies)

    def work_on(self, choose: Choose[Any], acts: int) -> None:
        """As the line should, but for what is poison to it, for twins, and for a Postgres that forgets."""
        for _ in range(acts):
            if any(worker.items for worker in self.acts.workers) and choose([False, False, True]):
                self._twins_at_once(choose)
            elif (given_up := self.model.at(State.QUARANTINED)) and choose([False, False, False, True]):
                self.play(self._redrive(choose(given_up), choose))
            elif act := self._next_act(choose):
                forgotten = act.name in FORGETTABLE and choose([False, False, False, False, True])
                (self._postgres_forgets if forgotten else self.play)(act)
            else:
                self._step(1_000.0)

    # What befalls everybody -------------------------------------------------------------------------------------

    @happens(contents=st.tuples(st.sampled_from(CONTENTS), st.sampled_from(CONTENTS)), commits=st.booleans())
    def one_key_twice_at_once(self, _: Choose[Any], contents: tuple[dict[str, str], ...], commits: bool) -> None:
        key = {"key": f"key {len(self.model.receipts)}", "producer": "ada"}
        first, second = (self.acts.accept([content | key]) for content in contents)
        for happened in self.archive.race(first, second, commits=commits):
            self._expect(*happened)

    @happens(offered=OFFERS, commits=st.booleans())
    def two_at_once(self, choose: Choose[Any], offered: list[dict[str, Any]], commits: bool) -> None:
        first, second = self._any_act(choose, offered), self._any_act(choose, offered)
        # These skip what somebody has locked, and see pauses and hosts a moment late: right, but not by this model.
        if second.name not in ("launch", "expire") or (second.name == "launch" and first.name in ("launch", "accept")):
            for happened in self.archive.race(first, second, commits=commits):
                self._expect(*happened)

    def _twins_at_once(self, choose: Choose[Any]) -> None:
        """Two who have the same articles in hand, for one was superseded; or a person who does not want one of them."""
        worker = choose([worker for worker in self.acts.workers if worker.items])
        twin = Worker(worker.stage, worker.flight, [*worker.items])
        self.acts.workers.append(twin)
        first, second = self._twins_act(worker, choose), self._twins_act(twin, choose)
        for happened in self.archive.race(first, second, commits=choose([True, True, False])):
            self._expect(*happened)

    def _twins_act(self, worker: Worker, choose: Choose[Any]) -> Act:
        item = worker.items[0]
        made: list[Callable[[], Act]] = [
            lambda: self._work(worker, choose),
            lambda: self._work(worker, choose),
            lambda: self.acts.reject(worker, item),
            lambda: self.acts.judge(self.model.jobs[item[0]]),
            lambda: self.acts.fail(worker, item, transient=True),
            lambda: self.acts.hand_back(worker, [item[0]]),
        ]
        act: Act = choose(made)()
        return act

    @happens(seconds=st.sampled_from(STEPS))
    def the_clock_steps(self, _: Choose[Any], seconds: float) -> None:
        self._step(seconds)

    def _step(self, seconds: float) -> None:
        WallClock.step(self.archive.eye, seconds)
        self.model.now += seconds

    @happens()
    def redis_is_flushed(self, _: Choose[Any]) -> None:
        self.acts.flush()

    def _postgres_forgets(self, act: Act) -> None:
        """It was committed without waiting for the disk, and is gone, but everybody believed it."""
        (last,) = self.archive.eye.execute("SELECT last_value FROM flight_ids").fetchone() or (1,)
        act.undone(self.archive.die_in(act))
        self.acts.crash_of_postgres(self.archive.eye, last)

    # Acts that are possible now ---------------------------------------------------------------------------------

    def _any_act(self, choose: Choose[Any], offered: list[dict[str, Any]]) -> Act:
        made: list[Callable[[], Act]] = [
            lambda: self.acts.accept(offered),
            lambda: self.acts.launch(choose([0, 1]), choose(LEGS), sweep=True),
            lambda: self._persons_act(choose),
            self.acts.expire,
        ]
        if any(dispatcher.found for dispatcher in self.acts.dispatchers):
            made.append(lambda: self._take_back(choose))
        if self.acts.air:
            made.append(lambda: self.acts.deliver(choose(self.acts.air), late=True))
        if self.acts.workers:
            worker = choose(self.acts.workers)
            made += [lambda: self._work(worker, choose), lambda: self._work(worker, choose)]
            made.append(lambda: self._trouble(worker, choose(["fail", "hand back"]), choose))
        act: Act = choose(made)()
        return act

    def _persons_act(self, choose: Choose[Any]) -> Act:
        made: list[Act] = []
        for job in self.model.jobs.values():
            made.append(self.acts.judge(job))
            if job.life.state is State.QUARANTINED:
                made.append(self._redrive(job, choose))
            if job.life.state is State.ENDED:
                made.append(self.acts.replay(job))
        act: Act = choose(made)
        return act

    def _redrive(self, job: Job, choose: Choose[Any]) -> Act:
        return self.acts.redrive(job, refetch=job.url is not None and choose([False, True]))

    def _take_back(self, choose: Choose[Any]) -> Act:
        found = [(number, one) for number in (0, 1) for one in self.acts.dispatchers[number].found]
        return self.acts.take_back(*choose(found))

    def _next_act(self, choose: Choose[Any]) -> Act | None:
        """What comes next where all is well."""
        if self.acts.workers:
            return self._work(choose(self.acts.workers), choose)
        if messages := [one for queue in self.acts.queues.values() for one in queue]:
            return self.acts.deliver(choose(messages), late=False)
        legs = sorted({job.life.leg for job in self.model.jobs.values() if self.model.worth_a_launch(job)})
        return self.acts.launch(0, choose(legs), sweep=True) if legs else None

    def _work(self, worker: Worker, choose: Choose[Any]) -> Act:
        if not worker.items:
            return self.acts.touch(worker)
        for item in worker.items if not self.peaceful else []:
            how = POISON.get(self.model.jobs[item[0]].identity, "")
            if how.startswith("kills"):
                return self.acts.hand_back(worker, None if how == "kills all" else [item[0]])
            if how:
                return self.acts.fail(worker, item, transient=how == "transient")
        if worker.stage == "ingest":
            return self.acts.capture(worker, choose(worker.items), choose([1, 2]))
        return self.acts.store(worker) if worker.stage == "store" else self.acts.hand_over(worker, choose([1, 1, 0, 2]))

    def _trouble(self, worker: Worker, how: str, choose: Choose[Any]) -> Act:
        if how == "hand back":
            return self.acts.hand_back(worker, choose([None, (), *([job] for job, _ in worker.items)]))
        if how == "load" and worker.stage in FIRST_STAGE.values():
            return self.acts.load(worker)
        if how != "fail" or not worker.items:
            return self.acts.touch(worker)
        item, kind = choose(worker.items), choose(["surprise", "transient", "reject"])
        if kind == "reject":
            return self.acts.reject(worker, item)
        return self.acts.fail(worker, item, transient=kind == "transient")

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
        self.peaceful = True
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
                    self.play(self._work(worker, _first))
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


def _chooser(data: st.DataObject) -> Choose[Any]:
    return lambda among: data.draw(st.sampled_from(among))


def _first(among: Sequence[T]) -> T:
    return among[0]


def _job(move: tuple[int, lives.Seen]) -> int:
    return move[0]
