"""The links of a line, each through a proxy of its own, and how they misbehave."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from psycopg.conninfo import conninfo_to_dict

from newsroom.line import Line
from newsroom.proxy import Proxy
from wireroom.embedded import EmbeddedValkey
from wireroom.supervisor import Process
from wireroom.topology import STAGES

ROLES = ("gateway", "dispatchers", "workers")
SERVERS = ("Redis", "Postgres")
LINKS = (*(f"{role} to {server}" for server, role in product(SERVERS, ROLES)), "producers to gateway")
Misbehaviour = Callable[[Proxy, random.Random], None]
"""Does it to a link, and returns when it is over."""


class Wired(Line):
    """A line whose links have proxies."""

    links: dict[str, Proxy]

    def crew(self, dispatchers: int, gateway: bool) -> list[Process]:
        """Who works on the line; everyone by the links of their role."""
        self.links = {name: Proxy(target) for name, target in self._targets().items()}
        # From here on this is where the producers find it.
        self.url = f"http://127.0.0.1:{self.links['producers to gateway'].port}"
        return [replace(one, env=self.env | self._env(one.name)) for one in super().crew(dispatchers, gateway)]

    def __enter__(self) -> Self:
        self._stack = ExitStack()
        for link in self.links.values():
            self._stack.enter_context(link)
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, traceback)
        self._stack.close()

    def _targets(self) -> dict[str, int | Path]:
        postgres = Path(str(conninfo_to_dict(self.database)["host"])) / ".s.PGSQL.5432"
        targets: dict[str, int | Path] = {"Redis": _port(self.valkey), "Postgres": postgres}
        links = {f"{role} to {server}": targets[server] for server, role in product(SERVERS, ROLES)}
        return links | {"producers to gateway": int(self.env["WIREROOM_GATEWAY_PORT"])}

    def _env(self, process: str) -> dict[str, str]:
        role = "workers" if process in STAGES else "gateway" if process == "gateway" else "dispatchers"
        redis, postgres = (self.links[f"{role} to {server}"].port for server in SERVERS)
        return {
            "WIREROOM_REDIS_URL": self.valkey.url.replace(f":{_port(self.valkey)}/", f":{redis}/"),
            "WIREROOM_DATABASE_URL": f"postgresql://wireroom@127.0.0.1:{postgres}{urlsplit(self.database).path}",
        }


def _port(valkey: EmbeddedValkey) -> int:
    return int(urlsplit(valkey.url).port or 0)


def reset(seconds: float) -> Misbehaviour:
    """For so long every connection is reset in mid-message."""

    def harm(link: Proxy, chance: random.Random) -> None:
        with link.resetting(chance):
            time.sleep(seconds)

    return harm


def refuse(seconds: float) -> Misbehaviour:
    """For so long nobody listens."""

    def harm(link: Proxy, _: random.Random) -> None:
        with link.refusing():
            time.sleep(seconds)

    return harm


def swallow(seconds: float) -> Misbehaviour:
    """For so long it is a black hole."""

    def harm(link: Proxy, _: random.Random) -> None:
        with link.swallowing():
            time.sleep(seconds)

    return harm


def delay(seconds: float, least: float, most: float) -> Misbehaviour:
    """For so long every piece comes later."""

    def harm(link: Proxy, _: random.Random) -> None:
        with link.delaying(least, most):
            time.sleep(seconds)

    return harm
