"""The wall clock steps, as NTP or a person steps it: nobody is blamed, nothing is lost, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from newsroom.clock import SteadyClock, WallClock
from newsroom.desk import EPOCH, Desk, offer
from wireroom.database import connect
from wireroom.errors import Transient
from wireroom.ledger import flights, lost
from wireroom.ledger.accept import Accepted
from wireroom.ledger.life import FARTHEST, LEASES, LONGEST_WAIT, Rule
from wireroom.ledger.lost import LiveFlight, Watch
from wireroom.ledger.reconcile import reconcile, reconcile_if_due
from wireroom.topology import queue_name

MINUTE, HOUR, DAY, YEAR = 60.0, 3600.0, 86_400.0, 365 * 86_400.0
BUSY = {queue_name(stage): 3 for stage in ("parse", "enrich")}


@pytest.fixture
def desk(database: str) -> Iterator[Desk]:
    """A desk in whose Postgres the clock can be stepped."""
    with connect(database, "test") as db:
        WallClock(db)
    with connect(database, "test") as db:
        yield Desk(db, database)


class Tower:
    """A watch that is shown the ledger's live flights twice a second."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.clock = SteadyClock()
        self._watch = Watch(clock=self.clock)

    def look(self, seconds: float) -> list[tuple[int, Rule]]:
        """What was found lost in `seconds`, each once."""
        found: dict[int, Rule] = {}
        for _ in range(int(seconds * 2)):
            self.clock.now += 0.5
            live = lost.live_flights(self._desk.db)
            found |= {one.flight.id: one.rule for one in self._watch.look(live, EPOCH, BUSY)}
        return sorted(found.items())


@pytest.mark.parametrize("step", [3 * HOUR, -3 * HOUR, 10 * YEAR, -10 * YEAR])
def test_whoever_is_at_work_while_the_clock_steps_is_not_lost_before_the_lease(desk: Desk, step: float) -> None:
    desk.job()
    flight, tower = desk.flight(), Tower(desk)
    tower.look(5)
    WallClock.step(desk.db, step)
    assert tower.look(LEASES["parse"] - 6) == []
    assert flights.touch(desk.db, flight, "parse")
    assert tower.look(LEASES["parse"]) == []
    assert tower.look(2) == [(flight, "stalled")]


@pytest.mark.parametrize("step", [3 * HOUR, -3 * HOUR])
def test_whoever_waits_in_a_long_queue_while_the_clock_steps_was_not_overtaken(desk: Desk, step: float) -> None:
    tower, earlier = Tower(desk), desk.job()
    begun = desk.flight()
    tower.look(1)
    WallClock.step(desk.db, step)
    later = desk.job()
    ((waiting,),) = [[flight.id for flight in desk.launch()]]
    for _ in range(10):
        assert flights.touch(desk.db, begun, "parse")
        assert tower.look(LEASES["parse"] / 2) == []
    assert desk.value("SELECT flight_id FROM line WHERE job_id = %s", later) == waiting
    assert desk.value("SELECT flight_id FROM line WHERE job_id = %s", earlier) == begun


def test_a_message_that_was_lost_before_the_clock_was_set_back_is_missed_as_soon_as_later_ones_start(
    desk: Desk,
) -> None:
    desk.job()
    ((missed,),) = [[flight.id for flight in desk.launch()]]
    tower = Tower(desk)
    tower.look(1)
    WallClock.step(desk.db, -3 * HOUR)
    desk.job()
    later = desk.flight()
    tower.look(LEASES["parse"] / 2)
    assert flights.touch(desk.db, later, "parse")
    assert tower.look(LEASES["parse"] / 2) == [(missed, "waiting")]


def test_a_round_of_two_seconds_is_not_yet_a_slow_one() -> None:
    noon = datetime(2025, 5, 2, 12, tzinfo=UTC)
    flight = LiveFlight(1, "process", "parse", EPOCH, 0, noon, noon, noon, "worker")
    for pause, found in ((2.0, ["stalled"]), (2.1, [])):
        clock = SteadyClock()
        watch = Watch(clock=clock)
        for _ in range(12):
            rules = [one.rule for one in watch.look([flight], EPOCH, BUSY)]
            clock.now += pause
        assert rules == found


def test_a_job_that_waits_is_as_late_as_the_clock_was_set_back(desk: Desk) -> None:
    job = desk.job()
    failure = desk.fail(desk.flight(), job, Transient("not now"))[0]
    assert failure.retry_in is not None and failure.retry_in < MINUTE
    WallClock.step(desk.db, -DAY)
    assert launched(desk) == []
    WallClock.step(desk.db, DAY - MINUTE)
    assert launched(desk) == []
    WallClock.step(desk.db, 2 * MINUTE)
    assert launched(desk) == [job]


