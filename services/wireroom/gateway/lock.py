"""The lock: who may do what, and how fast."""

from __future__ import annotations

import ipaddress
import math
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from wireroom import logs
from wireroom.gateway.bucket import Bucket
from wireroom.gateway.keyring import Keyring
from wireroom.gateway.problems import Problem
from wireroom.logs import Event
from wireroom.metrics import TURNED_AWAY
from wireroom.settings import Settings
from wireroom.tokens import Given, Key, Scope, read

_CHALLENGE = 'Bearer realm="wireroom"'
_HOW = "send one as `Authorization: Bearer wr_...`; `wireroom tokens create` makes it"


@dataclass(frozen=True)
class Caller:
    """Whoever calls the API: somebody with a token, or anybody where none is asked for."""

    name: str | None = None
    producer: str | None = None
    """The only name under which it may offer."""
    bucket: Bucket | None = None

    def signed(self, who: str | None = None) -> str:
        """The name that the history of a job keeps: the token's, and what the caller says of itself."""
        said = ":".join(part for part in ("api", self.name, who) if part)
        return said if self.name or who else "a caller of the API"

    def owe(self, articles: int) -> None:
        """So many more than requests were let in."""
        if self.bucket is not None:
            self.bucket.owe(articles)


class Lock:
    """Lets requests in, by the rule of `WIREROOM_TOKENS`; belongs to one event loop."""

    def __init__(self, given: Settings, keyring: Keyring) -> None:
        self._rule = given.tokens
        self._is_outside = not is_here(given.gateway_host)
        self._keyring = keyring
        self._buckets: dict[str, Bucket] = {}
        if self._rule == "off" and self._is_outside:
            logs.warning(Event.gateway_open, host=given.gateway_host)

    async def admit(self, request: Request, scope: Scope) -> None:
        """Put the caller into the state; raises `Problem` where it may not, or not yet, do what needs `scope`."""
        try:
            await self._admit(request, scope)
        except Problem as problem:
            # Whoever is still sending must see the answer.
            problem.last = request.method not in ("GET", "HEAD")
            if problem.status < 500:
                TURNED_AWAY.labels(problem.reason or "other").inc()
            raise

    async def _admit(self, request: Request, scope: Scope) -> None:
        request.state.caller = Caller()
        if self._rule == "off":
            return
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            key = await self._key(text.strip())
            request.state.caller = caller = Caller(key.name, key.producer, self._bucket(key))
            _slow_down(key, caller)
            _insist(key, scope)
        elif not await self._is_open(request):
            raise _unknown(f"this needs a token: {_HOW}", _CHALLENGE, reason="no_token")

    async def _is_open(self, request: Request) -> bool:
        """Whether nobody is asked: at home, where no token was ever made, and not for a page that rebinds its name."""
        if self._rule == "required" or self._is_outside or not _is_called_by_a_name_of_here(request):
            return False
        return not (await self._keyring.ring()).were_made

    async def _key(self, text: str) -> Key:
        given = read(text)
        key = await self._find(given) if given else None
        if given is None or key is None or not key.fits(given.secret):
            detail = f"this token is not known, was revoked, or has expired: {_HOW}"
            raise _unknown(detail, f'{_CHALLENGE}, error="invalid_token"', reason="bad_token")
        return key

    async def _find(self, given: Given) -> Key | None:
        ring = await self._keyring.ring(lambda ring: given.id in ring.keys)
        return ring.keys.get(given.id)

    def _bucket(self, key: Key) -> Bucket | None:
        if key.rate is None or key.burst is None:
            return None
        if key.id not in self._buckets:
            self._buckets[key.id] = Bucket(key.rate, key.burst)
        return self._buckets[key.id]


def is_here(host: str) -> bool:
    """Whether only this machine reaches the address."""
    try:
        return host.lower() == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_called_by_a_name_of_here(request: Request) -> bool:
    try:
        return is_here(urlsplit(f"//{request.headers.get('host', '')}").hostname or "")
    except ValueError:
        return False


def _slow_down(key: Key, caller: Caller) -> None:
    seconds = caller.bucket.take() if caller.bucket else 0.0
    if seconds:
        after = math.ceil(seconds)
        detail = f"the token {key.name} may send {key.rate:g} requests or articles a second: wait {after} s"
        raise Problem(429, detail, reason="too_fast", headers={"Retry-After": str(after)})


def _insist(key: Key, scope: Scope) -> None:
    if scope not in key.scopes:
        detail = f"this needs the scope {scope}; the token {key.name} has {', '.join(sorted(key.scopes))}"
        challenge = {"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{scope}"'}
        raise Problem(403, detail, reason="missing_scope", headers=challenge, more={"scope": scope})


def _unknown(detail: str, challenge: str, *, reason: str) -> Problem:
    return Problem(401, detail, reason=reason, headers={"WWW-Authenticate": challenge})


def caller_of(request: Request) -> Caller:
    """Who was let in."""
    caller: Caller = request.state.caller
    return caller
