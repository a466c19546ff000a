"""Migrations: ordered SQL files, each applied once, in a transaction of its own, by whoever comes first."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import NamedTuple

from wireroom.database import Connection, connect
from wireroom.errors import WireroomError

_FILE = re.compile(r"(\d{4})_\w+\.sql")
_OLDEST_CODE = re.compile(r"^-- oldest code: (\d{4})$", re.MULTILINE)
_LOCK = 0x77697265  # "wire"


class SchemaMismatch(WireroomError):  # noqa: N818 - the sentence is the point
    """The schema and this code do not fit together; the message says which of the two to change."""


class Migration(NamedTuple):
    """One file of `migrations/`; `oldest_code` is the newest migration that code must know to run after it."""

    number: int
    name: str
    sql: str
    oldest_code: int


def migrations() -> list[Migration]:
    """Every migration this code knows, in order."""
    found = sorted(files("wireroom.database").joinpath("migrations").iterdir(), key=lambda file: file.name)
    return [_read(file.name, file.read_text(encoding="utf-8")) for file in found if _FILE.fullmatch(file.name)]


def migrate(url: str) -> list[str]:
    """Bring the database up to date; returns the names of what was applied. Safe to run twice, and at once."""
    with connect(url, "migrate", lock_timeout="0", idle_in_transaction_session_timeout="0") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        connection.execute(
            "CREATE TABLE IF NOT EXISTS migrations (number int PRIMARY KEY, name text NOT NULL,"
            " oldest_code int NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        pending = migrations()[_newest(connection)[0] :]
        for migration in pending:
            _apply(connection, migration)
        return [migration.name for migration in pending]


def check_schema(connection: Connection) -> None:
    """Raise `SchemaMismatch` unless this code may run on the database as it is."""
    known = len(migrations())
    if connection.execute("SELECT to_regclass('migrations')").fetchone() == (None,):
        raise SchemaMismatch("the database is empty: run `wireroom migrate`")
    newest, oldest_code = _newest(connection)
    if newest < known:
        raise SchemaMismatch(f"the database is at migration {newest}, this code needs {known}: run `wireroom migrate`")
    if oldest_code > known:
        raise SchemaMismatch(
            f"the database is at migration {newest} and serves code that knows {oldest_code} or later; "
            f"this code knows {known}: deploy a newer Wireroom"
        )


def _read(file: str, sql: str) -> Migration:
    oldest = _OLDEST_CODE.search(sql)
    if oldest is None:
        raise WireroomError(f"{file} must say `-- oldest code: NNNN`")
    return Migration(int(file[:4]), file.removesuffix(".sql"), sql, int(oldest[1]))


def _newest(connection: Connection) -> tuple[int, int]:
    row = connection.execute(
        "SELECT coalesce(max(number), 0), coalesce(max(oldest_code), 0) FROM migrations"
    ).fetchone()
    return row or (0, 0)


def _apply(connection: Connection, migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.sql.encode())
        connection.execute(
            "INSERT INTO migrations (number, name, oldest_code) VALUES (%s, %s, %s)",
            [migration.number, migration.name, migration.oldest_code],
        )
