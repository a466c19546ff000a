"""What a process says while it works: one vocabulary of events, one pipe to stderr, nothing secret in it."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, Literal, TextIO

import msgspec
import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor, WrappedLogger

Format = Literal["auto", "json", "pretty"]


class Event(StrEnum):
    """Everything that a line of the log can be about; the fields of each are in `docs/events.md`."""

    process_started = "process_started"
    """A process of Wireroom is ready for work."""
    process_stopped = "process_stopped"
    """A process of Wireroom has ended its work in order."""
    flight_launched = "flight_launched"
    """The dispatcher has put articles on the line."""
    flight_started = "flight_started"
    """A worker has begun work on a flight."""
    flight_passed = "flight_passed"
    """A stage is done with a flight and has handed it over."""
    flight_dropped = "flight_dropped"
    """A message was ignored because its flight was superseded."""
    flight_failed = "flight_failed"
    """A worker failed on a flight as a whole; its articles will fly alone."""
    flight_handed_back = "flight_handed_back"
    """A worker that stops was not done with a flight in time; what is left of it will be launched again."""
    flight_lost = "flight_lost"
    """A flight was given up; its articles will be launched again."""
    article_stored = "article_stored"
    """An article reached its outcome: stored, updated or unchanged."""
    article_rejected = "article_rejected"
    """An article reached its outcome: it will never be usable."""
    article_failed = "article_failed"
    """Work on an article failed; it will be tried again."""
    article_quarantined = "article_quarantined"
    """An article failed too often and waits for a person."""
    page_captured = "page_captured"
    """A fetched page is safe in the ledger."""
    source_polled = "source_polled"
    """A source was polled; what became of its entries is in the ledger."""
    source_led = "source_led"
    """A poll was redirected to another host, and goes on there once that may be asked."""
    source_failed = "source_failed"
    """A poll of a source failed; it is polled again, each time later, and never given up."""
    source_moved = "source_moved"
    """A source has moved for good, and is polled at its new address."""
    page_moved = "page_moved"
    """A page is on another host than was thought; it waits for that one."""
    robots_ignored = "robots_ignored"
    """Pages are fetched whatever robots.txt says, because a person switched it off for their source."""
    crawl_delay_cut = "crawl_delay_cut"
    """A host wishes for more time between two requests than it is granted."""
    broker_away = "broker_away"
    """Redis does not answer."""
    broker_back = "broker_back"
    """Redis answers again."""
    database_away = "database_away"
    """Postgres does not answer."""
    database_back = "database_back"
    """Postgres answers again."""
    batch_accepted = "batch_accepted"
    """What was pushed onto the intake list is in the ledger, as jobs or as refusals."""
    intake_failed = "intake_failed"
    """A batch of the intake list cannot be written; it is kept, and tried again."""
    reconciled = "reconciled"
    """A dispatcher has checked that every article is accounted for."""
    unaccounted = "unaccounted"
    """Something is not accounted for; `wireroom reconcile` shows all of it."""
    source_changed = "source_changed"
    """What parse finds in a source's articles is not what it was: its site may have a new layout."""
    source_unwell = "source_unwell"
    """Less comes from a source than it used to bring, or nothing, or more of it ends badly."""
    source_well = "source_well"
    """A source is as it used to be again."""
    nobody_heard = "nobody_heard"
    """Nothing comes from any source, which is no chance: it is more likely our fault than theirs."""
    somebody_heard = "somebody_heard"
    """Something comes again."""
    cleared = "cleared"
    """What had outlived its time was deleted."""
    care_failed = "care_failed"
    """Reconciling, counting, proofreading, judging or clearing broke off; it is tried again."""
    partition_missing = "partition_missing"
    """A day's partition of captures could not be made; the default one takes its pages."""
    worker_deaf = "worker_deaf"
    """A worker received nothing while flights waited for it; it ends itself to be started again."""
    worker_died = "worker_died"
    """A process ended without being asked to, and will be started again."""
    request = "request"
    """An HTTP request was answered."""
    gateway_open = "gateway_open"
    """The gateway asks nobody for a token, though it can be reached from elsewhere."""
    library = "library"
    """A line of another library, such as Celery."""


def info(event: Event, /, **fields: object) -> None:
    """Say that `event` happened, as it should."""
    _LOG.info(event, **fields)


def warning(event: Event, /, **fields: object) -> None:
    """Say that `event` happened, which Wireroom deals with itself; `exc_info` may be the exception."""
    _LOG.warning(event, **fields)


def error(event: Event, /, **fields: object) -> None:
    """Say that `event` happened, which a person should look at; `exc_info` may be the exception."""
    _LOG.error(event, **fields)


def bound(**fields: object) -> AbstractContextManager[None]:
    """Until it is left, every line of this thread or task carries `fields`: job, flight, stage, source."""
    return bound_contextvars(**fields)


