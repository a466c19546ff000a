"""Whoever works on the same articles in the same moment: each is stored once, and nobody waits for ever."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from newsroom.storing import Newsdesk, enriched
from wireroom.database import Connection
from wireroom.store.stage import Stored, store
from wireroom.topology import Enriched

URL = "https://news.example/pier"
ROUNDS = 40
PATIENCE = 4.0
"""Seconds; Postgres ends a transaction that is idle for longer than five."""

Connecting = Callable[[], Connection]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def together(
    pool: ThreadPoolExecutor, connections: Sequence[Connection], flights: Sequence[Sequence[Enriched]]
) -> list[Stored]:
    """Store the flights at once, each over its own connection."""
    barrier = Barrier(len(flights))

    def begin(connection: Connection, articles: Sequence[Enriched]) -> Stored:
        barrier.wait(10)
        return store(connection, articles)

    return list(pool.map(begin, connections, flights))


def outcomes(stored: Sequence[Stored]) -> Counter[str]:
    assert [one.failed for one in stored] == [[]] * len(stored)
    return Counter(end.outcome for one in stored for end in one.ends)


def waits(desk: Newsdesk) -> bool:
    """Whether somebody waits for a lock in the test's database."""
    statement = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    return bool(desk.value(statement))


def meanwhile(
    desk: Newsdesk, pool: ThreadPoolExecutor, connect: Connecting, *articles: Enriched, give_up: bool = False
) -> list[Stored]:
    """Store two articles so that the second one has to wait until the first one commits (or gives up)."""
    desk.flight(stage="store")
    connection, other = connect(), connect()
    with connection.transaction(force_rollback=give_up):
        stored = store(connection, articles[:1])
        later = pool.submit(store, other, articles[1:])
        until = time.monotonic() + PATIENCE
        while not waits(desk) and time.monotonic() < until:
            time.sleep(0.005)
        assert not later.done()
    return [stored, later.result(10)]


def test_twins_that_finish_at_once_store_once(desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor) -> None:
    connections = [connection() for _ in range(4)]
    for _ in range(ROUNDS):
        jobs = [desk.captured() for _ in range(3)]
        desk.flight(stage="store")
        flight = [enriched(job, f"Text {job}.") for job in jobs]
        assert outcomes(together(pool, connections, [flight] * 4)) == {"stored": 3}


def test_two_that_race_for_a_new_article_make_one(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    connections = [connection() for _ in range(4)]
    for number in range(ROUNDS):
        jobs = [desk.captured(f"{URL}/{number}") for _ in connections]
        desk.flight(stage="store")
        stored = together(pool, connections, [[enriched(job)] for job in jobs])
        assert outcomes(stored) == {"stored": 1, "unchanged": 3}
        assert len({end.article_id for one in stored for end in one.ends}) == 1
    assert desk.value("SELECT count(*) FROM articles") == ROUNDS


def test_two_that_change_an_article_at_once_make_a_version_each(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    desk.end(enriched(desk.captured(URL)))
    connections = [connection() for _ in range(4)]
    for number in range(ROUNDS):
        jobs = [desk.captured(URL) for _ in connections]
        desk.flight(stage="store")
        stored = together(pool, connections, [[enriched(job, f"Text {job}.")] for job in jobs])
        assert outcomes(stored) == {"updated": 4}
        assert desk.value("SELECT max(number) FROM versions") == 1 + 4 * (number + 1)
    newest = "SELECT number FROM versions ORDER BY captured_at DESC, capture_id DESC LIMIT 1"
    assert desk.value("SELECT current FROM articles") == desk.value(newest)


def slow(desk: Newsdesk, table: str) -> None:
    """Each row of the table takes so long to insert that others get in between."""
    desk.db.execute(
        f"""
        CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
        CREATE TRIGGER slow BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION slow();
        """.encode()
    )


def test_crossed_orders_do_not_lock_each_other_out(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    slow(desk, "identities")
    connections = [connection(), connection()]
    for number in range(ROUNDS // 4):
        # The addresses of one round are new, those of the next one known.
        urls = [f"{URL}/{number // 2}/{n}" for n in range(8)]
        forth, back = ([desk.captured(url) for url in order] for order in (urls, urls[::-1]))
        desk.flight(stage="store")
        flights = [[enriched(job, f"Text {job}.") for job in jobs] for jobs in (forth, back)]
        assert sum(outcomes(together(pool, connections, flights)).values()) == 16


def test_crossed_conflicts_do_not_lock_each_other_out(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    slow(desk, "identity_conflicts")
    connections = [connection(), connection()]
    for name in "ab":
        desk.end(enriched(desk.captured(source="News", external_id=name)))
        desk.end(enriched(desk.captured(f"{URL}/{name}", source="News")))
    for _ in range(ROUNDS // 4):
        desk.db.execute("DELETE FROM identity_conflicts")
        orders = (("a", "b"), ("b", "a"))
        flights = [[desk.captured(f"{URL}/{b}", source="News", external_id=a) for a, b in (order, order[::-1])]
                   for order in orders]  # fmt: skip
        desk.flight(stage="store")
        stored = together(pool, connections, [[enriched(job, f"Text {job}.") for job in jobs] for jobs in flights])
        assert outcomes(stored) == {"updated": 4}


def test_who_waited_for_a_new_article_finds_it(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    jobs = [desk.captured(URL), desk.captured(URL)]
    stored = meanwhile(desk, pool, connection, enriched(jobs[0]), enriched(jobs[1], "The pier is shut."))
    assert [(end.outcome, end.version) for one in stored for end in one.ends] == [("stored", 1), ("updated", 2)]


@pytest.mark.parametrize(("at", "current"), [("2030-01-01T00:00:00+00:00", 2), ("2020-01-01T00:00:00+00:00", 3)])
def test_who_waited_for_a_version_sees_it(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor, at: str, current: int
) -> None:
    desk.end(enriched(desk.captured(URL)))
    jobs = [desk.captured(URL, at=at), desk.captured(URL)]
    stored = meanwhile(desk, pool, connection, enriched(jobs[0], "Shut."), enriched(jobs[1], "Open."))
    assert outcomes(stored) == {"updated": 2}
    assert [end.version for one in stored for end in one.ends] == [2, 3]
    assert desk.value("SELECT current FROM articles") == current


def test_who_waited_for_a_twin_stores_nothing(desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor) -> None:
    job = desk.captured(URL)
    stored = meanwhile(desk, pool, connection, enriched(job), enriched(job))
    assert [[end.outcome for end in one.ends] for one in stored] == [["stored"], []]


def test_who_waited_for_one_that_gave_up_stores_the_article(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    jobs = [desk.captured(URL), desk.captured(URL)]
    _, later = meanwhile(desk, pool, connection, *(enriched(job) for job in jobs), give_up=True)
    assert [(end.job_id, end.outcome) for end in later.ends] == [(jobs[1], "stored")]
    assert desk.value("SELECT job_id FROM line") == jobs[0]


def test_an_address_that_was_only_claimed_is_taken_by_one_of_two_pages_at_once(
    desk: Newsdesk, connection: Connecting, pool: ThreadPoolExecutor
) -> None:
    copy = desk.end(enriched(desk.captured("https://news.example/17"), canonical_url=URL))
    jobs = [desk.captured(URL) for _ in range(2)]
    stored = meanwhile(desk, pool, connection, *(enriched(job, title="Another") for job in jobs))
    assert outcomes(stored) == {"stored": 1, "unchanged": 1}
    assert copy.article not in {end.article_id for one in stored for end in one.ends}
