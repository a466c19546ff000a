"""What commands talk to: the ledger in Postgres, and the dispatchers, which are woken over Redis."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

from wireroom.database import Connection, connect
from wireroom.database.migrate import check_schema
from wireroom.errors import WireroomError
from wireroom.settings import settings

if TYPE_CHECKING:
    from wireroom.broker import Broker


@contextmanager
def open_ledger() -> Iterator[Connection]:
    """A connection to a database whose schema this code knows; raises `WireroomError` with the fix otherwise."""
    given = settings()
    with ExitStack() as stack:
        try:
            connection = stack.enter_context(connect(given.database_url, "cli"))
        except WireroomError as error:
            if "database_url" in given.model_fields_set:
                raise
            fix = "`make up` starts one, or set WIREROOM_DATABASE_URL to your Postgres"
            raise WireroomError(f"no Wireroom runs from this directory: {fix}") from error
        check_schema(connection)
        yield connection


@contextmanager
def open_broker() -> Iterator[Broker]:
    """Somebody to wake the dispatchers with; no connection is made before."""
    # Celery takes longer to import than most commands take.
    from wireroom.broker import Broker

    try:
        broker = Broker(settings().redis_url)
    except ValueError as error:
        raise WireroomError(f"WIREROOM_REDIS_URL is not the URL of a Redis: {error}") from error
    with closing(broker):
        yield broker


def me() -> str:
    """The user's name, as producer and in the history of jobs."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        # A container's user need not have a name.
        return f"cli:{os.getuid()}"
