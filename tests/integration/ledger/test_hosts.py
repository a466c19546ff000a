"""Fetches wait for their host, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsroom.desk import EPOCH, Desk
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import flights, lost
from wireroom.ledger.launch import Bounds, Launcher
from wireroom.ledger.lost import Lost


def ready(desk: Desk, host: str) -> int:
    return int(desk.value("SELECT count(*) FROM line WHERE host = %s AND ticket IS NOT NULL", host))


def fly(desk: Desk, *urls: str) -> int:
    """A started flight of these."""
    for url in urls:
        desk.job(url=url)
    return desk.flight("fetch")


def land(desk: Desk, flight: int) -> None:
    """Its pages fail, and are not tried again today."""
    for one in flights.pages_to_fetch(desk.db, flight):
        desk.fail(flight, one.job_id, Transient("no"), stage="ingest")
    desk.db.execute("UPDATE line SET due_at = now() + interval '1 day' WHERE waits_for = 'time'")
    desk.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")


def test_a_parked_job_that_was_locked_when_its_host_was_called_is_called_later(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    flight = fly(desk, "https://h.example/1")
    parked = desk.job(url="https://h.example/2")
    assert desk.launch("fetch") == []
    land(desk, flight)
    canceller = connection()
    with canceller.transaction(force_rollback=True):
        canceller.execute("SELECT run FROM line WHERE job_id = %s FOR UPDATE", [parked])
        assert desk.launch("fetch") == []
    swept = desk.launchers["fetch"].launch(desk.db, EPOCH, sweep=True).flights
    assert [one.jobs for one in swept] == [(parked,)]


def test_a_host_is_not_called_again_while_the_called_ones_wait_for_room(desk: Desk) -> None:
    flight = fly(desk, "https://h.example/0")
    for number in range(1, 100):
        desk.job(url=f"https://h.example/{number}")
    while desk.launchers["fetch"].launch(desk.db, EPOCH).more:
        pass
    land(desk, flight)
    busy = fly(desk, *(f"https://busy{number}.example/" for number in range(2)))
    assert busy
    desk.launchers["fetch"] = Launcher("fetch", Bounds(in_flight=12))
    for _ in range(5):
        desk.launch("fetch")
    assert ready(desk, "h.example") <= 10


def test_after_its_turn_a_host_with_more_jobs_is_called_again(desk: Desk) -> None:
    jobs = [desk.job(url=f"https://h.example/{number}") for number in range(35)]
    flown: list[int] = []
    for _ in range(4):
        (flight,) = desk.launch("fetch")
        flights.start(desk.db, flight.id, "ingest", "worker")
        flown += flight.jobs
        land(desk, flight.id)
    assert flown == jobs


def test_one_host_has_one_flight_whatever_its_jobs_lanes(desk: Desk) -> None:
    desk.launchers["fetch"] = Launcher("fetch", Bounds(in_flight=256, pages=20))
    for number in range(20):
        desk.job(url=f"https://h.example/{number}")
        desk.job(url=f"https://h.example/b{number}", lane="backfill")
    assert [len(flight.jobs) for flight in desk.launch("fetch")] == [20]


def test_a_page_that_was_lost_flies_alone_and_its_mates_are_not_quarantined_with_it(desk: Desk) -> None:
    for number in range(8):
        desk.job(url=f"https://h{number}.example/")
    desk.flight("fetch")
    (flight,) = lost.live_flights(desk.db)
    lost.take_back(desk.db, Lost(flight, "stalled"), delay=0)
    desk.hurry()
    assert [len(flight.jobs) for flight in desk.launch("fetch")] == [1] * 8


@pytest.mark.parametrize("mate", ["before", "after"])
def test_a_lost_page_and_others_of_its_host_do_not_fly_at_once(desk: Desk, mate: str) -> None:
    if mate == "before":
        desk.job(url="https://h.example/first", source="first")
    lost_job = desk.job(url="https://h.example/lost")
    desk.db.execute("UPDATE line SET losses = 1 WHERE job_id = %s", [lost_job])
    desk.job(url="https://h.example/last", source="last")
    (flight,) = desk.launch("fetch")
    assert (lost_job in flight.jobs) == (mate == "after")
    assert mate == "before" or flight.jobs == (lost_job,)
