"""Migrations run once, in order, whoever runs them and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from wireroom.database import Connection, connect
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