def configure(role: str, format: Format = "auto", level: str = "info") -> None:  # noqa: A002 - the setting's name
    """Send every line of this process, other libraries' too, to stderr: JSON, or (auto: on a terminal) pretty."""
    pipe = _Pipe(sys.stderr)
    pipe.setFormatter(_formatter(role, pretty=format == "pretty" or (format == "auto" and sys.stderr.isatty())))
    root = logging.getLogger()
    root.handlers[:] = [pipe]
    root.setLevel(level.upper())
    logging.captureWarnings(True)


def adopt_celery() -> None:
    """From now on Celery installs no handlers of its own; its lines take the same pipe as ours."""
    from celery.signals import setup_logging

    # Celery keeps its hands off as soon as anybody listens to this signal.
    setup_logging.connect(_take_celery_lines, weak=False, dispatch_uid="wireroom.logs")


class _Pipe(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """A line that cannot be written becomes one that says so, instead of a traceback between the lines."""
        name, failure = f"{__name__}.pipe", sys.exc_info()
        # A closed stderr has no readers, and a second failure would be the same one again.
        if isinstance(failure[1], OSError) or self.stream.closed or record.name == name:
            return
        text = f"a line of {record.name} could not be written (line {record.lineno} of {record.module})"
        self.handle(logging.LogRecord(name, logging.ERROR, record.pathname, record.lineno, text, None, failure))


def _take_celery_lines(**_: object) -> None:
    from billiard.util import get_logger

    pool = get_logger()
    pool.setLevel(logging.ERROR)
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] == "celery"]
    for logger in [pool, *map(logging.getLogger, names)]:
        logger.handlers.clear()
        logger.propagate = True


def _formatter(role: str, *, pretty: bool) -> ProcessorFormatter:
    return ProcessorFormatter(
        foreign_pre_chain=[_library, merge_contextvars],
        processors=[structlog.processors.format_exc_info, _head(role), _clean, _pretty() if pretty else _json()],
    )


def _json() -> Processor:
    return lambda _, __, line: _as_json(line)


def _as_json(line: EventDict) -> str:
    try:
        text = msgspec.json.encode(line).decode()
    except OverflowError:  # an integer of more than 64 bits
        return json.dumps(line)
    # Whatever the encoding of stderr is.
    return text if text.isascii() else json.dumps(line)


def _pretty() -> Processor:
    return structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty() and "NO_COLOR" not in os.environ,
        exception_formatter=structlog.dev.plain_traceback,
        timestamp_key="time",
        sort_keys=False,
    )


def _library(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    message = line.pop("event")
    return {"event": Event.library, "logger": line["_record"].name, "message": message, **line}


def _head(role: str) -> Processor:
    def head(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
        record: logging.LogRecord = line.pop("_record")
        line.pop("_from_structlog")
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        first = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower(), "event": line.pop("event")}
        return first | {"role": role, "pid": record.process} | {k: v for k, v in line.items() if k not in _HEAD}

    return head


def _clean(_: WrappedLogger, __: str, line: EventDict) -> EventDict:
    return {key: MASK if _is_secret(key) else _plain(value) for key, value in line.items()}


_HEAD = ("time", "level", "role", "pid")

MASK = "***"
"""What stands in the log in place of a secret."""

_SECRET_KEY = re.compile(r"password|token|secret|authorization|cookie|(^|[_-])api[_-]?key$", re.IGNORECASE)
# The password may hold `/`, `?` and `@` as people write them, so it ends at the last `@`; a port is not a password.
_URL_PASSWORD = re.compile(r"(://[^\s:/?#@\[\]]*):(?!\d{1,5}(?:[/?#\s]|$))\S{0,1000}@")
# Half characters cannot be written as UTF-8, and control characters can take over a terminal.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_DEPTH = 8


@lru_cache(1000)
def _is_secret(key: str) -> bool:
    return _SECRET_KEY.search(key) is not None


def _text(value: str) -> str:
    if value.isprintable() and "://" not in value:
        return value
    return _UNPRINTABLE.sub("\ufffd", _URL_PASSWORD.sub(rf"\1:{MASK}@", value))


def _plain(value: object, depth: int = _DEPTH) -> Any:
    """`value` as JSON can have it, without secrets; what is nested deeper than `depth` is left out."""
    match value:
        case str():
            return _text(str(value))
        case None | bool() | int():
            return value
        case Mapping() | list() | tuple() | set() | frozenset() if depth == 0:
            return "..."
        case Mapping():
            return {_text(str(k)): MASK if _is_secret(str(k)) else _plain(v, depth - 1) for k, v in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_plain(item, depth - 1) for item in value]
        case float() if value - value == 0:  # neither infinite nor not a number, which JSON cannot say
            return value
        case _:
            return _text(str(value))


# A process that never calls `configure` says nothing, as a library should.
_STDLIB = logging.getLogger("wireroom")
_STDLIB.addHandler(logging.NullHandler())
_LOG: structlog.stdlib.BoundLogger = structlog.wrap_logger(
    _STDLIB,
    processors=[structlog.stdlib.filter_by_level, merge_contextvars, ProcessorFormatter.wrap_for_formatter],
    wrapper_class=structlog.stdlib.BoundLogger,
).bind()
