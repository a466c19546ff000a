"""The pages of a whole Wireroom: they say what was done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import redis

from newsroom.line import story
from newsroom.pages import Web
from newsroom.poison import install
from newsroom.probing import PATIENCE, Probed, Scrape, probed, value
from wireroom import metrics
from wireroom.database import Connection
from wireroom.embedded import EmbeddedValkey
from wireroom.topology import INTAKE_LIST, STAGES

ROLES = ("gateway", "dispatcher", *STAGES)


class Crew:
    """Every process of a line, probed."""

    def __init__(self, processes: dict[str, Probed], db: Connection) -> None:
        self.processes = processes
        self.db = db

    def offer(self, **fields: object) -> int:
        """Post an article; the status of the answer."""
        url = f"http://127.0.0.1:{self.processes['gateway'].port}/v1/articles"
        return httpx.post(url, json=fields, trust_env=False, timeout=PATIENCE).status_code

    def value(self, statement: str) -> Any:
        row = self.db.execute(statement.encode()).fetchone()
        assert row is not None
        return row[0]

    def of(self, role: str) -> Scrape:
        return self.processes[role].scrape()

    def wait(self, role: str, name: str, wanted: float, **labels: str) -> None:
        """Until the sum of these samples is as wanted."""
        self.processes[role].wait(
            lambda: value(self.of(role), name, **labels) == wanted, f"{name} {labels} to be {wanted}"
        )


@pytest.fixture
def crew(env: dict[str, str], db: Connection, tmp_path: Path) -> Iterator[Crew]:
    env |= install(tmp_path / "poison") | {"WIREROOM_ARTICLE_SECONDS": "1", "WIREROOM_RECONCILE_SECONDS": "2"}
    with ExitStack() as stack:
        processes = {role: stack.enter_context(probed(role, env, tmp_path / f"{role}.log")) for role in ROLES}
        for process in processes.values():
            process.wait_until_ready()
        yield Crew(processes, db)


def test_the_pages_say_what_was_done(crew: Crew, valkey: EmbeddedValkey) -> None:
    with Web() as web:
        offered = [crew.offer(text=story(n), key=str(n), lane="backfill") for n in range(5)]
        offered += [crew.offer(text=story(0), key="0", lane="backfill"), crew.offer(text=story(1))]
        offered += [crew.offer(url=web.url(n)) for n in range(4)] + [crew.offer(url=web.url("missing"))]
        offered += [crew.offer(url="http://127.0.0.1:2/nobody")]
        assert offered == [202] * 13
        assert [crew.offer(), crew.offer(text="", html=""), crew.offer(nonsense=1)] == [422] * 3
        client = redis.Redis.from_url(valkey.url)
        pushed = msgspec.json.encode({"text": story(6)})
        client.rpush(INTAKE_LIST, pushed, pushed, b"{")
        client.close()
        crew.wait("gateway", "wireroom_duplicates_total", 1, via="list")
        crew.offer(text=f"{story(7)}\n\nThe word is SEGFAULT, the captain said.")
        crew.wait("dispatcher", "wireroom_quarantined_total", 1)
        crew.wait("dispatcher", "wireroom_finished_total", 11)

    gateway, dispatcher = crew.of("gateway"), crew.of("dispatcher")
    assert value(gateway, "wireroom_accepted_total") == crew.value("SELECT count(*) FROM jobs") == 13
    assert value(gateway, "wireroom_accepted_total", via="http", lane="backfill") == 5
    assert value(gateway, "wireroom_accepted_total", via="list") == 1
    assert value(gateway, "wireroom_duplicates_total", via="http") == 2
    assert value(gateway, "wireroom_duplicates_total", via="list") == 1
    assert value(gateway, "wireroom_refused_total", via="http") == 3
    assert value(gateway, "wireroom_refused_total", via="list", reason="malformed") == 1
    assert value(dispatcher, "wireroom_finished_total", outcome="stored") == 10
    assert value(dispatcher, "wireroom_finished_total", outcome="rejected") == 1
    assert value(dispatcher, "wireroom_flights_launched_total") > 1
    assert value(dispatcher, "wireroom_articles_launched_total", leg="fetch") >= 6

    ingest, enrich, store = crew.of("ingest"), crew.of("enrich"), crew.of("store")
    assert value(ingest, "wireroom_fetches_total", status="2xx") == 4
    # There is no robots.txt either.
    assert value(ingest, "wireroom_fetches_total", status="4xx") == 2
    assert value(ingest, "wireroom_fetches_total", status="error") >= 1
    assert value(ingest, "wireroom_retries_total", stage="ingest", kind="transient") >= 1
    assert value(ingest, "wireroom_stage_seconds_count", stage="ingest") >= 6
    assert value(enrich, "wireroom_lost_flights_total", rule="died") == 3
    assert value(store, "wireroom_stage_seconds_count", stage="store") >= 10


def test_every_metric_is_on_some_page_with_who_is_ready_and_nothing_else_is(crew: Crew) -> None:
    crew.wait("dispatcher", "wireroom_line_articles", 0)
    crew.offer()
    found = {re.sub("_(bucket|sum|count)$", "", name) for role in ROLES for name, _ in crew.of(role)}
    assert found == {f"{one._name}_total" if one._type == "counter" else one._name for one in metrics.declared()}
    for role in ROLES:
        assert value(crew.of(role), "wireroom_ready", role=role) == 1
        assert "# HELP wireroom_ready " in crew.processes[role].page()
    crew.db.execute("INSERT INTO migrations (number, name, oldest_code) VALUES (9000, 'later', 9000)")
    for role in ROLES:
        crew.wait(role, "wireroom_ready", 0)
