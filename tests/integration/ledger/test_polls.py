"""Polls fly as fetches do, one request at a time to each host, and what they saw is in the ledger once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from newsroom.desk import EPOCH, Desk, offer
from wireroom.database import Connection
from wireroom.dispatcher.__main__ import PLAN
from wireroom.errors import Transient
from wireroom.ledger import ends, flights, lost, pauses, poll_launch, polls, sources
from wireroom.ledger.launch import Flight
from wireroom.ledger.lost import Lost
from wireroom.ledger.offer import KEEP_SECONDS, Offer, Refused
from wireroom.ledger.pauses import Target
from wireroom.ledger.poll_launch import PollLauncher
from wireroom.ledger.poll_terms import Child, End, Ended, Peace, Shown, Tally, ToPoll
from wireroom.ledger.retention import expire
from wireroom.ledger.sources import Added, Asked, Change, Source, Wanted
from wireroom.urls import identity_hash

_numbers = count(1)


class Newsstand:
    """Sources on the ledger of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.db = desk.db
        self.launcher = PollLauncher(100)

    def add(self, *urls: str, **fields: Any) -> list[int]:
        """Add one after the other, so that they are due in this order."""
        answers = [sources.add(self.db, [Wanted(url=url, **fields)], "ada")[0] for url in urls]
        return [answer.id for answer in answers if isinstance(answer, Added)]

    def launch(self, *, sweep: bool = False) -> list[Flight]:
        return self.launcher.launch(self.db, EPOCH, sweep=sweep).flights

    def polled(self) -> list[int]:
        """Launch what is due; the sources that fly, in their order."""
        self.launch()
        return [id_ for (id_,) in self.db.execute("SELECT id FROM sources WHERE flight_id IS NOT NULL ORDER BY id")]

    def start(self) -> tuple[int, ToPoll]:
        """Launch and start the one that is due."""
        (flight,) = self.launch()
        assert flights.start(self.db, flight.id, flight.stage, "worker")
        wanted = polls.to_poll(self.db, flight.id)
        assert wanted is not None
        return flight.id, wanted

    def finish(self, *shown: Shown, flight: tuple[int, ToPoll] | None = None, **fields: Any) -> Ended | None:
        """End a poll that saw these."""
        number, source = flight or self.start()
        children, before = fields.pop("children", ()), fields.pop("before", Tally())
        given: dict[str, Any] = {"status": "read", "seconds": 0.1, "url": source.url, "wait": 600.0, "pace": 600.0}
        end = End(**given | fields)
        tickets = self.desk.tickets
        return polls.finish(self.db, number, source, end, before, shown, tickets, children=children, peace=Peace(60.0))

    def land(self) -> None:
        """All polls in flight end, and the next ones are far away."""
        for (flight,) in self.db.execute("SELECT flight_id FROM sources WHERE flight_id IS NOT NULL").fetchall():
            source = polls.to_poll(self.db, flight)
            assert source is not None
            self.finish(flight=(flight, source))

    def hurry(self) -> None:
        self.db.execute("UPDATE sources SET due_at = now() - interval '1 second' WHERE flight_id IS NULL")
        self.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")

    def source(self, id_: int) -> Source:
        (found,) = sources.find(self.db, Asked(ids=[id_]), 1)
        return found


def shown(url: str, digest: bytes = b"as it was", *, fresh: float = KEEP_SECONDS) -> Shown:
    """An entry of a feed."""
    made = offer(url=url, producer="sources", source="Tide")
    return Shown(identity_hash(url), digest, Offer(**vars(made) | {"fresh_seconds": fresh}))


@pytest.fixture
def stand(desk: Desk) -> Newsstand:
    return Newsstand(desk)


def test_what_is_added_is_due_once_and_answers_with_itself_again(stand: Newsstand) -> None:
    wanted = [Wanted(url=url) for url in ("http://a.example/feed", "https://a.example/feed", "ftp://a.example/")]
    first, again, refused = sources.add(stand.db, wanted, "ada")
    assert isinstance(first, Added) and first.new and again == Added(first.id, new=False)
    assert isinstance(refused, Refused) and refused.field == "url"
    assert sources.add(stand.db, wanted[:1], "bob") == [Added(first.id, new=False)]
    assert stand.polled() == [first.id] and stand.launch() == []
    assert (stand.source(first.id).added_by, stand.source(first.id).source) == ("ada", "a.example")


