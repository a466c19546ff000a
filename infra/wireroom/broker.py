"""Redis: messages to stages, the epoch that dies with it, and wake-ups. All of it may be lost at any moment."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress

import redis
from celery import Celery
from kombu.entity import Exchange, Queue
from kombu.exceptions import OperationalError
from kombu.transport.virtual import base

from wireroom.errors import WireroomError
from wireroom.topology import EPOCH_KEY, QUEUED, WAKE_CHANNEL, queue_name, task_name

_ANSWER_SECONDS = 2.0
CONSUMER_SECONDS = 20.0
"""How long a worker's consumer waits for Redis, which only pauses it; whoever publishes holds others up."""
# The direct exchange: a named one loses messages without an error after a flush.
_DIRECT = Exchange("", type="direct")
# What a worker cannot give back comes back through the ledger; Celery would leave it in /tmp, articles and all.
base.emergency_dump_state = lambda *_, **__: None  # type: ignore[attr-defined]


class BrokerAway(WireroomError):  # noqa: N818 - it is a state, not a mistake
    """Redis does not answer; what was being published may or may not have been sent."""


def make_app(redis_url: str, answer_seconds: float = _ANSWER_SECONDS) -> Celery:
    """The Celery application: JSON only, no results, no redelivery of its own (the ledger has one)."""
    app = Celery("wireroom", broker=redis_url, set_as_current=False)
    app.conf.update(
        task_queues=[Queue(queue_name(stage), _DIRECT, routing_key=queue_name(stage)) for stage in QUEUED],
        task_default_queue=queue_name("parse"),
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=False,
        task_publish_retry=False,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_timeout": answer_seconds,
            "socket_connect_timeout": _ANSWER_SECONDS,
            "socket_keepalive": True,
            "retry_on_timeout": False,
            "max_retries": 1,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
            # Nothing is redelivered but by the ledger: Redis need not keep what was taken until it is acknowledged.
            "ack_emulation": False,
        },
    )
    return app


class Broker:
    """Talks to Redis for one process. Every method but `wake` raises `BrokerAway` if Redis does not answer in time."""

    def __init__(self, redis_url: str) -> None:
        self._app = make_app(redis_url)
        self._redis = redis.Redis.from_url(
            redis_url, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS, decode_responses=True
        )

    def publish(self, stage: str, flight: int, articles: str | None = None) -> None:
        """Send a flight to `stage`; `articles` as JSON, where they travel by value."""
        with _answering():
            self._app.send_task(task_name(stage), args=[flight, articles], queue=queue_name(stage), retry=False)

    def epoch(self, *, make: bool = False) -> str:
        """The random key that dies with a flush or a restart; empty if there is none and `make` does not ask for it."""
        with _answering():
            epoch = self._redis.get(EPOCH_KEY)
            # A Redis that is full refuses to be written to, also where nothing would be.
            if make and not epoch:
                self._redis.set(EPOCH_KEY, secrets.token_hex(8), nx=True)
                epoch = self._redis.get(EPOCH_KEY)
            return str(epoch or "")

    def waiting(self, queues: Collection[str]) -> dict[str, int]:
        """Messages in each of the queues."""
        with _answering(), self._redis.pipeline(transaction=False) as pipe:
            for queue in queues:
                pipe.llen(queue)
            return dict(zip(queues, pipe.execute(), strict=True))

    def wake(self) -> None:
        """Tell the dispatchers that there may be something to launch; they look twice a second anyway."""
        with suppress(redis.RedisError):
            self._redis.publish(WAKE_CHANNEL, "")

    def wakes(self, seconds: float) -> Iterator[bool]:
        """For ever: True after a wake-up, or False after `seconds` without one."""
        with self._redis.pubsub(ignore_subscribe_messages=True) as subscription:
            with _answering():
                subscription.subscribe(WAKE_CHANNEL)
            while True:
                with _answering():
                    woken = subscription.get_message(timeout=seconds) is not None
                    while woken and subscription.get_message(timeout=0) is not None:
                        pass
                yield woken

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()
        self._app.close()


def ping(redis_url: str, seconds: float) -> None:
    """Raise `BrokerAway` unless Redis answers a fresh connection within so many seconds."""
    with _answering():
        client = redis.Redis.from_url(redis_url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=None)
        with client:
            client.ping()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except (redis.RedisError, OperationalError, OSError) as error:
        raise BrokerAway(f"Redis does not answer (WIREROOM_REDIS_URL): {error}") from error
