"""Chance: what happens next to a ledger, chosen among what is possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from newsroom.acts import Acts
from newsroom.model import Job
from newsroom.scene import PRODUCERS, Act, Worker
from wireroom.ledger import pauses
from wireroom.ledger.life import FIRST_STAGE, Leg, State

Choose = Callable[[Sequence[Any]], Any]
LEGS: tuple[Leg, ...] = ("fetch", "process")
CONTENTS = [
    *({"url": f"https://{host}.example/{number}"} for number in range(4) for host in "ab"),
    *({"text": f"Text {number}"} for number in range(3)),
    *({"url": "https://a.example/1", "text": f"Text {number}"} for number in range(3)),
]
POISON = {
    "one: Text 1": "surprise", "two: Text 1": "kills", "one: Text 2": "kills all", "https://a.example/1": "surprise",
    "https://a.example/2": "transient",
}  # fmt: skip
"""What some articles do to whoever works on them, until the line may work in peace."""
POISON_AT_STORE = {"two: Text 2": "surprise", "two: Text 0": "transient", "https://b.example/1": "surprise"}


class Chance(Acts):
    """Acts that are possible now. Until it is `peaceful`, some articles are poison."""

    def __init__(self) -> None:
        super().__init__()
        self.peaceful = False

    def some_offers(self, choose: Choose) -> Act:
        def fields() -> dict[str, Any]:
            key = choose([None, {"key": "k1"}, {"key": "k2"}]) or {}
            given = {"producer": choose(PRODUCERS), "source": choose(["one", "two"]), "lane": choose(pauses.LANES)}
            return {**choose(CONTENTS), **given, **key}

        return self.accept([fields() for _ in range(choose([1, 2, 3, 4]))])

    def any_act(self, choose: Choose) -> Act:
        made: list[Callable[[], Act]] = [
            lambda: self.some_offers(choose),
            lambda: self.launch(choose([0, 1]), choose(LEGS), sweep=True),
            lambda: self.persons_act(choose),
            self.expire,
        ]
        if any(dispatcher.found for dispatcher in self.dispatchers):
            made.append(lambda: self.some_take_back(choose))
        if self.air:
            made.append(lambda: self.deliver(choose(self.air), late=True))
        if self.workers:
            worker = choose(self.workers)
            made += [lambda: self.good_work(worker, choose), lambda: self.good_work(worker, choose)]
            made.append(lambda: self.trouble(worker, choose(["fail", "hand back"]), choose))
        act: Act = choose(made)()
        return act

    def persons_act(self, choose: Choose) -> Act:
        made: list[Act] = []
        for job in self.model.jobs.values():
            made.append(self.judge(job))
            if job.life.state is State.QUARANTINED:
                made.append(self.some_redrive(job, choose))
            if job.life.state is State.ENDED:
                made.append(self.replay(job))
        act: Act = choose(made)
        return act

    def some_redrive(self, job: Job, choose: Choose) -> Act:
        return self.redrive(job, refetch=job.url is not None and choose([False, True]))

    def some_take_back(self, choose: Choose) -> Act:
        found = [(number, one) for number in (0, 1) for one in self.dispatchers[number].found]
        return self.take_back(*choose(found))

    def next_act(self, choose: Choose) -> Act | None:
        """What comes next where all is well, but for those who were stopped with a run in hand that is over."""
        if (stopped := self._with_old_runs()) and choose([False, True]):
            return self.reject(*choose(stopped))
        if self.workers:
            return self.good_work(choose(self.workers), choose)
        if messages := [one for queue in self.queues.values() for one in queue]:
            return self.deliver(choose(messages), late=False)
        legs = sorted({job.life.leg for job in self.model.jobs.values() if self.model.worth_a_launch(job)})
        return self.launch(0, choose(legs), sweep=True) if legs else None

    def _with_old_runs(self) -> list[tuple[Worker, tuple[int, int]]]:
        return [
            (worker, item)
            for worker in self.workers
            for item in worker.items
            if self.model.jobs[item[0]].life.run != item[1]
        ]

    def good_work(self, worker: Worker, choose: Choose) -> Act:
        if not worker.items:
            return self.touch(worker)
        # Who was superseded is luckier: so old runs come to their end, too.
        mine = [item for item in worker.items if self.model.jobs[item[0]].flight == worker.flight]
        for item in [] if self.peaceful else mine:
            poison = POISON | POISON_AT_STORE if worker.stage == "store" else POISON
            how = poison.get(self.model.jobs[item[0]].identity, "")
            if how.startswith("kills"):
                return self.hand_back(worker, None if how == "kills all" else [item[0]])
            if how:
                return self.fail(worker, item, transient=how == "transient")
        if worker.stage == "ingest":
            if not self.peaceful and choose([True, *[False] * 7]):
                return self.move(worker, choose(worker.items), choose(["a.example", "b.example"]))
            return self.capture(worker, choose(worker.items), choose([1, 2]))
        return self.store(worker) if worker.stage == "store" else self.hand_over(worker, choose([1, 1, 0, 2]))

    def trouble(self, worker: Worker, how: str, choose: Choose) -> Act:
        if how == "hand back":
            return self.hand_back(worker, choose([None, (), *([job] for job, _ in worker.items)]))
        if how == "load" and worker.stage in FIRST_STAGE.values():
            return self.load(worker)
        if how != "fail" or not worker.items:
            return self.touch(worker)
        kinds = ["surprise", "transient", "reject"]
        item, kind = choose(worker.items), choose([*kinds, "move", "set down"] if worker.stage == "ingest" else kinds)
        if kind == "reject":
            return self.reject(worker, item)
        if kind == "move":
            return self.move(worker, item, choose(["a.example", "b.example"]))
        if kind == "set down":
            return self.set_down(worker, item)
        if kind == "transient" and worker.stage == "ingest":
            return self.fail(worker, item, transient=True, peace=choose([None, 1_000.0]))
        return self.fail(worker, item, transient=kind == "transient")

    def twins_act(self, worker: Worker, choose: Choose) -> Act:
        item = worker.items[0]
        made: list[Callable[[], Act]] = [
            lambda: self.good_work(worker, choose),
            lambda: self.good_work(worker, choose),
            lambda: self.reject(worker, item),
            lambda: self.judge(self.model.jobs[item[0]]),
            lambda: self.fail(worker, item, transient=True),
            lambda: self.hand_back(worker, [item[0]]),
        ]
        act: Act = choose(made)()
        return act
