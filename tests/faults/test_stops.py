"""Whoever is told to stop under load ends in order and in time; nothing is lost by it, and nothing is done again."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack

import httpx
import pytest
import redis

from newsroom.databases import database_of
from newsroom.desk import offer
from newsroom.harm import PREFORKED
from newsroom.line import Line, story
from newsroom.pages import Web
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.contracts import ArticleJob, encode
from wireroom.embedded import EmbeddedPostgres
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.repair import cancel
from wireroom.logs import Event
from wireroom.topology import INTAKE_BATCHES, INTAKE_LIST, STAGES

GRACE_SECONDS = 15.0
"""So long the supervisor waits before it kills; docker-compose.yml grants more."""
EVERYBODY = ("dispatcher", "dispatcher-2", "gateway", *STAGES)
SLOW = 40
"""Seconds of a page that a stopping ingest does not wait for."""
IN_HAND = "SELECT worker FROM flights WHERE started_at IS NOT NULL"
WITH_ONE = pytest.mark.parametrize("line", "1", indirect=True, scope="module")
WITH_TWO = pytest.mark.parametrize("line", "2", indirect=True, scope="module")
Terminate = Callable[[str], None]


@pytest.fixture(scope="module")
def line(
    request: pytest.FixtureRequest, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Line]:
    """With so many processes in a pool, and long leases: what waits for one does not come in time."""
    env = {"WIREROOM_CONCURRENCY": request.param, "WIREROOM_LEASE_SCALE": "10"}
    with (
        database_of(postgres, f"stops{request.param}") as database,
        Line(database, tmp_path_factory.mktemp("line"), dispatchers=2, gateway=True, env=env) as line,
    ):
        line.wait_until_up()
        yield line


@pytest.fixture
def terminate(line: Line, caplog: pytest.LogCaptureFixture) -> Terminate:
    """SIGTERM to a process: it ends with 0 before it would be killed, and nobody waits for a flight of its own."""

    def end(name: str) -> None:
        line.wait_until_up()
        pid = line.supervisor.pids()[name]
        theirs = {pid, *line.children(name)}
        line.supervisor.kill(name, signal.SIGTERM)
        line.wait(lambda: line.supervisor.pids().get(name) != pid, f"{name} to end in time", GRACE_SECONDS)
        in_hand = {int(worker.rpartition(":")[2]) for (worker,) in line.db.execute(IN_HAND)}
        assert not in_hand & theirs, f"{name} has left a flight behind"
        line.wait(lambda: name in line.supervisor.pids(), f"{name} to be replaced")
        (how,) = [one for one in _deaths(caplog) if one["name"] == name]
        assert how.get("exit_code") == 0, how
        caplog.clear()

    return end


def _deaths(caplog: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    said: list[dict[str, object]] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [one for one in said if one["event"] == Event.worker_died]


@pytest.fixture(autouse=True)
def nothing_twice(line: Line, web: Web, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No flight was given up, nobody was blamed, and no page was asked for twice but the slow ones."""
    caplog.set_level(logging.ERROR)
    asked = web.asked
    yield
    lost = [(one["stage"], one["rule"], one["flight"]) for one in line.log() if one["event"] == Event.flight_lost]
    assert lost == []
    assert line.count("attempts") == 0
    assert {path for path, times in (web.asked - asked).items() if times > 1 and "?" not in path} == set()


@WITH_ONE
def test_pools_of_one_end_in_order_under_load(line: Line, press: Press, terminate: Terminate) -> None:
    roll(line, press, terminate, PREFORKED)


@WITH_TWO
def test_a_rolling_restart_goes_unnoticed(line: Line, press: Press, terminate: Terminate) -> None:
    roll(line, press, terminate, EVERYBODY)


def roll(line: Line, press: Press, terminate: Terminate, names: Iterable[str]) -> None:
    """Each in turn ends in order and is replaced, while articles come in, 300 more before each stop."""
    with ExitStack() as waves:
        for name in names:
            waves.enter_context(press.wave(300, pushed=50 if name == "gateway" else 0))
            _wait_for_motion(line)
            terminate(name)
        prove(line, press, most_losses=0)


def _wait_for_motion(line: Line) -> None:
    before = line.count("outcomes")
    line.wait(lambda: line.count("outcomes") > before + 20, "the line to be in motion")


@WITH_TWO
def test_a_fetch_that_takes_too_long_is_handed_back(line: Line, web: Web, terminate: Terminate) -> None:
    before = sum("?" in path for path in web.asked.elements())
    jobs = line.submit(offer(url=web.url(f"{n}?{SLOW}", host=n)) for n in range(1, 21))
    line.wait(lambda: sum("?" in path for path in web.asked.elements()) > before + 10, "the fetches to begin")
    terminate("ingest")
    rows = line.db.execute("SELECT job_id, leg, losses, failures FROM line ORDER BY job_id").fetchall()
    assert rows == [(job, "fetch", 0, 0) for job in jobs]
    cancel(line.db, jobs, "test")
    line.check()


@WITH_TWO
def test_an_upload_under_way_is_told_to_repeat_and_nothing_is_there_twice(line: Line, terminate: Terminate) -> None:
    articles = [
        encode(ArticleJob(producer="uploader", key=str(number), text=f"{story(number)}\n\nUploaded.\n")) + b"\n"
        for number in range(2 * CHUNK)
    ]
    ended, before = threading.Event(), line.count("jobs")

    def upload() -> Iterator[bytes]:
        yield from articles[: CHUNK + 1]
        terminate("gateway")
        ended.set()

    kind = {"Content-Type": "application/x-ndjson"}
    with httpx.Client(base_url=line.url, trust_env=False, timeout=60.0) as client:
        cut = client.post("/v1/articles", content=upload(), headers=kind)
        assert (cut.status_code, cut.json()["reason"], cut.headers["retry-after"]) == (503, "stopping", "5")
        line.wait(lambda: _answers(client), "the gateway to be back")
        again = client.post("/v1/articles", content=b"".join(articles), headers=kind)
    assert again.status_code == 200 and again.text.count('"job_id"') == len(articles)
    line.drain()
    assert line.count("jobs") == before + len(articles)
    line.check()


def _answers(client: httpx.Client) -> bool:
    try:
        return client.get("/v1/health").status_code == 200
    except httpx.TransportError:
        return False


@WITH_TWO
def test_a_batch_that_the_reader_has_in_hand_is_written_once(line: Line, terminate: Terminate) -> None:
    before = line.count("jobs")
    with redis.Redis.from_url(line.valkey.url) as client:
        release = threading.Timer(3.0, line.db.execute, ["ROLLBACK"])
        line.db.execute("BEGIN; LOCK TABLE receipts IN ACCESS EXCLUSIVE MODE")
        jobs = [ArticleJob(producer="pusher", key=str(n), text=f"{story(n)}\n\nPushed.\n") for n in range(50)]
        client.lpush(INTAKE_LIST, *map(encode, jobs))
        line.wait(lambda: bool(client.exists(INTAKE_BATCHES)), "the reader to take the batch")
        release.start()
        terminate("gateway")
        release.join()
        line.wait(line.list_is_empty, "the batch to be written")
    line.drain()
    assert line.count("jobs") == before + len(jobs)
    line.check()
