"""Whoever dies between whichever two steps: everything is stored once, and nobody was told what is not so."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import httpx
import pytest
import redis

from newsroom.databases import database_of
from newsroom.doomed import COMMAND, PRODUCER, Doomed, Moody, Scenario, closed
from newsroom.line import stopped, story
from newsroom.morgue import age
from newsroom.pages import Web
from wireroom.client import Client
from wireroom.client.answers import Accepted
from wireroom.client.jobs import Fields
from wireroom.crash import VARIABLE, Point
from wireroom.embedded import EmbeddedPostgres
from wireroom.ledger import sources
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.sources import Added, Wanted
from wireroom.logs import Event
from wireroom.topology import INTAKE_LIST, queue_name

ERROR_PAGE = "<html><title>Page not found</title><h1>Page not found</h1><p>Sorry for that, number {}.</p></html>"
FAILING = (Point.FAIL_WRITTEN, Point.FAIL_COMMITTED)


def by_http(line: Doomed) -> None:
    """Three producers at once, with our client: many texts, many pages, one text after the other."""
    texts: list[Fields] = [{"key": str(n), "text": story(n)} for n in line.numbers(160)]
    pages: list[Fields] = [{"key": str(n), "url": line.page(n)} for n in line.numbers(40)]
    singles: list[Fields] = [{"key": str(n), "text": story(n)} for n in line.numbers(10)]

    def many(jobs: list[Fields]) -> list[Accepted]:
        with Client(line.url, producer=PRODUCER) as client:
            return [answer for answer in client.submit_many(jobs) if isinstance(answer, Accepted)]

    def one_by_one(jobs: list[Fields]) -> list[Accepted]:
        with Client(line.url, producer=PRODUCER) as client:
            return [client.submit(**job) for job in jobs]

    with ThreadPoolExecutor(3) as producers:
        offering = [producers.submit(many, texts), producers.submit(many, pages), producers.submit(one_by_one, singles)]
    held = {answer.key: answer.job_id for one in offering for answer in one.result()}
    assert len(held) == len(texts + pages + singles)
    line.held |= held


def by_crowd(line: Doomed) -> None:
    line.crowd()


def by_long_request(line: Doomed) -> None:
    """More lines than one transaction takes, sent again until they are answered."""
    numbers = line.numbers(CHUNK + 20)
    jobs = [{"text": story(n), "producer": PRODUCER, "key": str(n)} for n in numbers]
    content = b"\n".join(json.dumps(job).encode() for job in jobs)
    answer = None
    while answer is None:
        try:
            answer = httpx.post(
                f"{line.url}/v1/articles", content=content, headers={"content-type": "application/x-ndjson"},
                timeout=30.0, trust_env=False,
            )  # fmt: skip
        except httpx.TransportError:
            time.sleep(0.1)
    answers = [json.loads(told)["job_id"] for told in answer.raise_for_status().text.splitlines()]
    line.held |= dict(zip(map(str, numbers), answers, strict=True))


def by_list(line: Doomed) -> None:
    """Good ones and a bad one, pushed onto Redis; the bad one is refused once."""
    refused = line.count("refusals")
    items = [json.dumps({"text": story(n), "producer": PRODUCER, "key": str(n)}) for n in line.numbers(200)]
    with redis.Redis.from_url(line.valkey.url) as client:
        client.lpush(INTAKE_LIST, *items[:100], "{}", *items[100:])
    line.settle()
    assert line.count("refusals") == refused + 1


def by_moves(line: Doomed) -> None:
    """Among others, pages that are on another host than was thought."""
    line.accept({n: {"url": line.page(n, "moved/")} for n in line.numbers(5)})
    line.crowd()


def by_unusable(line: Doomed) -> None:
    """Among others, pages that are gone, and some that tell of an error."""
    contents = {n: {"url": line.page(n, "gone-")} for n in line.numbers(5, "rejected")}
    line.accept(contents | {n: {"html": ERROR_PAGE.format(n)} for n in line.numbers(5, "rejected")})
    line.crowd()


def by_a_busy_site(line: Doomed) -> None:
    """Pages that cannot be had at first."""
    with closed():
        line.accept({n: {"url": line.page(n, "closed/")} for n in line.numbers(4)})
        line.crowd()
        line.wait(lambda: all(line.has_died(point, "ingest") for point in FAILING), "a death")


def by_unreadable(line: Doomed) -> None:
    """An article that store cannot read, nor the flight in which it is."""
    contents = {n: {"text": story(n)} for n in line.numbers(20)}
    (culprit,) = line.numbers(1, "quarantined")
    line.accept(contents | {culprit: {"text": f"{story(culprit)}\n\nThe word is NAN, the captain said.\n"}})
    line.crowd()


def by_a_dead_child(line: Doomed) -> None:
    """A child of parse dies, too: its parent has a flight to hand back."""
    line.arm(Point.STARTED, "parse")
    line.crowd()


def by_the_unreadable_and_the_dead(line: Doomed) -> None:
    """Flights are handed back by a worker, by a parent, and, as these die of it, by the dispatcher."""
    by_unreadable(line)
    by_a_dead_child(line)


def by_a_flush(line: Doomed) -> None:
    """Redis forgets flights that wait for parse."""
    with stopped(line.supervisor.pids()["parse"]):
        line.crowd()
        line.wait(lambda: any(line.broker.waiting([queue_name("parse")]).values()), "flights to wait for parse")
        with redis.Redis.from_url(line.valkey.url) as client:
            client.flushall()
        line.wait(lambda: line.has_died(Point.TAKE_BACK_COMMITTED, "dispatcher"), "a death")


def by_a_feed(line: Doomed, entries: int = 30) -> None:
    """Two feeds that show the same articles."""
    pages = [line.page(n) for n in line.numbers(entries)]
    feed = "".join(f"<item><title>Of it</title><link>{page}</link></item>" for page in pages)
    Moody.feed = f'<rss version="2.0"><channel><title>All</title>{feed}</channel></rss>'
    wanted = [Wanted(url=line.web.url("feed", host=host), source="Harbour Wire") for host in (101, 102)]
    ids = [added.id for added in sources.add(line.db, wanted, "test") if isinstance(added, Added)]
    before = sum(sources.poll_counts(line.db, ids).values())
    sources.poll_now(line.db, ids)
    line.broker.wake()
    line.wait(lambda: sum(sources.poll_counts(line.db, ids).values()) >= before + 2, "both feeds to be polled")


def by_a_long_feed(line: Doomed) -> None:
    """More entries than one transaction takes."""
    by_a_feed(line, CHUNK + 20)


def by_hand(line: Doomed) -> None:
    """A person sends a page back to the line that could not be had, and again, as the command broke off."""
    (number,) = line.numbers(1)
    with closed():
        line.accept({number: {"url": line.page(number, "closed/")}})
        line.wait(lambda: line.count("line") == 0, "quarantine")
    committed = not line.has_died(Point.REDRIVE_COMMITTED, COMMAND)
    assert redrive(line, number) == -signal.SIGKILL
    # What was committed is done; whoever does not know it says it again.
    assert redrive(line, number) == (1 if committed else 0)


def redrive(line: Doomed, number: int) -> int:
    return command(line, "redrive", str(line.held[str(number)]))


def command(line: Doomed, *arguments: str) -> int:
    argv = [sys.executable, "-m", "wireroom.cli.main", *arguments]
    env = os.environ | line.env | {VARIABLE: line.told}
    return subprocess.run(argv, env=env, capture_output=True, check=False).returncode


def by_replay(line: Doomed) -> None:
    """A parser was mended: a person lets an article be read anew, and again, as the command broke off."""
    (number,) = line.numbers(1)
    line.accept({number: {"text": story(number)}})
    line.settle()
    id_ = line.record(line.held[str(number)]).article_id
    age(line.db, id_, title=f"Older {number} title")
    line.expect_replay()
    assert command(line, "replay", str(id_), "--yes") == -signal.SIGKILL
    assert command(line, "replay", str(id_), "--yes") == 0


def by_a_new_hour(line: Doomed) -> None:
    """An hour is over that no dispatcher has counted: the next one to begin finds it."""
    line.crowd()
    line.db.execute("DELETE FROM volume_hours")
    os.kill(line.supervisor.pids()["dispatcher"], signal.SIGKILL)


SCENARIOS: Mapping[Point, Scenario] = {
    Point.ACCEPT_WRITTEN: Scenario(("gateway",), 2, by_http),
    Point.ACCEPT_COMMITTED: Scenario(("gateway",), 2, by_http),
    Point.ANSWERED: Scenario(("gateway",), 2, by_http),
    Point.ACCEPT_BETWEEN_CHUNKS: Scenario(("gateway",), 1, by_long_request),
    Point.LIST_TAKEN: Scenario(("gateway",), 1, by_list),
    Point.LIST_READ: Scenario(("gateway",), 1, by_list),
    Point.LIST_WRITTEN: Scenario(("gateway",), 1, by_list),
    Point.LIST_COMMITTED: Scenario(("gateway",), 1, by_list),
    Point.LIST_REMOVED: Scenario(("gateway",), 1, by_list),
    Point.LAUNCH_WRITTEN: Scenario(("dispatcher",), 1, by_crowd),
    Point.LAUNCH_COMMITTED: Scenario(("dispatcher",), 1, by_crowd),
    Point.LAUNCH_PUBLISHED: Scenario(("dispatcher",), 1, by_crowd),
    Point.STARTED: Scenario(("ingest", "parse", "enrich", "store"), 1, by_http),
    Point.CAPTURE_WRITTEN: Scenario(("ingest",), 5, by_http),
    Point.CAPTURE_COMMITTED: Scenario(("ingest",), 5, by_http),
    Point.MOVE_WRITTEN: Scenario(("ingest",), 2, by_moves),
    Point.MOVE_COMMITTED: Scenario(("ingest",), 2, by_moves),
    Point.POLL_WRITTEN: Scenario(("ingest",), 1, by_a_feed),
    Point.POLL_COMMITTED: Scenario(("ingest",), 1, by_a_feed),
    Point.POLL_BETWEEN_CHUNKS: Scenario(("ingest",), 1, by_a_long_feed),
    Point.WORKED: Scenario(("parse", "enrich"), 2, by_http),
    Point.HANDED_OVER: Scenario(("parse", "enrich"), 2, by_http),
    Point.PUBLISHED: Scenario(("parse", "enrich"), 2, by_http),
    Point.STORE_LOCKED: Scenario(("store",), 2, by_http),
    Point.STORE_RECORDED: Scenario(("store",), 2, by_http),
    Point.STORE_COMMITTED: Scenario(("store",), 2, by_http),
    Point.END_WRITTEN: Scenario(("ingest", "parse", "store"), 1, by_unusable),
    Point.REJECT_COMMITTED: Scenario(("ingest", "parse"), 1, by_unusable),
    Point.FAIL_WRITTEN: Scenario(("ingest",), 1, by_a_busy_site),
    Point.FAIL_COMMITTED: Scenario(("ingest",), 1, by_a_busy_site),
    Point.HAND_BACK_WRITTEN: Scenario(("store", "parse", "dispatcher"), 1, by_the_unreadable_and_the_dead),
    Point.HAND_BACK_COMMITTED: Scenario(("store",), 1, by_unreadable),
    Point.BURIAL_COMMITTED: Scenario(("parse",), 1, by_a_dead_child),
    Point.TAKE_BACK_COMMITTED: Scenario(("dispatcher",), 1, by_a_flush),
    Point.REDRIVE_WRITTEN: Scenario((COMMAND,), 1, by_hand),
    Point.REDRIVE_COMMITTED: Scenario((COMMAND,), 1, by_hand),
    Point.REPLAY_WRITTEN: Scenario((COMMAND,), 1, by_replay),
    Point.REPLAY_COMMITTED: Scenario((COMMAND,), 1, by_replay),
    Point.SEQUENCE_WRITTEN: Scenario(("dispatcher",), 1, by_crowd),
    Point.SEQUENCE_COMMITTED: Scenario(("dispatcher",), 1, by_crowd),
    Point.PROOFREAD_WRITTEN: Scenario(("dispatcher",), 1, by_crowd),
    Point.PROOFREAD_COMMITTED: Scenario(("dispatcher",), 1, by_crowd),
    Point.VOLUMES_WRITTEN: Scenario(("dispatcher",), 1, by_a_new_hour),
    Point.VOLUMES_COMMITTED: Scenario(("dispatcher",), 1, by_a_new_hour),
    Point.JUDGED_WRITTEN: Scenario(("dispatcher",), 1, by_a_new_hour),
    Point.JUDGED_COMMITTED: Scenario(("dispatcher",), 1, by_a_new_hour),
}


@pytest.fixture(scope="module")
def line(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doomed]:
    """For all points, one after the other; each leaves it empty."""
    with (
        database_of(postgres, "doomed") as database,
        Web(Moody) as web,
        Doomed(database, tmp_path_factory.mktemp("doomed"), web, SCENARIOS) as line,
    ):
        yield line


def is_buried(line: Doomed, caplog: pytest.LogCaptureFixture, who: str, pid: int) -> bool:
    """Whether the supervisor, or for its pool a worker's parent, has said that SIGKILL ended the process."""
    said: list[dict[str, Any]] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    if any({"event": Event.worker_died, "name": who, "signal": "SIGKILL"}.items() <= one.items() for one in said):
        return True
    told = f"pid:{pid} exited with 'signal 9 (SIGKILL)'"
    return any(told in one["message"] for one in line.log() if one["event"] == Event.library)


@pytest.mark.parametrize("point", Point)
def test_everything_is_stored_once_though_they_die_here(
    line: Doomed, point: Point, caplog: pytest.LogCaptureFixture
) -> None:
    assert point in SCENARIOS, f"nothing makes anybody pass {point}: write a scenario for it"
    who, _, happens = SCENARIOS[point]
    line.arm(point, *who)
    happens(line)
    line.wait(lambda: line.has_died(point, *who), f"the death of {who} at {point}")
    for one in {*who} - {COMMAND}:
        pid = int(line.marker(point, one).read_text())
        line.wait(partial(is_buried, line, caplog, one, pid), f"the burial of {one}")
    line.settle()
    line.prove()
