"""Fetches wait for their host, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsroom.desk import EPOCH, Desk, page
from wireroom.database import Connection
from wireroom.errors import Busy, Transient, Unusable
from wireroom.ledger import captures, ends, flights, hosts, lost, pauses, repair, robots
from wireroom.ledger.boarding import Bounds
from wireroom.ledger.ends import Failed
from wireroom.ledger.launch import Launcher
from wireroom.ledger.life import LONGEST_BACKOFF, LONGEST_WAIT, RetryPolicy, cool_down
from wireroom.ledger.lost import Lost
from wireroom.ledger.pauses import Target


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


# Peace -----------------------------------------------------------------------------------------------------------

HOST = "h.example"


def peace(desk: Desk, host: str = HOST) -> float:
    """For how many seconds the host is still left in peace."""
    return float(desk.value("SELECT extract(epoch FROM next_at - clock_timestamp()) FROM hosts WHERE host = %s", host))


def busy(desk: Desk, flight: int, job: int, retry_after: float | None = None) -> None:
    """The page of the job fails, because its host was busy; the first wait is 100 s."""
    policy = RetryPolicy(transient=99, seconds=100)
    failed = [Failed(job, Busy("the server answered 503", retry_after=retry_after))]
    assert ends.fail(desk.db, flight, "ingest", "worker", failed, policy, delay=1.0)


def about(seconds: float) -> tuple[float, float]:
    """What a wait of so many seconds may be, with its jitter."""
    return 0.5 * seconds - 5, 1.5 * seconds + 5


def test_a_host_that_is_busy_again_and_again_is_left_in_peace_for_longer_and_longer(desk: Desk) -> None:
    job = desk.job(url=f"https://{HOST}/1")
    for seconds in (100, 200, 400):
        busy(desk, desk.flight("fetch"), job)
        least, most = about(seconds)
        assert least < peace(desk) < most
        desk.hurry()
    assert desk.value("SELECT failures FROM hosts") == 3
    assert desk.value("SELECT cause FROM hosts") == "the server answered 503"


def test_a_good_answer_ends_the_row(desk: Desk) -> None:
    job = desk.job(url=f"https://{HOST}/1")
    busy(desk, desk.flight("fetch"), job)
    desk.hurry()
    assert captures.capture(desk.db, desk.flight("fetch"), job, page(), 1.0)
    assert desk.value("SELECT (failures, cause)::text FROM hosts") == "(0,)"
    assert 0 < peace(desk) <= 1


def test_so_does_a_refusal_but_not_what_was_never_asked(desk: Desk) -> None:
    jobs = [desk.job(url=f"https://{HOST}/{number}") for number in range(3)]
    busy(desk, desk.flight("fetch"), jobs[0])
    for job, delay, failures in ((jobs[1], None, 1), (jobs[2], 1.0, 0)):
        end = ends.rejection(job, Unusable("gone", "404"), {})
        assert ends.reject(desk.db, "ingest", [(job, 1)], [end], delay=delay) == [job]
        assert desk.value("SELECT failures FROM hosts") == failures


def test_a_host_says_itself_when_to_come_back(desk: Desk) -> None:
    job = desk.job(url=f"https://{HOST}/1")
    busy(desk, desk.flight("fetch"), job, retry_after=5000)
    assert 4990 < peace(desk) < 5510


def test_a_cool_down_is_bounded() -> None:
    assert cool_down(10_000, None, 5.0, 1.0) == 1.5 * LONGEST_BACKOFF
    assert cool_down(0, 10 * LONGEST_WAIT, 5.0, 1.0) == 1.1 * LONGEST_WAIT


def test_the_delay_that_a_host_wishes_for_goes_before_that_of_the_settings(desk: Desk) -> None:
    hosts.slow_down(desk.db, HOST, 60.0)
    flight = fly(desk, f"https://{HOST}/1")
    (page_,) = flights.pages_to_fetch(desk.db, flight)
    assert captures.capture(desk.db, flight, page_.job_id, page(), 1.0)
    assert 55 < peace(desk) <= 60
    hosts.slow_down(desk.db, HOST, None)
    hosts.asked(desk.db, ["other.example"], 1.0)
    assert peace(desk, "other.example") <= 1


def test_of_a_host_with_a_long_delay_a_flight_takes_one_page(desk: Desk) -> None:
    hosts.slow_down(desk.db, HOST, 8.0)
    for number in range(4):
        desk.job(url=f"https://{HOST}/{number}")
        desk.job(url=f"https://quick.example/{number}")
    for expected in ([4, 1], [1], [1]):
        flown = [one for flight in desk.launch("fetch") for one in flight.jobs]
        by_host = [desk.value("SELECT host FROM line WHERE job_id = %s", job) for job in flown]
        assert sorted(by_host.count(host) for host in {*by_host}) == sorted(expected)
        for flight in desk.db.execute("SELECT id FROM flights").fetchall():
            land(desk, flight[0])


def test_where_a_host_asks_for_peace_the_rest_of_its_flight_is_set_down_and_blamed_for_nothing(desk: Desk) -> None:
    jobs = [desk.job(url=f"https://{HOST}/{number}") for number in range(3)]
    flight = desk.flight("fetch")
    busy(desk, flight, jobs[0], retry_after=900)
    assert captures.set_down(desk.db, flight, jobs[1:], 1.0) == jobs[1:]
    assert desk.launch("fetch") == []
    states = "SELECT array_agg(concat(waits_for, failures, losses) ORDER BY job_id) FROM line"
    assert desk.value(states) == ["time10", "host00", "host00"]
    assert peace(desk) > 890
    desk.check()


def test_nobody_sets_down_what_is_not_his(desk: Desk) -> None:
    job = desk.job(url=f"https://{HOST}/1")
    flight = desk.flight("fetch")
    assert captures.set_down(desk.db, flight + 1, [job], 1.0) == []
    assert captures.set_down(desk.db, flight, [job + 1], 1.0) == []


# Moves -----------------------------------------------------------------------------------------------------------


def test_a_page_that_moved_waits_for_the_other_host(desk: Desk) -> None:
    other = fly(desk, "https://there.example/0")
    job = desk.job(url=f"https://{HOST}/1")
    flight = desk.flight("fetch")
    first = f"https://{HOST}/1"
    assert captures.move(desk.db, flight, job, "https://there.example/1", [first], 7.0)
    assert not captures.move(desk.db, flight, job, "https://there.example/1", [first], 7.0), "a twin was first"
    assert 6 < peace(desk) <= 7
    assert desk.launch("fetch") == [], "a flight asks that host already"
    land(desk, other)
    (wanted,) = flights.pages_to_fetch(desk.db, desk.flight("fetch"))
    assert wanted[2:6] == ("https://there.example/1", "there.example", HOST, [first])
    desk.check()


def moved(desk: Desk) -> tuple[int, int]:
    """A job whose page moved, and its flight."""
    job = desk.job(url=f"https://{HOST}/1")
    assert captures.move(desk.db, desk.flight("fetch"), job, "https://there.example/1", [f"https://{HOST}/1"], 0.0)
    return job, desk.flight("fetch")


def test_its_capture_says_what_led_to_it_and_the_line_forgets(desk: Desk) -> None:
    job, flight = moved(desk)
    assert captures.capture(desk.db, flight, job, page(redirects=[f"https://{HOST}/1"]), 0.0)
    assert desk.value("SELECT redirects FROM captures") == [f"https://{HOST}/1"]
    assert desk.value("SELECT num_nonnulls(url, redirects, host) FROM line") == 0


@pytest.mark.parametrize("refetch", [False, True])
def test_out_of_quarantine_it_goes_where_it_was_or_begins_anew(desk: Desk, refetch: bool) -> None:
    job, flight = moved(desk)
    ends.fail(desk.db, flight, "ingest", "worker", [Failed(job, Transient("no"))], RetryPolicy(transient=0))
    assert repair.redrive(desk.db, [job], "ada", refetch=refetch) == [job]
    desk.hurry()
    (wanted,) = flights.pages_to_fetch(desk.db, desk.flight("fetch"))
    there = ("https://there.example/1", "there.example", HOST, [f"https://{HOST}/1"])
    assert wanted[2:6] == ((f"https://{HOST}/1", HOST, HOST, []) if refetch else there)
    desk.check()


# Who may ask -----------------------------------------------------------------------------------------------------


def test_a_flight_may_ask_a_host_of_its_pages_until_that_is_paused(desk: Desk) -> None:
    flight = fly(desk, f"https://{HOST}/1")
    assert hosts.admit(desk.db, flight, HOST) == (True, True)
    assert hosts.admit(desk.db, flight + 1, HOST) == (False, True)
    assert hosts.admit(desk.db, flight, "other.example") == (False, True)
    pauses.pause(desk.db, Target("host", HOST), "ada")
    assert hosts.admit(desk.db, flight, HOST) == (True, False)
    assert hosts.is_open(desk.db, "other.example") and not hosts.is_open(desk.db, HOST)


def test_a_borrowed_host_is_asked_by_nobody_else(desk: Desk) -> None:
    assert hosts.borrow(desk.db, HOST, 60.0)
    assert not hosts.borrow(desk.db, HOST, 60.0)
    desk.job(url=f"https://{HOST}/1")
    assert desk.launch("fetch") == []
    hosts.give_back(desk.db, HOST, 2.0)
    assert 1 < peace(desk) <= 2
    desk.hurry()
    assert len(desk.launch("fetch")) == 1


@pytest.mark.parametrize("why", ["flies", "is polled", "rests", "is paused"])
def test_a_host_is_not_lent_that_must_not_be_asked(desk: Desk, why: str) -> None:
    match why:
        case "flies":
            fly(desk, f"https://{HOST}/1")
        case "is polled":
            desk.db.execute(
                "INSERT INTO sources (url, hash, host, source, added_by, flight_id) VALUES ('', '', %s, '', '', 1)",
                [HOST],
            )
        case "rests":
            hosts.asked(desk.db, [HOST], 60.0)
        case _:
            pauses.pause(desk.db, Target("host", HOST), "ada")
    assert not hosts.borrow(desk.db, HOST, 1.0)


# Robots ----------------------------------------------------------------------------------------------------------


def test_rules_are_known_while_they_are_good(desk: Desk) -> None:
    origin, rules = f"https://{HOST}", "User-agent: *\nDisallow: /"
    assert robots.known(desk.db, origin) is None
    robots.keep(desk.db, origin, HOST, 200, rules, 3600.0, 5.0)
    assert robots.known(desk.db, origin) == rules
    assert robots.known(desk.db, f"{origin}:8443") is None
    assert desk.value("SELECT delay FROM hosts WHERE host = %s", HOST) == 5.0
    robots.keep(desk.db, origin, HOST, 404, "", 3600.0, None)
    assert (robots.known(desk.db, origin), desk.value("SELECT delay FROM hosts")) == ("", None)
    desk.db.execute("UPDATE robots SET good_until = now() - interval '1 second'")
    assert robots.known(desk.db, origin) is None


def test_robots_txt_is_obeyed_unless_it_is_switched_off_for_the_publisher(desk: Desk) -> None:
    desk.db.execute(
        "INSERT INTO sources (url, hash, host, source, added_by, robots) VALUES ('', '', '', 'ours', '', false)"
    )
    desk.job(url=f"https://{HOST}/1", source="ours")
    desk.job(url=f"https://{HOST}/2", source="theirs")
    obeyed = {one.source: one.obeys for one in flights.pages_to_fetch(desk.db, desk.flight("fetch"))}
    assert obeyed == {"ours": False, "theirs": True}
