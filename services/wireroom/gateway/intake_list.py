"""The Redis list onto which producers push: a batch is taken from it in one step, and removed once it is committed.

A batch is a list of its own, with a name of its own, that never grows: whoever dies, others find it and commit it. That
two may try is the ledger's to settle (`ledger/batches.py`).
"""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID, uuid4

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from wireroom.ledger.accept import CHUNK
from wireroom.ledger.refusals import HEAD
from wireroom.topology import INTAKE_BATCHES, INTAKE_LISTS, batch_list

BATCH_BYTES = 8_000_000
"""Most bytes in a batch, unless one item has more."""
ORPHAN_SECONDS = 30.0
"""A batch that is so old was left by somebody; taking over one that was not is only wasteful. Scaled as leases are."""
_ANSWER_SECONDS = 5.0

# In one step, so that no batch grows after others may have seen it; also where Redis is full, or it would stay so.
# KEYS: the batch, the list of batches, then where to take from, in this order.
_TAKE = """#!lua flags=allow-oom
local size, number, now = 0, 0, redis.call('TIME')
for place = 3, #KEYS do
    while number < tonumber(ARGV[1]) do
        local item = redis.call('LINDEX', KEYS[place], -1)
        if not item or (number > 0 and size + #item > tonumber(ARGV[2])) then break end
        size, number = size + #item, number + 1
        redis.call('LMOVE', KEYS[place], KEYS[1], 'RIGHT', 'RIGHT')
    end
end
if number > 0 then redis.call('ZADD', KEYS[2], now[1] + now[2] / 1000000, ARGV[3]) end
return number
"""
# Of what is too long to be an article only the beginning is sent.
_READ = """
local found = {}
for _, item in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    local head = item
    if #item > tonumber(ARGV[1]) then head = string.sub(item, 1, tonumber(ARGV[2])) end
    found[#found + 1] = {#item, head}
end
return found
"""
_ORPHANS = """
local now = redis.call('TIME')
return redis.call('ZRANGE', KEYS[1], '-inf', now[1] + now[2] / 1000000 - ARGV[1], 'BYSCORE', 'LIMIT', 0, 100)
"""


class Pushed(NamedTuple):
    """Something that was pushed: its size in bytes, and all of it, or its beginning where it is too long."""

    size: int
    data: bytes

    @property
    def is_whole(self) -> bool:
        """Whether it was short enough to be read."""
        return len(self.data) == self.size


class IntakeList:
    """The list as one reader works on it. Every method raises `redis.RedisError` if Redis does not answer."""

    def __init__(self, redis_url: str, longest: int, lease_scale: float = 1.0) -> None:
        # Nothing is sent twice: whoever does not know whether a batch was taken takes another.
        self._redis = redis.Redis.from_url(
            redis_url,
            socket_timeout=_ANSWER_SECONDS,
            socket_connect_timeout=_ANSWER_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._longest = longest
        self.orphan_seconds = ORPHAN_SECONDS * lease_scale
        self._take, self._read, self._orphans = map(self._redis.register_script, (_TAKE, _READ, _ORPHANS))

    def take(self) -> UUID | None:
        """Move the oldest items into a batch; None if there is nothing. If it raises, others will find the batch."""
        batch = uuid4()
        keys = [batch_list(batch), INTAKE_BATCHES, *INTAKE_LISTS]
        return batch if self._take(keys, [CHUNK, BATCH_BYTES, str(batch)]) else None

    def orphans(self) -> list[UUID]:
        """Batches that somebody took long ago and did not remove, the oldest first."""
        return [UUID(name.decode()) for name in self._orphans([INTAKE_BATCHES], [self.orphan_seconds])]

    def read(self, batch: UUID) -> list[Pushed]:
        """What is in the batch, in its order; nothing if somebody has removed it."""
        return [Pushed(*item) for item in self._read([batch_list(batch)], [self._longest, HEAD])]

    def remove(self, batch: UUID) -> None:
        """Forget a batch that is in the ledger."""
        with self._redis.pipeline() as pipe:
            pipe.delete(batch_list(batch))
            pipe.zrem(INTAKE_BATCHES, str(batch))
            pipe.execute()

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()