def test_each_host_is_asked_by_one_poll_at_a_time_in_the_order_in_which_they_were_due(stand: Newsstand) -> None:
    ids = stand.add(*(f"https://a.example/{n}" for n in range(5)), "https://b.example/")
    for turn, id_ in enumerate(ids[:-1]):
        assert stand.polled() == [id_] + [ids[-1]] * (turn == 0)
        stand.land()
        assert stand.polled() == []
        stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")


def test_live_sources_of_a_host_go_before_its_archive(stand: Newsstand) -> None:
    archive = stand.add(*(f"https://a.example/{n}" for n in range(3)), lane="backfill")
    assert len(stand.polled()) == 1
    (live,) = stand.add("https://a.example/live")
    assert len(stand.polled()) == 1
    stand.land()
    stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
    assert stand.polled() == [live] and live > max(archive)


def test_pages_and_polls_of_one_host_take_turns(stand: Newsstand) -> None:
    stand.add(*(f"https://a.example/feed{n}" for n in range(5)))
    for n in range(60):
        stand.desk.job(url=f"https://a.example/{n}")
    turns = ""
    for _ in range(6):
        for leg in ("fetch", "poll"):
            launched = stand.desk.launch("fetch") if leg == "fetch" else stand.launch()
            turns += leg[0] * len(launched)
        assert len(turns) <= 1 or turns[-1] != turns[-2], turns
        stand.land()
        for (flight,) in stand.db.execute("SELECT DISTINCT flight_id FROM line WHERE flight_id IS NOT NULL").fetchall():
            for one in flights.pages_to_fetch(stand.db, flight):
                stand.desk.fail(flight, one.job_id, Transient("no"), stage="ingest")
        stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
    assert turns == "fpfpfp"


def test_a_host_is_not_kept_for_a_leg_that_launches_nothing(stand: Newsstand) -> None:
    stand.add("https://a.example/feed1", "https://a.example/feed2")
    stand.desk.job(url="https://a.example/1")
    stand.polled()
    pauses.pause(stand.db, Target("leg", "poll"), "ada")
    stand.land()
    stand.db.execute("UPDATE hosts SET turn = 'poll', next_at = now() - interval '10 seconds'")
    assert len(stand.desk.launch("fetch")) == 1


def test_the_fetch_of_a_page_waits_for_the_poll_of_its_host(stand: Newsstand) -> None:
    stand.add("https://a.example/feed")
    assert len(stand.polled()) == 1
    stand.desk.job(url="https://a.example/1")
    assert stand.desk.launch("fetch") == []
    stand.land()
    stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
    assert len(stand.desk.launch("fetch")) == 1
    stand.hurry()
    assert stand.polled() == []


@pytest.mark.parametrize(
    "target",
    [
        Target("line"), Target("leg", "poll"), Target("lane", "live"), Target("source", "a.example"),
        Target("host", "a.example"),
    ],
)  # fmt: skip
def test_what_is_paused_is_not_polled_until_it_is_resumed(stand: Newsstand, target: Target) -> None:
    stand.add("https://a.example/feed")
    pauses.pause(stand.db, target, "ada")
    assert stand.polled() == []
    pauses.resume(stand.db, target)
    stand.hurry()
    assert len(stand.polled()) == 1


