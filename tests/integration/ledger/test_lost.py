"""Every rule of a lost flight, by a clock that only the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from newsroom.clock import SteadyClock
from newsroom.desk import EPOCH, Desk
from wireroom.ledger import flights, lost
from wireroom.ledger.life import LEASES, Rule
from wireroom.ledger.lost import LiveFlight, Lost, Watch
from wireroom.topology import CONTRACT, queue_name

NOON = datetime(2025, 5, 2, 12, tzinfo=UTC)
BUSY = {queue_name("parse"): 3, queue_name("parse", CONTRACT + 1): 3}


class Tower:
    """A watch that is shown the same flights twice a second."""

    def __init__(self) -> None:
        self.clock = SteadyClock()
        self.watch = Watch(clock=self.clock)

    def look(
        self, *live: LiveFlight, seconds: float = 0.0, epoch: str | None = EPOCH, waiting: dict[str, int] = BUSY
    ) -> list[tuple[int, Rule]]:
        """What was found lost in `seconds` of looking, each once."""
        found: dict[int, Rule] = {}
        for _ in range(int(seconds * 2) + 1):
            found |= {one.flight.id: one.rule for one in self.watch.look(live, epoch, waiting)}
            self.clock.now += 0.5
        return sorted(found.items())


def waiting_flight(id_: int = 1, *, epoch: str = EPOCH, queued: int = 0, losses: int = 0) -> LiveFlight:
    return LiveFlight(id_, "process", "parse", epoch, losses, NOON + timedelta(seconds=queued), None, None, None)


def started(flight: LiveFlight, touched: int = 0) -> LiveFlight:
    return flight._replace(started_at=NOON, touched_at=NOON + timedelta(seconds=touched), worker="w")


def test_a_waiting_flight_whose_epoch_is_gone_is_lost_at_once() -> None:
    assert Tower().look(waiting_flight(epoch="before the flush")) == [(1, "epoch")]


def test_a_started_flight_survives_the_end_of_its_epoch() -> None:
    assert Tower().look(started(waiting_flight(epoch="before the flush"))) == []


def test_a_long_queue_is_not_a_loss() -> None:
    assert Tower().look(waiting_flight(), seconds=1000) == []


def test_a_waiting_flight_is_lost_after_its_lease_when_the_queue_is_empty() -> None:
    tower = Tower()
    assert tower.look(waiting_flight(), seconds=LEASES["parse"], waiting={}) == []
    assert tower.look(waiting_flight(), seconds=1, waiting={}) == [(1, "waiting")]


def test_a_waiting_flight_is_lost_after_its_lease_when_a_later_one_has_started() -> None:
    tower = Tower()
    later = started(waiting_flight(2, queued=5))
    assert tower.look(waiting_flight()) == []
    assert tower.look(waiting_flight(), later) == []
    assert tower.look(waiting_flight(), seconds=LEASES["parse"] + 1) == [(1, "waiting")]


def test_an_earlier_one_that_started_overtook_nobody() -> None:
    tower = Tower()
    tower.look(waiting_flight(1))
    tower.look(waiting_flight(1), waiting_flight(2, queued=5))
    tower.look(waiting_flight(2, queued=5), started(waiting_flight(1)))
    assert tower.look(waiting_flight(2, queued=5), seconds=100) == []


def test_a_flight_waits_in_the_queue_of_its_own_version() -> None:
    tower, other = Tower(), waiting_flight()._replace(contract=CONTRACT + 1)
    read = waiting_flight(2)._replace(contract=CONTRACT + 1)
    tower.look(read)
    tower.look(other, started(read))
    for touched in range(1, 4):
        ours = started(waiting_flight(3), touched)
        assert tower.look(other, started(read, touched), ours, seconds=15) == []
    assert tower.look(other, waiting={queue_name("parse", CONTRACT + 1): 1}) == []
    assert tower.look(other, waiting={queue_name("parse"): 1}) == [(1, "waiting")]


def test_a_flight_of_another_version_is_lost_after_its_lease_when_nobody_reads_it() -> None:
    tower, other = Tower(), waiting_flight()._replace(contract=CONTRACT + 1)
    assert tower.look(other, seconds=LEASES["parse"]) == []
    assert tower.look(other, seconds=1) == [(1, "waiting")]


def test_a_started_flight_is_lost_when_untouched_for_its_lease() -> None:
    tower = Tower()
    assert tower.look(started(waiting_flight()), seconds=LEASES["parse"]) == []
    assert tower.look(started(waiting_flight()), seconds=1) == [(1, "stalled")]


def test_a_touch_begins_the_lease_anew() -> None:
    tower = Tower()
    tower.look(started(waiting_flight()), seconds=15)
    assert tower.look(started(waiting_flight(), touched=15), seconds=15) == []


@pytest.mark.parametrize("losses", [1, 2])
def test_each_loss_doubles_the_lease(losses: int) -> None:
    tower = Tower()
    flight = started(waiting_flight(losses=losses))
    assert tower.look(flight, seconds=LEASES["parse"] * 2**losses) == []
    assert tower.look(flight, seconds=1) == [(1, "stalled")]


def test_fetching_has_a_lease_of_its_own() -> None:
    flight = started(waiting_flight())._replace(leg="fetch", stage="ingest")
    assert Tower().look(flight, seconds=85) == []


def test_after_a_slow_round_of_the_watch_all_leases_begin_anew() -> None:
    tower = Tower()
    tower.look(started(waiting_flight()), seconds=19)
    tower.clock.now += 60  # the dispatcher was stopped
    assert tower.look(started(waiting_flight()), seconds=19) == []


def test_while_redis_does_not_answer_nothing_that_waits_is_lost() -> None:
    assert Tower().look(waiting_flight(), seconds=100, epoch=None, waiting={}) == []


def test_a_stalled_flight_costs_its_jobs_a_loss_and_they_fly_alone(desk: Desk) -> None:
    jobs = desk.jobs(2)
    desk.flight()
    (flight,) = lost.live_flights(desk.db)
    failures = lost.take_back(desk.db, Lost(flight, "stalled"), delay=0)
    assert [failure.job_id for failure in failures or []] == jobs
    assert [one.jobs for one in desk.launch()] == [(jobs[0],), (jobs[1],)]
    assert desk.value("SELECT count(*) FROM attempts WHERE kind = 'lost'") == 2
    desk.check()


@pytest.mark.parametrize("rule", ["epoch", "waiting"])
def test_a_flight_lost_while_it_waited_costs_nobody_a_loss(desk: Desk, rule: Rule) -> None:
    jobs = desk.jobs(2)
    desk.launch()
    (flight,) = lost.live_flights(desk.db)
    assert lost.take_back(desk.db, Lost(flight, rule), delay=0) == []
    assert [one.jobs for one in desk.launch()] == [tuple(jobs)]


def test_the_third_loss_is_quarantine(desk: Desk) -> None:
    job = desk.job()
    for _ in range(3):
        desk.flight()
        (flight,) = lost.live_flights(desk.db)
        lost.take_back(desk.db, Lost(flight, "stalled"), delay=0)
    assert desk.value("SELECT cause FROM quarantine WHERE job_id = %s", job) == "the worker was lost at parse"
    desk.check()


def test_a_flight_that_moved_on_meanwhile_is_left_alone(desk: Desk) -> None:
    desk.job()
    id_ = desk.flight()
    (flight,) = lost.live_flights(desk.db)
    assert flights.touch(desk.db, id_, "parse")
    assert lost.take_back(desk.db, Lost(flight, "stalled"), delay=0) is None
    assert desk.value("SELECT losses FROM line") == 0
    assert flights.touch(desk.db, id_, "parse")


def test_the_host_of_a_lost_fetch_is_left_in_peace(desk: Desk) -> None:
    desk.job(url="https://news.example/a")
    desk.flight("fetch")
    (flight,) = lost.live_flights(desk.db)
    lost.take_back(desk.db, Lost(flight, "stalled"), delay=60)
    assert desk.launch("fetch") == []
    desk.hurry()
    assert desk.launch("fetch")
