"""Work beside the dispatching that failed: it is told of, and tried again."""

from __future__ import annotations

import psycopg

from wireroom import logs
from wireroom.errors import WireroomError
from wireroom.logs import Event


def tell_failed(error: Exception) -> None:
    """Log it; with its traceback where it is none of those that an outage makes."""
    known = isinstance(error, psycopg.Error | WireroomError)
    logs.warning(Event.care_failed, cause=str(error), exc_info=None if known else error)
