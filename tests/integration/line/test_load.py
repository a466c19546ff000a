"""2,000 mixed articles at once drain, are all accounted for, and nothing grows with their number."""

from __future__ import annotations

from collections import Counter
from threading import Event, Thread

import redis
from msgspec.structs import asdict

from newsroom.desk import offer
from newsroom.line import Line
from newsroom.mixture import mixed
from newsroom.pages import Web
from wireroom.ledger.offer import Offer

FIRST, REST = 500, 1500
REDIS_BYTES = 20_000_000
GROWTH = 1.2


class RedisPeak:
    """The most memory that Valkey has used while the block ran."""

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(url)
        self._done = Event()
        self._thread = Thread(target=self._look)
        self.bytes = 0

    def __enter__(self) -> RedisPeak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._redis.close()

    def _look(self) -> None:
        while not self._done.wait(0.1):
            self.bytes = max(self.bytes, int(self._redis.info("memory")["used_memory"]))


def offers(web: Web, first: int, number: int) -> list[Offer]:
    """As they are accepted."""
    return [offer(**asdict(article)) for article in mixed(web, first, number)]


def test_2000_mixed_articles(line: Line) -> None:
    with Web() as web, RedisPeak(line.valkey.url) as peak:
        jobs = line.submit(offers(web, 0, FIRST))
        line.drain()
        small = line.sizes()
        jobs += line.submit(offers(web, FIRST, REST))
        line.drain(150)
        large = line.sizes()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": FIRST + REST}
    assert peak.bytes < REDIS_BYTES
    grown = {name: large[name] / small[name] for name in small}
    print(f"Valkey at most {peak.bytes:,} bytes; growth of processes {grown}")
    assert {name: ratio for name, ratio in grown.items() if ratio > GROWTH} == {}
    line.check()
