"""From a feed on the net to records: real polls of a real web, through a whole line."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from newsroom.databases import database_of
from newsroom.line import Line
from newsroom.newsstand import Display, Newsstand
from wireroom.embedded import EmbeddedPostgres
from wireroom.ledger import sources
from wireroom.ledger.sources import Added, Asked, Source, Wanted
from wireroom.records import article

NEW = "Fri, 02 May 2025 10:15:00 GMT"


@pytest.fixture(scope="module")
def stand() -> Iterator[Newsstand]:
    with Newsstand() as stand:
        yield stand


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    with database_of(postgres, "polled") as database, Line(database, tmp_path_factory.mktemp("polled")) as line:
        yield line


def add(line: Line, *urls: str) -> list[int]:
    """Add sources, and wait for their first poll."""
    answers = sources.add(line.db, [Wanted(url=url, source="Harbour Wire") for url in urls], "ada")
    ids = [answer.id for answer in answers if isinstance(answer, Added)]
    wait_for_polls(line, ids, 1)
    return ids


def wait_for_polls(line: Line, ids: list[int], number: int) -> None:
    line.broker.wake()
    statement = b"SELECT count(*) FROM polls WHERE source_id = ANY(%s)"
    line.wait(lambda: line.db.execute(statement, [ids]).fetchone() == (number * len(ids),), "polls to end")


def poll(line: Line, id_: int) -> sources.PollEnd:
    """Poll it once more."""
    before = len(sources.last_polls(line.db, id_))
    assert sources.poll_now(line.db, [id_]) == [id_]
    wait_for_polls(line, [id_], before + 1)
    return sources.last_polls(line.db, id_)[0]


def source(line: Line, id_: int) -> Source:
    (found,) = sources.find(line.db, Asked(ids=[id_]), 1)
    return found


def test_a_feed_in_and_articles_out_with_what_the_feed_said(line: Line, stand: Newsstand) -> None:
    pages = [stand.url(n) for n in range(1, 4)]
    bad = ("", NEW)
    stand.display["/feed"] = Display(stand.feed([*((page, NEW) for page in pages), bad]), headers={"ETag": '"1"'})
    (id_,) = add(line, stand.url("feed"))
    line.drain()
    (ended,) = sources.last_polls(line.db, id_)
    assert (ended.status, ended.seen, ended.accepted, ended.refused) == ("read", 4, 3, 1), ended
    assert ended.cause is not None and "no address" in ended.cause
    assert set(line.outcomes().values()) == {"stored"}
    (job,) = (job for job, url in line.db.execute("SELECT id, url FROM jobs").fetchall() if url == pages[0])
    record = line.record(job)
    assert record.source == "Harbour Wire"
    assert record.meta["feed"] == {
        "url": stand.url("feed"), "title": f"Of {pages[0]}", "published": "2025-05-02T10:15:00+00:00",
        "summary": f"What the feed says of {pages[0]}", "categories": ["harbours"],
    }  # fmt: skip
    assert article(line.db, record.article_id) is not None
    assert poll(line, id_)[2:4] == ("unchanged", 304)
    stand.display["/feed"] = Display(stand.feed([(page, NEW) for page in (stand.url(4), *pages)]))
    again = poll(line, id_)
    assert (again.status, again.seen, again.known, again.accepted) == ("read", 4, 3, 1)
    line.drain()
    assert all(stand.asked[f"/{n}"] == 1 for n in range(1, 5))
    stand.display["/feed"] = Display(stand.feed([(stand.url(n), NEW) for n in range(5, 10)]))
    assert poll(line, id_).cause == "may have missed entries: none of those it shows was known"
    line.drain()
    line.check()


def test_an_article_of_two_feeds_is_fetched_once_and_both_are_told(line: Line, stand: Newsstand) -> None:
    for name in ("one", "two"):
        stand.display[f"/{name}"] = Display(stand.feed([(f"{stand.url(11)}?utm_source={name}", NEW)]))
    ids = add(line, stand.url("one"), stand.url("two", host=2))
    line.drain()
    ends = [sources.last_polls(line.db, id_)[0] for id_ in ids]
    assert sorted((end.accepted, end.sighted) for end in ends) == [(0, 1), (1, 0)]
    assert sum(number for path, number in stand.asked.items() if path.startswith("/11")) == 1
    seen = line.db.execute("SELECT url, meta->'feed'->>'url' FROM sightings ORDER BY id DESC LIMIT 1").fetchone()
    assert seen is not None and "utm_source" in seen[0] and seen[1].rpartition("/")[2] in ("one", "two")
    line.check()


def test_a_home_page_leads_to_its_feeds_and_sitemaps_and_they_to_articles(line: Line, stand: Newsstand) -> None:
    home = '<html><title>Home</title><link rel="alternate" type="application/rss+xml" href="/found"></html>'
    stand.display["/"] = Display(home, headers={"Content-Type": "text/html"})
    stand.display["/robots.txt"] = Display(f"User-agent: *\nDisallow: /secret\nSitemap: {stand.url('index', host=3)}\n")
    stand.display["/found"] = Display(stand.feed([(stand.url(21, host=3), NEW)]))
    stand.display["/index"] = Display(stand.sitemap([(stand.url("map", host=3), "2026-05-02")], index=True))
    stand.display["/map"] = Display(stand.sitemap([(stand.url(n, host=3), "2026-05-02") for n in (21, 22)]))
    (id_,) = add(line, stand.url("", host=3))
    kinds = "SELECT count(*) FROM sources WHERE host = '127.0.0.3' AND kind IS NOT NULL"
    line.wait(lambda: line.db.execute(kinds).fetchone() == (4,), "all that was found to be polled")
    line.drain()
    listed = sources.find(line.db, Asked(source="Harbour Wire"), 99)
    found = {one.kind: one for one in listed if one.host == "127.0.0.3"}
    assert found.keys() == {"page", "rss", "sitemap_index", "sitemap"}
    assert [found[kind].found_by for kind in ("rss", "sitemap_index", "sitemap")] == [
        id_, id_, found["sitemap_index"].id,
    ]  # fmt: skip
    stored = "SELECT count(*) FROM articles WHERE url LIKE '%127.0.0.3%'"
    assert line.db.execute(stored.encode()).fetchone() == (2,)
    assert stand.asked["/21"] == 1
    line.check()


def test_what_robots_do_not_allow_is_not_polled_and_says_so(line: Line, stand: Newsstand) -> None:
    stand.display["/robots.txt"] = Display("User-agent: *\nDisallow: /secret\n")
    stand.display["/secret"] = Display(stand.feed([(stand.url(31), NEW)]))
    (id_,) = add(line, stand.url("secret", host=4))
    assert source(line, id_).state == "failing"
    assert "robots.txt" in (sources.last_polls(line.db, id_)[0].cause or "")
    assert "/secret" not in stand.asked
    sources.change(line.db, [id_], sources.Change(robots=False))
    assert poll(line, id_).accepted == 1
    line.drain()


def test_a_source_that_moved_is_followed_and_a_failing_one_is_never_dropped(line: Line, stand: Newsstand) -> None:
    stand.display["/robots.txt"] = Display("", status=404)
    stand.display["/new"] = Display(stand.feed([(stand.url(41), NEW)]))
    stand.display["/old"] = Display(status=301, headers={"Location": "/new"})
    stand.display["/away"] = Display(status=302, headers={"Location": stand.url("new2", host=6)})
    stand.display["/new2"] = Display(stand.feed([(stand.url(42), NEW)]))
    stand.display["/broken"] = Display("<html", status=503, headers={"Retry-After": "7"})
    stand.display["/gone"] = Display(status=410)
    hosts = {"old": 5, "away": 5, "broken": 7, "gone": 8}
    old, away, broken, gone = add(line, *(stand.url(name, host=host) for name, host in hosts.items()))
    assert (source(line, old).url, source(line, away).url) == (stand.url("new", host=5), stand.url("away", host=5))
    assert sources.last_polls(line.db, old)[0].moved_to == stand.url("new", host=5)
    assert (source(line, away).host, sources.last_polls(line.db, away)[0].accepted) == ("127.0.0.5", 1)
    for id_, cause in ((broken, "503"), (gone, "410")):
        assert source(line, id_).state == "failing" and cause in (source(line, id_).cause or "")
    statement = "SELECT id, extract(epoch FROM due_at - now())::int FROM sources"
    waits: dict[int, int] = dict(line.db.execute(statement).fetchall())
    assert 200 < waits[broken] < 4000 and waits[gone] > 86_000
    stand.display["/broken"] = Display(stand.feed([(stand.url(43), NEW)]))
    line.db.execute("UPDATE hosts SET next_at = now()")
    assert poll(line, broken).accepted == 1 and source(line, broken).failures == 0
    line.wait(partial(line.log, about="source_moved"), "the log to tell of the move")  # type: ignore[arg-type]
    line.drain()
    line.check()
