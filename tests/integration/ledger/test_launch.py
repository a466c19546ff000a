"""Ready jobs fly once, in turn, within the bound, however many dispatchers look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from newsroom.desk import EPOCH, Desk, page
from wireroom.database import Connection
from wireroom.errors import Transient
from wireroom.ledger import captures, flights
from wireroom.ledger.boarding import Bounds, Ready, choose, form_flights
from wireroom.ledger.launch import Launcher, skip_flight_numbers


def test_dispatchers_side_by_side_launch_each_job_once_and_keep_the_bound(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    desk.jobs(300)
    connections = [connection() for _ in range(4)]

    def dispatch(db: Connection) -> list[int]:
        launcher = Launcher("process", Bounds(in_flight=200, articles=8))
        return [job for _ in range(20) for flight in launcher.launch(db, EPOCH).flights for job in flight.jobs]

    with ThreadPoolExecutor(4) as pool:
        launched = [job for jobs in pool.map(dispatch, connections) for job in jobs]
    assert len(launched) == len(set(launched)) == 200
    desk.check()


def test_a_dispatcher_stopped_in_mid_transaction_holds_nobody_up(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    jobs = desk.jobs(3)
    stopped = connection()
    stopped.execute("SET idle_in_transaction_session_timeout = '300ms'")  # as the line's own, but shorter
    stopped.execute("BEGIN")
    launcher = Launcher("process", Bounds(in_flight=10))
    assert launcher.launch(stopped, EPOCH).flights
    assert desk.launch() == []
    while desk.value("SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"):
        pass
    # Its tickets were advanced past the jobs it did not launch; a sweep looks there.
    swept = desk.launchers["process"].launch(desk.db, EPOCH, sweep=True).flights
    assert sorted(job for flight in swept for job in flight.jobs) == jobs
    stopped.close()
    desk.check()


def test_the_lines_own_connections_limit_an_idle_transaction(db: Connection) -> None:
    row = db.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert row == ("5s",)


def test_postgres_is_told_to_find_out_who_is_gone_without_a_word(db: Connection) -> None:
    """On a Unix socket, as here, it has no effect, but it is known what was asked for."""
    rows = db.execute("SELECT name, reset_val FROM pg_settings WHERE name ~ '^tcp_' AND source = 'client'").fetchall()
    assert dict(rows) == {
        "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "2",
        "tcp_user_timeout": "10000",
    }  # fmt: skip


def test_a_job_that_waits_for_a_retry_is_claimed_when_its_time_has_come(desk: Desk) -> None:
    job = desk.job()
    flight = desk.flight()
    desk.fail(flight, job, Transient("not now"))
    assert desk.launch() == []
    desk.hurry()
    assert [flight.jobs for flight in desk.launch()] == [(job,)]


def test_one_claim_in_ten_is_backfill_even_under_live_load(desk: Desk) -> None:
    backfill = desk.jobs(3, lane="backfill")
    desk.jobs(400)
    launcher = Launcher("process", Bounds(in_flight=20, articles=8))
    for claim in range(10):
        launched = {job for flight in launcher.launch(desk.db, EPOCH).flights for job in flight.jobs}
        assert (set(backfill) <= launched) == (claim == 9)
        desk.finish(*((job, 1) for job in launched))


def test_what_committed_below_the_watermark_is_found_by_a_sweep(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    late = connection()
    late.execute("BEGIN")
    desk_of_late = Desk(late, desk.url)
    (job,) = desk_of_late.jobs(1, source="late")
    desk.jobs(100, source="early")
    desk.launch()
    late.execute("COMMIT")
    assert desk.launch() == []
    swept = desk.launchers["process"].launch(desk.db, EPOCH, sweep=True).flights
    assert [flight.jobs for flight in swept] == [(job,)]


def test_a_sweep_that_found_no_room_is_made_up_for(desk: Desk) -> None:
    desk.launchers["process"] = launcher = Launcher("process", Bounds(in_flight=4))
    desk.jobs(100)
    (flight,) = launcher.launch(desk.db, EPOCH).flights
    late = desk.job()
    desk.db.execute("UPDATE line SET ticket = 1 WHERE job_id = %s", [late])
    assert launcher.launch(desk.db, EPOCH, sweep=True).flights == []
    desk.finish(*((job, 1) for job in flight.jobs))
    assert late in launcher.launch(desk.db, EPOCH).flights[0].jobs


def test_the_bytes_in_flight_are_bounded_but_one_article_always_flies(desk: Desk) -> None:
    desk.launchers["process"] = launcher = Launcher("process", Bounds(in_flight=100, bytes_in_flight=10_000))
    large = desk.job(text="a" * 50_000)
    small = [desk.job(text=f"{number}" * 3_000) for number in range(6)]
    assert [flight.jobs for flight in launcher.launch(desk.db, EPOCH).flights] == [(large,)]
    assert launcher.launch(desk.db, EPOCH).flights == []
    desk.finish((large, 1))
    assert [flight.jobs for flight in launcher.launch(desk.db, EPOCH).flights] == [tuple(small[:3])]


def test_on_a_busy_line_a_flight_waits_to_be_full(desk: Desk) -> None:
    launcher = Launcher("process", Bounds(in_flight=100, articles=8, patience=60))
    desk.jobs(1)
    assert [len(flight.jobs) for flight in launcher.launch(desk.db, EPOCH).flights] == [1]
    desk.jobs(7)
    assert launcher.launch(desk.db, EPOCH).flights == []
    desk.jobs(3)
    assert [len(flight.jobs) for flight in launcher.launch(desk.db, EPOCH).flights] == [8, 2]
    desk.check()


def test_a_flight_waits_no_longer_than_its_patience_nor_once_nobody_waits_before_it(desk: Desk) -> None:
    now = 100.0
    patient = Launcher("process", Bounds(in_flight=100, articles=8, patience=60), clock=lambda: now)
    desk.jobs(1)
    assert len(patient.launch(desk.db, EPOCH).flights) == 1
    for _ in range(2):
        (second,) = desk.jobs(1)
        assert patient.launch(desk.db, EPOCH).flights == []
        now += 59
        assert patient.launch(desk.db, EPOCH).flights == []
        now += 1
        assert [one.jobs for one in patient.launch(desk.db, EPOCH).flights] == [(second,)]
    (third,) = desk.jobs(1)
    for (waiting,) in desk.db.execute("SELECT id FROM flights").fetchall():
        assert flights.start(desk.db, waiting, "parse", "worker")
    assert [one.jobs for one in patient.launch(desk.db, EPOCH).flights] == [(third,)]


def test_a_line_that_is_nearly_full_is_filled_by_full_flights(desk: Desk) -> None:
    launcher = Launcher("process", Bounds(in_flight=32, articles=8, patience=60))
    desk.jobs(100)
    first, *_ = launcher.launch(desk.db, EPOCH).flights
    for (flight,) in desk.db.execute("SELECT id FROM flights").fetchall():
        assert flights.start(desk.db, flight, "parse", "worker")
    desk.finish(*((job, 1) for job in first.jobs[:7]))
    assert launcher.launch(desk.db, EPOCH).flights == []
    desk.finish((first.jobs[7], 1))
    assert [len(flight.jobs) for flight in launcher.launch(desk.db, EPOCH).flights] == [8]


def test_a_crowd_of_overdue_retries_comes_back_at_every_look(desk: Desk) -> None:
    desk.db.execute(
        "INSERT INTO line (job_id, leg, lane, capture_day, capture_id, waits_for, due_at)"
        " SELECT id, 'process', 'live', now(), id, 'time', now() - interval '1 hour'"
        " FROM generate_series(1, 3500) AS id"
    )
    launcher = Launcher("process", Bounds(in_flight=1))
    for _ in range(4):
        launcher.launch(desk.db, EPOCH)
    assert desk.value("SELECT count(*) FROM line WHERE waits_for = 'time'") == 0


def test_after_a_crash_no_flight_gets_the_number_of_an_earlier_one(desk: Desk) -> None:
    desk.job()
    (before,) = desk.launch()
    desk.db.execute("SELECT setval('flight_ids', %s, false)", [before.id])  # as if the crash had forgotten it
    skip_flight_numbers(desk.db)
    desk.job()
    (after,) = desk.launch()
    assert after.id > before.id + 1000


def test_a_cancelled_job_in_the_act_is_not_waited_for(desk: Desk, connection: Callable[[], Connection]) -> None:
    first, second = desk.jobs(2)
    canceller = connection()
    canceller.execute("BEGIN")
    canceller.execute("SELECT FROM line WHERE job_id = %s FOR UPDATE", [first])
    assert [flight.jobs for flight in desk.launch()] == [(second,)]


def test_a_host_has_one_live_flight_and_then_its_delay(desk: Desk) -> None:
    jobs = [desk.job(url=f"https://news.example/{n}") for n in range(12)]
    other = desk.job(url="https://other.example/1")
    (flight,) = desk.launch("fetch")
    assert sorted(flight.jobs) == sorted([*jobs[:10], other])
    flights.start(desk.db, flight.id, "ingest", "worker")
    later = desk.job(url="https://news.example/later")
    assert desk.launch("fetch") == []
    for job in flight.jobs:
        assert captures.capture(desk.db, flight.id, job, page(), delay=60)
    assert desk.launch("fetch") == []
    desk.hurry()
    assert [sorted(one.jobs) for one in desk.launch("fetch")] == [[*jobs[10:], later]]
    desk.check()


def test_a_crowd_of_jobs_of_one_host_is_parked_and_others_pass(desk: Desk) -> None:
    for number in range(200):
        desk.job(url=f"https://slow.example/{number}", source=f"s{number}")
    quick = desk.job(url="https://quick.example/1", source="last")
    launcher = Launcher("fetch", Bounds(in_flight=16))
    hosts: list[str] = []
    more = True
    while more:
        launched, more = launcher.launch(desk.db, EPOCH)
        hosts += [one.host for flight in launched for one in flights.pages_to_fetch(desk.db, flight.id)]
    assert hosts.count("slow.example") == 10
    assert desk.value("SELECT flight_id IS NOT NULL FROM line WHERE job_id = %s", quick)


def ready(job: int, *, size: int = 0, losses: int = 0, host: str | None = None) -> Ready:
    return Ready(job, job, size, losses, host)


def test_a_flight_is_bounded_by_articles_and_bytes() -> None:
    bounds = Bounds(in_flight=0, articles=3, bytes=100)
    formed = form_flights(
        [ready(1, size=60), ready(2, size=60), ready(3), ready(4), ready(5), ready(6, size=500)], bounds
    )
    assert [[one.job_id for one in flight] for flight in formed] == [[1], [2, 3, 4], [5], [6]]


def test_a_job_that_was_lost_before_flies_alone() -> None:
    formed = form_flights([ready(1), ready(2, losses=1), ready(3)], Bounds(in_flight=0))
    assert [[one.job_id for one in flight] for flight in formed] == [[1], [2], [3]]


def test_pages_of_one_host_share_a_flight() -> None:
    claimed = [ready(number, host=f"h{number % 3}") for number in range(9)]
    formed = form_flights(claimed, Bounds(in_flight=0, articles=4))
    assert [{one.host for one in flight} for flight in formed] == [{"h0"}, {"h1"}, {"h2"}]


def test_choosing_stops_at_the_room_and_parks_only_what_it_met() -> None:
    found = [ready(1, host="busy"), ready(2, host="a"), ready(3, host="a"), ready(4, host="b"), ready(5, host="busy")]
    going, parked = choose(found, {"busy"}, room=2, pages=1, asked=Counter(), slow={})
    assert [one.job_id for one in going] == [2, 4]
    assert [one.job_id for one in parked] == [1, 3]


def test_of_a_slow_host_fewer_pages_are_chosen() -> None:
    found = [ready(number, host=host) for number, host in enumerate(["a", "a", "a", "slow", "slow", "slow"])]
    going, parked = choose(found, set(), room=9, pages=3, asked=Counter(), slow={"slow": 1})
    assert [one.job_id for one in going] == [0, 1, 2, 3]
    assert [one.job_id for one in parked] == [4, 5]
