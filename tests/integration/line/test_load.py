"""5,000 mixed articles at once drain, are all accounted for, and nothing grows with their number."""

from __future__ import annotations

from collections import Counter
from threading import Event, Thread

import redis

from newsroom.desk import offer
from newsroom.line import Line, story
from newsroom.pages import Web, page
from wireroom.ledger.offer import Offer

FIRST, REST = 500, 4500
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


def mixed(web: Web, first: int, number: int) -> list[Offer]:
    """Six texts, three inline pages and one page to fetch of each ten."""
    made = []
    for n in range(first, first + number):
        if n % 10 < 6:
            made.append(offer(text=story(n), source=f"wire {n % 7}"))
        elif n % 10 < 9:
            made.append(offer(html=page(n), url=f"https://site{n % 9}.example/{n}"))
        else:
            made.append(offer(url=web.url(n, host=n // 10 % 50 + 1)))
    return made


def test_5000_mixed_articles(line: Line) -> None:
    with Web() as web, RedisPeak(line.valkey.url) as peak:
        jobs = line.submit(mixed(web, 0, FIRST))
        line.drain()
        small = line.sizes()
        jobs += line.submit(mixed(web, FIRST, REST))
        line.drain(300)
        large = line.sizes()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": FIRST + REST}
    assert peak.bytes < REDIS_BYTES
    grown = {name: large[name] / small[name] for name in small}
    print(f"Valkey at most {peak.bytes:,} bytes; growth of processes {grown}")
    assert {name: ratio for name, ratio in grown.items() if ratio > GROWTH} == {}
    line.check()
