"""/live and /ready of real processes, while what they need comes and goes."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsroom.line import stopped
from newsroom.probing import PATIENCE, Probed, probed
from wireroom.database import Connection, connect
from wireroom.database.migrate import migrate, migrations
from wireroom.embedded import EmbeddedPostgres, EmbeddedValkey
from wireroom.topology import STAGES

READY = (200, {"status": "ready"})
LIVE = (200, {"status": "live"})


class Servers:
    """A Postgres and a Valkey that a test may stop."""

    def __init__(self, postgres: EmbeddedPostgres, valkey: EmbeddedValkey) -> None:
        self.postgres = postgres
        self.valkey = valkey
        self.env = {
            "WIREROOM_DATABASE_URL": postgres.url, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_LOG_FORMAT": "json",
        }  # fmt: skip


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    postgres = EmbeddedPostgres(tmp_path_factory.mktemp("postgres"), durable=False)
    with postgres, EmbeddedValkey(tmp_path_factory.mktemp("valkey")) as valkey:
        migrate(postgres.url)
        yield Servers(postgres, valkey)


def unready(process: Probed, names: str) -> bool:
    status, said = process.ask("/ready")
    return status == 503 and names in said["detail"]


@pytest.mark.parametrize("role", ["dispatcher", "ingest", "parse"])
def test_without_its_servers_a_process_lives_and_is_not_ready(servers: Servers, tmp_path: Path, role: str) -> None:
    with probed(role, servers.env, tmp_path / "log") as process:
        process.wait_until_ready()
        assert process.ask("/ready") == READY
        servers.valkey.stop()
        process.wait(lambda: unready(process, "WIREROOM_REDIS_URL"), "Redis to be missed")
        assert process.ask("/live") == LIVE
        servers.valkey.start()
        process.wait_until_ready()
        servers.postgres.stop()
        process.wait(lambda: unready(process, "WIREROOM_DATABASE_URL"), "Postgres to be missed")
        assert process.ask("/live") == LIVE
        servers.postgres.start()
        process.wait_until_ready()
        assert process.ask("/live") == LIVE
        assert process.process.poll() is None


def test_the_gateway_needs_postgres_only_for_it_takes_offers_without_redis(servers: Servers, tmp_path: Path) -> None:
    with probed("gateway", servers.env, tmp_path / "log") as process:
        process.wait_until_ready()
        servers.valkey.stop()
        assert process.ask("/ready") == READY
        servers.valkey.start()
        servers.postgres.stop()
        process.wait(lambda: unready(process, "WIREROOM_DATABASE_URL"), "Postgres to be missed")
        assert process.ask("/live") == LIVE
        servers.postgres.start()
        process.wait_until_ready()
        assert process.end() == 0
    events = [json.loads(line)["event"] for line in (tmp_path / "log").read_text().splitlines()]
    assert "request" not in events, "probes are not logged"


@pytest.mark.parametrize("which", ["postgres", "valkey"])
def test_a_server_that_hangs_is_one_that_does_not_answer(servers: Servers, tmp_path: Path, which: str) -> None:
    with probed("dispatcher", servers.env, tmp_path / "log") as process:
        process.wait_until_ready()
        with stopped(getattr(servers, which).pid):
            process.wait(lambda: process.ask("/ready")[0] == 503, f"{which} to be missed")
            assert process.ask("/live") == LIVE
        process.wait_until_ready()


def test_many_probes_share_one_look(servers: Servers, tmp_path: Path) -> None:
    with connect(servers.postgres.url, "test") as db, probed("gateway", servers.env, tmp_path / "log") as process:
        process.wait_until_ready()
        before = sessions(db)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: process.ask("/ready"), range(200)))
        assert answers == [READY] * 200
        process.wait(lambda: sessions(db) > before, "the statistics")
        assert sessions(db) - before < 20


def sessions(db: Connection) -> int:
    """Sessions that this database has ever seen."""
    row = db.execute("SELECT sessions FROM pg_stat_database WHERE datname = current_database()").fetchone()
    assert row is not None
    return int(row[0])


def test_a_schema_that_moves_away_makes_it_unready_with_a_sentence(
    env: dict[str, str], db: Connection, tmp_path: Path
) -> None:
    with probed("store", env, tmp_path / "log") as process:
        process.wait_until_ready()
        make_too_new(db)
        process.wait(lambda: unready(process, "deploy a newer Wireroom"), "the schema to be seen")
        assert process.ask("/live") == LIVE and process.process.poll() is None


def make_too_new(db: Connection) -> None:
    new = len(migrations()) + 1
    db.execute("INSERT INTO migrations (number, name, oldest_code) VALUES (%s, 'later', %s)", [new, new])


@pytest.mark.parametrize("role", [*STAGES, "dispatcher"])
def test_who_cannot_run_on_the_schema_ends_with_a_sentence(
    role: str, empty_database: str, env: dict[str, str], tmp_path: Path
) -> None:
    env |= {"WIREROOM_DATABASE_URL": empty_database}
    assert said_at_the_end(role, env, tmp_path / "empty") == (
        f"wireroom {role}: the database is empty: run `wireroom migrate`\n"
    )
    migrate(empty_database)
    with connect(empty_database, "test") as db:
        make_too_new(db)
    assert said_at_the_end(role, env, tmp_path / "new").endswith("deploy a newer Wireroom\n")


def said_at_the_end(role: str, env: dict[str, str], log: Path) -> str:
    with probed(role, env, log) as process:
        assert process.process.wait(PATIENCE) == 1
    return log.read_text()


@pytest.mark.parametrize("role", ["dispatcher", "ingest", "enrich"])
def test_a_metrics_port_that_is_taken_ends_it_with_a_sentence(role: str, env: dict[str, str], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = said_at_the_end(role, env | {"WIREROOM_METRICS_PORT": str(port)}, tmp_path / "log")
    assert said.startswith(f"wireroom {role}: cannot listen on 127.0.0.1:{port} (WIREROOM_METRICS_HOST, ")
    assert "Traceback" not in said


def test_a_child_left_behind_does_not_hold_the_port(env: dict[str, str], tmp_path: Path) -> None:
    with probed("parse", env, tmp_path / "log") as process:
        process.wait_until_ready()
        with stopped(process.children()[0]):
            process.process.kill()
            process.process.wait()
            socket.create_server(("127.0.0.1", process.port)).close()


def test_another_path_says_what_there_is(env: dict[str, str], tmp_path: Path) -> None:
    with probed("dispatcher", env, tmp_path / "log") as process:
        process.wait_until_ready()
        status, said = process.ask("/")
        assert status == 404 and "/ready" in said["detail"]