def test_a_paused_source_is_polled_no_more_and_a_resumed_one_at_once(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    assert sources.pause(stand.db, [id_], "ada", "too many") == [id_] and sources.pause(stand.db, [id_], "bob") == []
    assert stand.polled() == [] and sources.poll_now(stand.db, [id_]) == []
    assert (stand.source(id_).state, stand.source(id_).paused_why) == ("paused", "too many")
    assert sources.resume(stand.db, [id_]) == [id_] and stand.polled() == [id_]


def test_polls_are_bounded(stand: Newsstand) -> None:
    stand.add(*(f"https://h{n}.example/" for n in range(10)))
    stand.launcher = PollLauncher(3)
    assert len(stand.polled()) == 3 and stand.launch() == []


def test_a_poll_that_is_lost_is_due_again_and_only_a_stalled_one_counts(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.start()
    for rule, failures in (("epoch", 0), ("stalled", 1)):
        (flight,) = lost.live_flights(stand.db)
        assert lost.take_back(stand.db, Lost(flight, rule), delay=0) == []  # type: ignore[arg-type]
        assert stand.source(id_).failures == failures
        stand.hurry()
        assert stand.polled() == [id_]
    assert [one.cause for one in sources.last_polls(stand.db, id_)] == ["the worker was lost at poll"]


def test_a_source_whose_flight_is_gone_is_found_by_a_sweep(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    assert stand.polled() == [id_]
    stand.db.execute("DELETE FROM flights")
    assert stand.launch() == [] and len(stand.launch(sweep=True)) == 1


def test_entries_are_accepted_with_the_poll_and_known_afterwards(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    urls = ["https://a.example/1", "https://a.example/2"]
    ended = stand.finish(*map(shown, urls), before=Tally(known=3, refused=1, causes=("no address",)), kind="rss")
    assert ended is not None and (ended.tally.accepted, ended.tally.known, ended.tally.seen) == (2, 3, 6)
    (poll,) = sources.last_polls(stand.db, id_)
    assert (poll.accepted, poll.known, poll.refused, poll.cause) == (2, 3, 1, "1 refused: no address")
    known = polls.known(stand.db, id_, [identity_hash(url) for url in urls])
    assert known == {identity_hash(url): b"as it was" for url in urls}
    assert (stand.source(id_).kind, stand.source(id_).state) == ("rss", "polled")
    stand.desk.check()


def test_whoever_was_superseded_accepts_nothing(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    old = stand.start()
    (flight,) = lost.live_flights(stand.db)
    lost.take_back(stand.db, Lost(flight, "epoch"), delay=0)
    stand.hurry()
    new = stand.start()
    entry = shown("https://a.example/1")
    assert polls.take(stand.db, old[0], id_, [entry], stand.desk.tickets) is None
    assert stand.finish(entry, flight=old) is None and stand.desk.value("SELECT count(*) FROM jobs") == 0
    assert stand.finish(entry, flight=new) is not None and stand.desk.value("SELECT count(*) FROM jobs") == 1


def test_a_removed_source_takes_its_entries_along_and_leaves_its_polls(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.finish(shown("https://a.example/1"))
    stand.hurry()
    flight = stand.start()
    assert sources.remove(stand.db, [id_]) == [id_] and sources.remove(stand.db, [id_]) == []
    assert stand.finish(flight=flight) is None
    assert stand.desk.value("SELECT count(*) FROM entries") == 0
    assert len(sources.last_polls(stand.db, id_)) == 1
    stand.desk.check()


def end_of(desk: Desk, job: int, days: int, *, rejected: bool = False) -> None:
    """The job has ended so many days ago."""
    unchanged = ends.End(job, "unchanged", article_id=1, version=1)
    with desk.db.transaction():
        ends.lock_runs(desk.db, [(job, 1)])
        ends.end(desk.db, [ends.End(job, "rejected", "gone", "a test") if rejected else unchanged])
    desk.db.execute("UPDATE offers SET until = now() - make_interval(days => %s) WHERE job_id = %s", [days, job])


@pytest.mark.parametrize(("days", "sighted"), [(0, 1), (29, 1), (30, 0)])
def test_an_article_that_others_offered_within_thirty_days_is_not_fetched_again(
    stand: Newsstand, days: int, sighted: int
) -> None:
    stand.add("https://a.example/feed")
    job = stand.desk.job(url="https://b.example/1?utm_source=x")
    end_of(stand.desk, job, days)
    assert expire(stand.db) == 0
    ended = stand.finish(shown("https://b.example/1"))
    assert ended is not None and (ended.tally.sighted, ended.tally.accepted) == (sighted, 1 - sighted)
    seen = stand.db.execute("SELECT job_id, url FROM sightings").fetchall()
    assert seen == [(job, "https://b.example/1")] * sighted


def test_an_article_whose_offer_was_rejected_is_fetched_for_the_next_feed(stand: Newsstand) -> None:
    stand.add("https://a.example/feed")
    job = stand.desk.job(url="https://m.b.example/1")
    end_of(stand.desk, job, 1, rejected=True)
    ended = stand.finish(shown("https://b.example/1"))
    assert ended is not None and (ended.tally.sighted, ended.tally.accepted) == (0, 1)


def test_a_changed_entry_is_offered_by_the_ordinary_rules(stand: Newsstand) -> None:
    stand.add("https://a.example/feed")
    job = stand.desk.job(url="https://b.example/1")
    end_of(stand.desk, job, 1)
    ended = stand.finish(shown("https://b.example/1", b"otherwise now", fresh=0.0))
    assert ended is not None and ended.tally.accepted == 1


def test_a_change_that_came_while_its_article_could_not_be_offered_is_offered_by_the_next_poll(
    stand: Newsstand,
) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.desk.job(url="https://b.example/1")
    mark = identity_hash("https://b.example/1")
    for changed, digest in ((datetime.now(UTC), polls.UNSETTLED), (datetime(2025, 1, 1, tzinfo=UTC), b"as it was")):
        ended = stand.finish(shown("https://b.example/1")._replace(changed=changed), etag='"1"', digest=b"bytes")
        assert ended is not None and ended.tally.sighted == 1
        assert polls.known(stand.db, id_, [mark]) == {mark: digest}
        stand.hurry()
        flight = stand.start()
        # What is to be offered again must not be hidden by an answer that nothing is new.
        assert (flight[1].etag is None, flight[1].digest is None) == (digest == polls.UNSETTLED,) * 2
        stand.finish(flight=flight)
        stand.hurry()


def test_one_bad_entry_spoils_no_other(stand: Newsstand) -> None:
    stand.add("https://a.example/feed")
    bad = shown("https://b.example/bad")
    bad = bad._replace(offer=Offer(**vars(bad.offer) | {"meta": '{"feed": "\\u0000"}'}))
    ended = stand.finish(shown("https://b.example/1"), bad)
    assert ended is not None and (ended.tally.accepted, ended.tally.refused) == (1, 1)
    assert ended.cause is not None and "Postgres cannot keep it" in ended.cause


def test_a_source_that_moved_is_polled_there_and_its_entries_stay(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.finish(shown("https://a.example/1"), moved_to="https://b.example/feed")
    found = stand.source(id_)
    assert (found.url, found.host) == ("https://b.example/feed", "b.example")
    assert sources.last_polls(stand.db, id_)[0].moved_to == "https://b.example/feed"
    assert stand.add("https://b.example/feed") == [id_] and stand.add("https://a.example/feed") != [id_]


def test_a_source_that_moved_to_the_address_of_another_is_held_and_says_so(stand: Newsstand) -> None:
    (other,) = stand.add("https://b.example/feed")
    stand.finish()
    (id_,) = stand.add("https://a.example/feed")
    stand.finish(moved_to="https://b.example/feed")
    found = stand.source(id_)
    assert (found.state, found.url) == ("paused", "https://a.example/feed")
    assert found.paused_why == f"it moved to https://b.example/feed, which is source {other} already"


def test_a_poll_that_is_led_to_another_host_waits_for_that_one(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    flight, source = stand.start()
    stand.db.execute("INSERT INTO hosts (host, next_at) VALUES ('b.example', now() + interval '1 hour')")
    assert polls.lead(stand.db, flight, source, "https://b.example/feed", Peace(1.0), for_good=False)
    assert stand.polled() == []
    stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
    number, again = stand.start()
    assert (again.ask, again.url, again.hops, again.for_good) == (
        "https://b.example/feed", "https://a.example/feed", 1, False,
    )  # fmt: skip
    stand.finish(flight=(number, again))
    assert (stand.source(id_).host, stand.source(id_).url) == ("a.example", "https://a.example/feed")


def test_a_failing_source_keeps_what_is_known_of_it(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.finish(kind="rss", etag='"1"', pace=700.0)
    for failures in (1, 2):
        stand.hurry()
        stand.finish(status="failed", cause="no answer")
        assert (stand.source(id_).failures, stand.source(id_).state) == (failures, "failing")
    stand.hurry()
    _, source = stand.start()
    assert (source.etag, source.pace, source.kind) == ('"1"', 700.0, "rss")


def child(url: str, digest: bytes) -> Child:
    return Child(sources.identity(url), digest, Wanted(url=url, source="Tide"))


def test_what_an_index_leads_to_is_polled_and_what_was_removed_stays_removed(stand: Newsstand) -> None:
    (index,) = stand.add("https://a.example/index.xml")
    ended = stand.finish(children=[child("https://a.example/1.xml", b"1"), child("https://a.example/2.xml", b"1")])
    assert ended is not None and ended.found == 2
    found = sources.find(stand.db, Asked(found_by=index), 10)
    assert [(one.source, one.added_by) for one in found] == [("Tide", f"source {index}")] * 2
    hashes = [sources.identity(one.url) for one in found]
    assert len(polls.known(stand.db, index, hashes)) == 2
    sources.remove(stand.db, [found[0].id])
    stand.desk.check()


def test_an_indexs_word_that_nothing_changed_puts_a_poll_off_and_that_something_did_hastens_it(
    stand: Newsstand,
) -> None:
    (index,) = stand.add("https://a.example/index.xml")
    stand.finish(children=[child("https://b.example/1.xml", b"1"), child("https://b.example/2.xml", b"1")])
    one, two = (found.id for found in sources.find(stand.db, Asked(found_by=index), 10))
    for _ in range(2):
        stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
        stand.finish(kind="sitemap")
    stand.db.execute("UPDATE sources SET due_at = now() + interval '1 minute' WHERE found_by IS NOT NULL")
    stand.db.execute("UPDATE sources SET due_at = now() - interval '1 minute' WHERE id = %s", [index])
    stand.db.execute("UPDATE hosts SET next_at = now() - interval '1 second'")
    flight, source = stand.start()
    end = End("read", 0.1, source.url, 600.0, pace=600.0)
    told = child("https://b.example/2.xml", b"2")
    unchanged = [sources.identity("https://b.example/1.xml")]
    polls.finish(stand.db, flight, source, end, Tally(), (), stand.desk.tickets, children=[told], unchanged=unchanged)
    statement = "SELECT id, extract(epoch FROM due_at - now())::int FROM sources"
    waits: dict[int, int] = dict(stand.db.execute(statement).fetchall())
    assert 700 < waits[one] < 730 and waits[two] <= 0


def test_changes_by_a_person_are_checked_and_kept(stand: Newsstand) -> None:
    (id_,) = stand.add("https://a.example/feed")
    stand.finish(wait=80_000.0)
    refused = sources.check_change(Change(fastest=0.1))
    assert refused is not None and refused.field == "fastest"
    assert sources.change(stand.db, [id_], Change(slowest=600.0, source="Tide", robots=False)) == [id_]
    found = stand.source(id_)
    assert (found.slowest, found.source, found.robots, found.lane) == (600.0, "Tide", False, "live")
    assert stand.desk.value("SELECT due_at <= now() + interval '600 seconds' FROM sources")
    sources.change(stand.db, [id_], Change(slowest=None))
    assert stand.source(id_).slowest is None and stand.source(id_).source == "Tide"


def test_sources_are_listed_by_what_is_asked_page_by_page(stand: Newsstand) -> None:
    ids = stand.add(*(f"https://h{n}.example/" for n in range(4)))
    sources.pause(stand.db, ids[:1], "ada")
    assert [one.id for one in sources.find(stand.db, Asked(), 2, after=ids[0])] == ids[1:3]
    assert [one.id for one in sources.find(stand.db, Asked(state="paused"), 9)] == ids[:1]
    assert [one.id for one in sources.find(stand.db, Asked(state="new", source="h2.example"), 9)] == ids[2:3]


def test_a_claim_costs_the_same_with_thousands_of_polls_that_wait_for_one_host(stand: Newsstand) -> None:
    def crowd(first: int, number: int) -> None:
        wanted = [Wanted(url=f"https://crowd.example/{n}") for n in range(first, first + number)]
        for start in range(0, number, sources.CHUNK):
            sources.add(stand.db, wanted[start : start + sources.CHUNK], "ada")
        while stand.launcher.launch(stand.db, EPOCH).more:
            pass

    def buffers() -> int:
        total = 0
        for name in ("call", "due"):
            given = {"most": 64, "limit": 256, "lane": "live", "patience": 5.0}
            with stand.db.transaction(force_rollback=True):
                for setting, value in PLAN.items():
                    stand.db.execute("SELECT set_config(%s, %s, true)", [setting, value])
                statement = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {getattr(poll_launch.queries, name)}"
                row = stand.db.execute(statement.encode(), given).fetchone()
                assert row is not None
                plan = row[0][0]["Plan"]
                total += plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return total

    crowd(0, 100)
    stand.db.execute("VACUUM sources, hosts")
    few = buffers()
    crowd(100, 5000)
    stand.db.execute("VACUUM sources, hosts")
    assert stand.desk.value("SELECT count(*) FROM sources WHERE parked") == 5099
    assert buffers() <= few * 2


def test_two_dispatchers_never_poll_a_source_or_a_host_twice(
    stand: Newsstand, connection: Callable[[], Connection]
) -> None:
    stand.add("https://a.example/1", "https://a.example/2")
    other = connection()
    with other.transaction():
        launched = PollLauncher(10).launch(other, EPOCH).flights
        assert len(launched) == 1 and stand.launch() == [] and stand.desk.launch("fetch") == []
    assert stand.launch() == []
