"""Quarantine by cause: what failed of one cause is one group, and is sent back or ended by it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Barrier
from typing import Any

import pytest

from newsroom.desk import Desk
from wireroom.database import Connection
from wireroom.ledger import look, quarantine, repair
from wireroom.ledger.ends import Failed, fail
from wireroom.ledger.life import RetryPolicy
from wireroom.ledger.quarantine import Count, Wanted

AT = "ValidationError: Expected `float`, got `null` - at `$.x[{}]`"
ONE_CAUSE: dict[str, list[str]] = {
    "numbers and ids": [AT.format(3), AT.format(17), AT.format("a1b2")],
    "hex addresses": ["<Page at 0x7f3a>: odd", "<Page at 0xFF>: odd"],
    "UUIDs and times": [
        "row 123e4567-e89b-12d3-a456-abcdefabcdef since 2025-05-02T10:00:00+00:00",
        "row abcdefab-cdef-abcd-efab-cdefabcdefab since 2025-05-02T10:00:00.123Z",
    ],
    "signs and separators": [f"TimeoutError: {seconds} s are over" for seconds in ("1,234", "-3", "2.5", "+1e-7")],
    "URLs": ["no article at https://a.example/1?b=c#d", "no article at http://b.example/"],
    "quoted values": [
        "ValueError: invalid literal: 'abc'", 'ValueError: invalid literal: "it\'s"',
        r"ValueError: invalid literal: 'it\'s \"so\"'", "ValueError: invalid literal: “a”",
    ],
    "a value in the midst of which the cause was cut off": [
        f"ValueError: odd text: 'news {'and more ' * 200}", "ValueError: odd text: 'news'", "ValueError: odd text: '\\",
    ],
    "lines and spaces": ["Odd:\n\tso", "Odd:  so"],
    "empty": ["", " "],
}  # fmt: skip
OTHER_CAUSES = [
    AT.format(3), AT.format(3).replace("float", "int"), "KeyError: 'title'", "ValueError: 'title'",
    "the server's certificate isn't valid", "the server's name isn't valid", "worker died at enrich (SIGSEGV)",
    "worker died at enrich (SIGKILL)", "", "é", "e",
]  # fmt: skip
GOLDEN = {
    AT.format(3): "72f6752a2d",
    "KeyError: 'it\\'s' at 0x7f3a": "6c1f5aa4f1",
    "the server's certificate isn't valid for 'a'": "e39e733721",
}


def fingerprint(desk: Desk, cause: str, stage: str = "enrich", kind: str = "surprise") -> Any:
    return desk.value("SELECT cause_fingerprint(%s, %s, %s)", stage, kind, cause[:1000])


@pytest.mark.parametrize("what", ONE_CAUSE)
def test_causes_that_differ_in_values_only_are_one(desk: Desk, what: str) -> None:
    assert len({fingerprint(desk, cause) for cause in ONE_CAUSE[what]}) == 1


def test_other_messages_stages_and_kinds_are_other_causes(desk: Desk) -> None:
    found = {fingerprint(desk, cause) for cause in OTHER_CAUSES}
    assert len(found) == len(OTHER_CAUSES)
    assert len({fingerprint(desk, "x", *at) for at in (("parse", "lost"), ("enrich", "lost"), ("parse", "odd"))}) == 3
    # Where one ends and the next begins is part of it.
    assert fingerprint(desk, "c", "a", "b") != fingerprint(desk, "b\nc", "a", "")


@pytest.mark.parametrize("cause", GOLDEN)
def test_a_fingerprint_is_the_same_for_ever(desk: Desk, cause: str) -> None:
    assert fingerprint(desk, cause) == GOLDEN[cause]


def fell(desk: Desk, cause: str = "odd", stage: str = "parse", **fields: str) -> int:
    """A job that is quarantined at once."""
    return desk.quarantined(ValueError(cause), stage, **fields)


def test_the_host_that_was_asked_is_no_part_of_the_cause(desk: Desk) -> None:
    for number in range(3):
        fell(desk, f"could not connect to h{number}.example, port 443", "ingest", url=f"https://h{number}.example/a")
        desk.hurry()
    (group,) = quarantine.causes(desk.db, Wanted(), 9)
    assert (group.jobs, group.sources, group.top_sources) == (3, 3, ["h0.example", "h1.example", "h2.example"])


def test_groups_tell_how_many_since_when_and_what_the_newest_says(desk: Desk) -> None:
    for number, source in enumerate(["Tide", "Gulf", "Tide", "Bay", "Cape"]):
        fell(desk, f"no such thing: {number}", source=source)
    job = fell(desk, "another", "store")
    large, small = quarantine.causes(desk.db, Wanted(), 9)
    assert (large.stage, large.kind, large.jobs, large.sources) == ("parse", "surprise", 5, 4)
    assert large.top_sources == ["Tide", "Bay", "Cape"]
    assert (large.job_id, large.cause) == (job - 1, "ValueError: no such thing: 4")
    assert (large.first_at, large.last_at) == desk.db.execute(
        "SELECT min(quarantined_at), max(quarantined_at) FROM quarantine WHERE stage = 'parse'"
    ).fetchone()
    assert (small.stage, small.jobs, small.job_id) == ("store", 1, job)
    assert quarantine.causes(desk.db, Wanted(), 1) == [large]
    assert [one.jobs for one in quarantine.causes(desk.db, Wanted(source="Tide"), 9)] == [2]


def some(desk: Desk) -> dict[str, int]:
    """Jobs by what is said of them."""
    return {
        "a Tide parse": fell(desk, "a 1", source="Tide"),
        "a Gulf parse": fell(desk, "a 2", source="Gulf"),
        "b Tide parse": fell(desk, "b", source="Tide"),
        "a Tide store": fell(desk, "a 3", "store", source="Tide"),
    }


def filters(desk: Desk, jobs: dict[str, int]) -> list[tuple[Wanted, set[str]]]:
    """What is wanted, and the jobs that it is."""
    of_a = desk.value("SELECT fingerprint FROM quarantine WHERE job_id = %s", jobs["a Tide parse"])
    return [
        (Wanted(), set(jobs)),
        (Wanted(cause=of_a), {"a Tide parse", "a Gulf parse"}),
        (Wanted(source="Tide"), set(jobs) - {"a Gulf parse"}),
        (Wanted(stage="store"), {"a Tide store"}),
        (Wanted(cause=of_a, source="Gulf"), {"a Gulf parse"}),
        (Wanted(of_a, "Gulf", "store"), set()),
        (Wanted(source="Tide", job_ids=[jobs["a Tide store"], jobs["a Gulf parse"], 999]), {"a Tide store"}),
        (Wanted(job_ids=[]), set()),
    ]


def test_all_that_is_given_must_fit(desk: Desk) -> None:
    jobs = some(desk)
    for wanted, expected in filters(desk, jobs):
        ids = sorted(jobs[name] for name in expected)
        assert [one.job_id for one in quarantine.jobs(desk.db, wanted, 9)] == ids[::-1], wanted
        assert quarantine.count(desk.db, wanted) == Count(len(ids), len(ids)), wanted
        assert sum(one.jobs for one in quarantine.causes(desk.db, wanted, 9)) == len(ids), wanted
        with desk.db.transaction(force_rollback=True):
            assert [job for step in quarantine.redrive(desk.db, wanted, "ada") for job in step.moved] == ids, wanted
        with desk.db.transaction(force_rollback=True):
            assert [job for step in quarantine.reject(desk.db, wanted, "ada", "no") for job in step.moved] == ids


def test_single_jobs_come_page_by_page(desk: Desk) -> None:
    jobs = sorted(some(desk).values(), reverse=True)
    first = quarantine.jobs(desk.db, Wanted(), 3)
    assert [one.job_id for one in first] == jobs[:3]
    assert [one.job_id for one in quarantine.jobs(desk.db, Wanted(), 3, before=jobs[2])] == jobs[3:]


@pytest.mark.parametrize(
    ("wanted", "field"),
    [(Wanted(cause="72F6752A2D"), "cause"), (Wanted(cause=""), "cause"), (Wanted(stage="fetch"), "stage"),
     (Wanted(source=" "), "source")],
)  # fmt: skip
def test_what_can_never_fit_is_refused(wanted: Wanted, field: str) -> None:
    refused = quarantine.check_wanted(wanted)
    assert refused is not None and refused.field == field
    assert quarantine.check_wanted(Wanted("72f6752a2d", "Tide", "ingest")) is None


def test_what_came_without_a_url_is_not_fetched_again(desk: Desk) -> None:
    inline, fetched = fell(desk), fell(desk, stage="ingest", url="https://news.example/a")
    assert quarantine.count(desk.db, Wanted()) == Count(2, 1)
    (step,) = quarantine.redrive(desk.db, Wanted(), "ada", refetch=True)
    assert (step.moved, list(step.stayed)) == ([fetched], [inline])
    assert desk.db.execute("SELECT job_id, leg, run FROM line").fetchall() == [(fetched, "fetch", 2)]
    desk.check()


def test_a_job_that_fails_again_meanwhile_is_not_redriven_for_ever(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "CHUNK", 1)
    jobs = [fell(desk) for _ in range(3)]
    moved = []
    for step in islice(quarantine.redrive(desk.db, Wanted(), "ada"), 9):
        moved += step.moved
        failed = [Failed(job, ValueError("odd")) for job in step.moved]
        fail(desk.db, desk.flight(), "parse", "worker", failed, RetryPolicy(surprise=0))
    assert moved == jobs
    assert desk.value("SELECT count(*) FROM quarantine WHERE run = 2") == 3


def test_two_who_redrive_at_once_move_each_job_once(desk: Desk, connection: Callable[[], Connection]) -> None:
    crowd(desk, 3000, causes=1)
    both = Barrier(2)

    def redrive(who: str) -> list[int]:
        other = connection()
        both.wait()
        return [job for step in quarantine.redrive(other, Wanted(stage="parse"), who) for job in step.moved]

    with ThreadPoolExecutor(2) as pool:
        ada, bob = pool.map(redrive, ["ada", "bob"])
    assert sorted(ada + bob) == list(range(1, 3001))
    assert desk.value("SELECT count(*) FROM attempts WHERE kind = 'redriven'") == 3000
    assert desk.value("SELECT count(*) FROM line WHERE run = 2") == 3000


def test_a_job_that_has_moved_on_meanwhile_is_not_taken_by_its_old_cause(
    desk: Desk, connection: Callable[[], Connection]
) -> None:
    """Bob waits for ada's redrive of it; by the time he may, it has failed of another cause."""
    job = fell(desk, "a")
    cause = desk.value("SELECT fingerprint FROM quarantine")
    other = connection()
    with ThreadPoolExecutor(1) as pool:
        with desk.db.transaction():
            repair.redrive(desk.db, [job], "ada")
            failed = [Failed(job, ValueError("b"))]
            fail(desk.db, desk.flight(), "parse", "worker", failed, RetryPolicy(surprise=0))
            bob = pool.submit(lambda: list(quarantine.reject(other, Wanted(cause=cause), "bob", "no")))
            wait_for_lock(desk)
        assert bob.result() == []
    assert desk.value("SELECT run FROM quarantine") == 2


