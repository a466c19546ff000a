"""Tokens: made, shown, revoked, and told apart. A token is `wr_ID_SECRET`; of the secret only a digest is kept."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from secrets import token_hex, token_urlsafe
from typing import Literal, NamedTuple

from wireroom.database import Connection
from wireroom.database.queries import Queries
from wireroom.errors import WireroomError
from wireroom.ledger.offer import check_name

queries = Queries("wireroom.tokens")

_SECRET_BYTES = 32
_FORM = re.compile(r"wr_([0-9a-f]{12})_([\w-]{43})", re.ASCII)


class Scope(StrEnum):
    """What a token may be used for."""

    offer = "offer"
    """Offer articles."""
    read = "read"
    """Read jobs, records, outcomes, quarantine: everything that is asked with GET."""
    operate = "operate"
    """Cancel jobs, send back or reject what is in quarantine, change what is polled."""


class Wish(NamedTuple):
    """What a token is to be: `rate` is requests and articles a second, of which `burst` may come at once."""

    name: str
    scopes: Sequence[Scope]
    producer: str | None = None
    rate: float | None = None
    burst: int | None = None
    lifetime: timedelta | None = None


class Token(NamedTuple):
    """A token as it is shown, without its secret."""

    id: str
    name: str
    scopes: list[str]
    producer: str | None
    rate: float | None
    burst: int | None
    made_at: datetime
    made_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    state: Literal["good", "expired", "revoked"]


class Key(NamedTuple):
    """What a gateway knows of a token that is good."""

    id: str
    name: str
    digest: bytes
    scopes: frozenset[str]
    producer: str | None
    rate: float | None
    burst: int | None

    def fits(self, secret: str) -> bool:
        """Whether it is the token's secret."""
        return hmac.compare_digest(self.digest, _digest(secret))


class Ring(NamedTuple):
    """Every good token by its id; and whether one was ever made, good or not."""

    keys: Mapping[str, Key]
    were_made: bool


class Given(NamedTuple):
    """A token as somebody sends it."""

    id: str
    secret: str


def make(connection: Connection, wish: Wish, who: str) -> str:
    """A new token, to be shown once; raises `WireroomError` where there cannot be one like that."""
    _check(wish)
    id_, secret = token_hex(6), token_urlsafe(_SECRET_BYTES)
    row = wish._asdict() | {
        "id": id_, "digest": _digest(secret), "scopes": sorted(set(wish.scopes)), "made_by": who,
        "burst": wish.burst or (max(1, round(wish.rate)) if wish.rate else None),
    }  # fmt: skip
    if not connection.execute(queries.insert, row).rowcount:
        raise WireroomError(f"there is a token {wish.name} already: revoke it first, or choose another name")
    return f"wr_{id_}_{secret}"


def tokens(connection: Connection, which: str | None = None) -> list[Token]:
    """All there ever were, or those with the id or name `which`: the good ones first, the newest first."""
    return [Token(*row) for row in connection.execute(queries.tokens, {"which": which})]


def revoke(connection: Connection, which: str, who: str) -> bool:
    """Let nobody in any more with the token of that id or name; False where none was good."""
    return bool(connection.execute(queries.revoke, {"which": which, "who": who}).rowcount)


def ring(connection: Connection) -> Ring:
    """The good tokens, as they are now."""
    keys = [Key(id_, name, digest, frozenset(scopes), *rest)
            for id_, name, digest, scopes, *rest in connection.execute(queries.good)]  # fmt: skip
    # Asked afterwards: a token that is made in between must not look like none.
    were_made = connection.execute(queries.were_made).fetchone() == (True,)
    return Ring({key.id: key for key in keys}, were_made)


def read(text: str) -> Given | None:
    """The parts of a token; None for what never was one."""
    found = _FORM.fullmatch(text)
    return Given(*found.groups()) if found else None


def _check(wish: Wish) -> None:
    for field, value in (("name", wish.name), ("producer", wish.producer)):
        if refused := check_name(field, value):
            raise WireroomError(refused.cause)
    if not wish.scopes:
        raise WireroomError(f"a token needs a scope: {', '.join(Scope)}")
    if wish.burst is not None and wish.rate is None:
        raise WireroomError("a burst needs a rate")


def _digest(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
