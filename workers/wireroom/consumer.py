"""The Celery worker of a stage: takes messages until it is told to stop, and says in our words how it is."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import billiard.pool
import celery.apps.worker
from celery import Celery, signals
from celery.exceptions import CPendingDeprecationWarning
from celery.worker import consumer
from celery.worker.state import maybe_shutdown
from kombu.transport import redis
from kombu.utils.json import dumps

from wireroom import logs
from wireroom.logs import Event
from wireroom.outages import broker_outage
from wireroom.topology import queue_name

FIRST_PAUSE, STEP, LAST_PAUSE = 0.5, 0.5, 5.0
"""Seconds between two attempts to reach Redis: the first, how much longer each next one is, and the longest."""
# Under load half of the warm shutdowns hang for 32 s without this.
billiard.pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20


class Channel(redis.Channel):
    """kombu's, but what a stopping worker has taken and not begun goes back to its place: nothing may overtake it."""

    def _restore(self, message: Any, leftmost: bool = False) -> None:
        with self.conn_or_acquire() as client:
            client.rpush(message.delivery_info["routing_key"], dumps(message.serializable()))


class Transport(redis.Transport):
    """kombu's, with such channels."""

    Channel = Channel


class Consumer(consumer.Consumer):  # type: ignore[misc]
    """Celery's, which tells of an outage of Redis once."""

    outage = broker_outage()

    def ensure_connected(self, conn: Any) -> Any:
        """The connection, as soon as Redis answers."""
        conn.ensure_connection(self._say_away, None, FIRST_PAUSE, STEP, LAST_PAUSE, callback=maybe_shutdown)
        self.first_connection_attempt = False
        self.outage.over()
        return conn

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Let the connection go; another one is made."""
        self.outage.met(exc)
        super().on_connection_error_after_connected(exc)

    def on_connection_error_before_connected(self, exc: Exception) -> None:
        """Another connection is made."""
        self.outage.met(exc)

    def _say_away(self, exc: Exception, _: float) -> None:
        self.outage.met(exc)


def consume(app: Celery, stage: str, pool: str, concurrency: int, stages: Sequence[str]) -> None:
    """Work on flights of the stages until SIGTERM, then end the process with Celery's exit code."""
    logs.adopt_celery()
    # Celery writes this one past every log.
    celery.apps.worker.safe_say = lambda message, *_: logging.getLogger(__name__).info(message)
    for chatty in ("celery.app.trace", "celery.worker.strategy", "celery.worker.consumer.connection"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # What it warns of is an outage, and that is told already.
    logging.getLogger("celery.worker.consumer.consumer").setLevel(logging.ERROR)
    # Whether it could give back what it had not begun is all one: the ledger does.
    logging.getLogger("kombu.transport.virtual.base").setLevel(logging.CRITICAL)
    signals.worker_ready.connect(lambda **_: logs.info(Event.process_started), weak=False)
    signals.worker_shutdown.connect(lambda **_: logs.info(Event.process_stopped), weak=False)
    app.conf.update(worker_consumer=Consumer, broker_transport=Transport)
    queues = [queue_name(one) for one in stages]
    worker = app.Worker(
        hostname=f"{stage}-{os.getpid()}@{socket.gethostname()}", queues=queues, pool_cls=pool,
        concurrency=concurrency, loglevel="INFO", quiet=True, without_gossip=True, without_mingle=True,
        without_heartbeat=True,
    )  # fmt: skip
    # After the worker is made, which wants to hear them all.
    warnings.simplefilter("ignore", CPendingDeprecationWarning)
    # Ctrl-C in a terminal reaches the whole group; the supervisor, or SIGTERM, is who stops a worker.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    worker.start()
    sys.exit(worker.exitcode)