def wait_for_lock(desk: Desk) -> None:
    """Until somebody waits for what this transaction holds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    while not desk.value("SELECT pg_stat_clear_snapshot()") and not desk.value(waiting):
        pass


def test_what_is_rejected_by_hand_says_by_whom_and_why(desk: Desk) -> None:
    jobs = some(desk)
    (step,) = quarantine.reject(desk.db, Wanted(source="Tide"), "ada", "test pages")
    assert step.moved == sorted(jobs[name] for name in jobs if "Tide" in name)
    rows = desk.db.execute("SELECT DISTINCT outcome, reason, cause FROM outcomes").fetchall()
    assert rows == [("rejected", "by_hand", "test pages (ada)")]
    assert desk.value("SELECT job_id FROM quarantine") == jobs["a Gulf parse"]
    desk.check()


def test_what_was_not_moved_says_why(desk: Desk) -> None:
    jobs = some(desk)
    ready = desk.job()
    wanted = Wanted(stage="store", job_ids=[*jobs.values(), ready, 999])
    moved = quarantine.move(desk.db, wanted, quarantine.redrive(desk.db, wanted, "ada"), 100)
    assert (moved.number, moved.more) == (1, False)
    assert moved.stayed[ready] == f"job {ready} is not in quarantine: it is ready"
    assert moved.stayed[999] == "there is no job 999"
    assert moved.stayed[jobs["b Tide parse"]].endswith("in quarantine, but not for what was asked")


def test_more_than_can_be_moved_at_once_goes_on_after_the_last(desk: Desk) -> None:
    crowd(desk, 1100, causes=1)
    first = quarantine.move(desk.db, Wanted(), quarantine.redrive(desk.db, Wanted(), "ada"), 1000)
    assert (first.number, first.more, first.last) == (1000, True, 1000)
    rest = quarantine.redrive(desk.db, Wanted(), "ada", after=first.last)
    assert quarantine.move(desk.db, Wanted(), rest, 1000) == (100, {}, 1100, False)


def test_a_redriven_job_keeps_its_history(desk: Desk) -> None:
    job = fell(desk, "odd", source="Tide")
    (state,) = look.jobs(desk.db, ids=[job])
    before = look.timeline(desk.db, state)
    assert before[-1].details.endswith(f"; cause {desk.value('SELECT fingerprint FROM quarantine')}")
    list(quarantine.redrive(desk.db, Wanted(source="Tide"), "ada"))
    desk.flight(stage="store")
    desk.finish((job, 2))
    (state,) = look.jobs(desk.db, ids=[job])
    steps = [(step.what, step.details) for step in look.timeline(desk.db, state)]
    assert steps[1:] == [
        ("parse failed (surprise)", "run 1: ValueError: odd; on worker"),
        ("redriven", "run 1: redriven by ada"),
        ("rejected", "test: a test"),
    ]


def crowd(desk: Desk, number: int, causes: int) -> None:
    """So many quarantined jobs, of so many causes and ten sources, by one statement."""
    desk.db.execute(
        "WITH made AS (INSERT INTO jobs (id, producer, source, lane) SELECT id, 'test', 'source ' || id %% 10, 'live'"
        " FROM generate_series(1, %s) AS id)"
        " INSERT INTO captures (id, job_id, digest, bytes, body) SELECT id, id, '', 0, ''"
        " FROM generate_series(1, %s) AS id",
        [number, number],
    )
    desk.db.execute(
        "INSERT INTO quarantine (job_id, run, leg, lane, bytes, capture_day, capture_id, stage, kind, cause)"
        " SELECT id, 1, 'process', 'live', 0, now(), id, 'parse', 'surprise',"
        " 'Odd' || repeat('!', id %% %s) || ' ' || id || repeat(' and so on', 20) FROM generate_series(1, %s) AS id",
        [causes, number],
    )


def pages(desk: Desk, statement: str, **given: Any) -> int:
    """Pages read by the statement, as it is planned for what is given; what it does is undone."""
    with desk.db.transaction(force_rollback=True):
        explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}"
        row = desk.db.execute(explained.encode(), given, prepare=False).fetchone()
    assert row is not None
    plan = row[0][0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


def test_a_hundred_thousand_in_quarantine_are_grouped_and_sent_back_at_a_bounded_cost(desk: Desk) -> None:
    crowd(desk, 100_000, causes=200)
    desk.db.execute("ANALYZE")
    size = desk.value("SELECT pg_relation_size('quarantine') / 8192")
    everything: dict[str, Any] = {"cause": None, "source": None, "stage": None, "jobs": None}
    grouped = pages(desk, quarantine.queries.causes, limit=50, named=3, **everything)
    assert grouped <= 2 * size, "once through quarantine, and the samples"

    cause = desk.value("SELECT fingerprint FROM quarantine WHERE job_id = 70001")
    of_one = everything | {"cause": cause}
    # 500 jobs of a cause, each on a page of its own, and in the indexes of both tables.
    assert pages(desk, quarantine.queries.causes, limit=50, named=3, **of_one) <= 3 * 500
    assert pages(desk, quarantine.queries.jobs, limit=50, before=None, **of_one) <= 20 * 50
    for after in (0, 50_000):
        assert pages(desk, quarantine.queries.lock_next, after=after, limit=50, **of_one) <= 20 * 50
    assert size > 3000, "else none of these tells anything"

    assert len(quarantine.causes(desk.db, Wanted(), 1000)) == 200
    assert [len(step.moved) for step in quarantine.redrive(desk.db, Wanted(cause=cause), "ada")] == [500]
    assert desk.value("SELECT count(*) FROM line") == 500