@pytest.mark.parametrize("back", [FARTHEST + HOUR, 10 * YEAR])
def test_a_job_waits_no_longer_than_two_days_however_far_the_clock_was_set_back(desk: Desk, back: float) -> None:
    job = desk.job()
    desk.fail(desk.flight(), job, Transient("not now"))
    WallClock.step(desk.db, -back)
    assert launched(desk) == [job]
    desk.check()


def test_the_longest_wait_that_anybody_is_told_is_kept(desk: Desk) -> None:
    job = desk.job()
    failure = desk.fail(desk.flight(), job, Transient("tomorrow", retry_after=10 * DAY))[0]
    assert failure.retry_in is not None and failure.retry_in >= LONGEST_WAIT
    assert launched(desk) == []
    WallClock.step(desk.db, -HOUR)
    assert launched(desk) == []


def test_after_the_clock_was_set_back_what_is_due_is_called_without_a_sweep(desk: Desk) -> None:
    desk.launch()
    WallClock.step(desk.db, -3 * HOUR)
    job = desk.job()
    desk.fail(desk.flight(), job, Transient("not now"))
    WallClock.step(desk.db, 2 * MINUTE)
    assert [flight.jobs for flight in desk.launch()] == [(job,)]


def test_a_clock_set_forward_ends_a_wait_and_nothing_else(desk: Desk) -> None:
    job, other = desk.jobs(2)
    desk.fail(desk.flight(), job, Transient("not now"))
    WallClock.step(desk.db, 10 * YEAR)
    assert launched(desk) == [job]
    assert (
        desk.value("SELECT count(*) FROM line WHERE job_id = %s AND losses = 0 AND flight_id IS NOT NULL", other) == 1
    )
    desk.check()


@pytest.mark.parametrize(("back", "asked"), [(0.0, False), (DAY, False), (FARTHEST + HOUR, True), (10 * YEAR, True)])
def test_a_host_is_left_in_peace_no_longer_than_two_days(desk: Desk, back: float, asked: bool) -> None:
    first = desk.job(url="https://news.example/1")
    desk.fail(desk.flight("fetch"), first, Transient("not now"), "ingest")
    desk.db.execute("UPDATE hosts SET next_at = now() + interval '1 minute'")
    second = desk.job(url="https://news.example/2")
    assert launched(desk, "fetch") == []
    WallClock.step(desk.db, -back)
    # Its job was told to wait, too.
    assert (second in launched(desk, "fetch")) == asked


@pytest.mark.parametrize(
    ("back", "duplicate"), [(0.0, True), (DAY, True), (FARTHEST + HOUR, False), (10 * YEAR, False)]
)
def test_what_has_ended_stays_on_offer_no_longer_than_two_days(desk: Desk, back: float, duplicate: bool) -> None:
    job = desk.job(text="Once")
    desk.flight()
    desk.finish((job, 1))
    WallClock.step(desk.db, -back)
    (answer,) = desk.accept(offer(text="Once"))
    assert isinstance(answer, Accepted) and answer.duplicate == duplicate


def test_what_is_unfinished_stays_on_offer_wherever_the_clock_goes(desk: Desk) -> None:
    job = desk.job(text="Once")
    for step in (10 * YEAR, -20 * YEAR, 5 * YEAR):
        WallClock.step(desk.db, step)
        assert desk.accept(offer(text="Once")) == [Accepted(job, duplicate=True)]


def test_after_the_clock_was_set_back_passes_of_reconcile_are_due_and_see_what_is_new(desk: Desk) -> None:
    assert reconcile_if_due(desk.db, 60) is not None
    WallClock.step(desk.db, -10 * YEAR)
    assert reconcile_if_due(desk.db, 60) is not None
    desk.job()
    desk.db.execute("DELETE FROM line")
    WallClock.step(desk.db, 2 * MINUTE)
    found = reconcile_if_due(desk.db, 60)
    assert found is not None and [finding.check for finding in found.findings] == ["unaccounted"]
    assert [finding.check for finding in reconcile(desk.db).findings] == ["unaccounted"]


def launched(desk: Desk, leg: str = "process") -> list[int]:
    """The jobs of the flights that a sweeping launch makes, of one that has been at it for long."""
    launcher = desk.launchers[leg]  # type: ignore[index]
    made = [*launcher.launch(desk.db, EPOCH, sweep=True).flights, *launcher.launch(desk.db, EPOCH, sweep=True).flights]
    return sorted(job for flight in made for job in flight.jobs)
