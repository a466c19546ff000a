"""Connections to Postgres, SQL by name, migrations."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from wireroom.errors import WireroomError

AWAY = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    # What a process that was stopped gets to hear, and what a server that became a standby says.
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,
)
"""What Postgres raises that is nobody's fault: it may work in a moment, perhaps over another connection."""

# Whoever works with Postgres hears of an outage, and says so once; its library would say it with every attempt.
logging.getLogger("psycopg").setLevel(logging.ERROR)

Connection = psycopg.Connection[TupleRow]
Pool = ConnectionPool[Connection]

# A stopped process must not hold the line: the server ends its transaction, then its connection.
_SERVER_LIMITS = {
    "idle_in_transaction_session_timeout": "5s",
    "lock_timeout": "10s",
    "client_connection_check_interval": "2s",
    # Whoever is gone amid a statement that has not all arrived would hold the line for two hours: tried.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": "10s",
    "timezone": "UTC",
}
_CLIENT_LIMITS: dict[str, Any] = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}


def connection_options(name: str, **limits: str) -> dict[str, Any]:
    """Keyword arguments of a connection for the process `name`; `limits` are further settings of the server."""
    options = " ".join(f"-c {key}={value}" for key, value in (_SERVER_LIMITS | limits).items())
    return _CLIENT_LIMITS | {"application_name": f"wireroom {name}", "options": options}


# A pool doubles the time between its attempts up to minutes, and then would not see that Postgres is back.
_RECONNECT_SECONDS = 2.5


@contextmanager
def connect(url: str, name: str, **limits: str) -> Iterator[Connection]:
    """One connection in autocommit mode (transactions are explicit); raises `WireroomError` if Postgres is away."""
    try:
        connection = psycopg.connect(url, autocommit=True, **connection_options(name, **limits))
    except psycopg.OperationalError as error:
        # In one line, as a log has it.
        told = " ".join(str(error).split())
        raise WireroomError(f"Postgres does not answer (WIREROOM_DATABASE_URL): {told}") from error
    except psycopg.ProgrammingError:
        # Its message repeats the URL, password and all.
        raise WireroomError(
            "WIREROOM_DATABASE_URL is no URL of a Postgres, as postgresql://me@host:5432/name"
        ) from None
    with connection:
        yield connection


def open_pool(url: str, name: str, size: int = 1) -> Pool:
    """A pool of at most `size` autocommitting connections, opened in the background; made after any fork."""
    options = connection_options(name) | {"autocommit": True}
    return ConnectionPool(
        url, min_size=1, max_size=size, kwargs=options, timeout=10.0, reconnect_timeout=_RECONNECT_SECONDS, open=True,
        name=name,
    )  # fmt: skip
