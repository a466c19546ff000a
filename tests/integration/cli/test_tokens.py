"""Tokens from the command line: shown once, listed without their secrets, revoked for good."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from integration.cli.conftest import CommandLine
from newsroom.desk import Desk
from wireroom import tokens
from wireroom.errors import WireroomError
from wireroom.tokens import Scope, Wish

CREATE = ("tokens", "create", "crawler", "--scope", "offer", "--scope", "read")


def test_a_token_is_printed_once_and_its_secret_is_kept_nowhere(wireroom: CommandLine, desk: Desk) -> None:
    ended = wireroom(*CREATE)
    given = tokens.read(ended.out.strip())
    assert ended.code == 0 and given is not None and "only time" in ended.err
    (key,) = tokens.ring(desk.db).keys.values()
    assert (key.id, key.name, sorted(key.scopes)) == (given.id, "crawler", ["offer", "read"])
    assert key.fits(given.secret) and not key.fits(given.secret[:-1])
    for command in ("list", "show"):
        asked = ("tokens", command, "crawler")[: 2 if command == "list" else 3]
        for answer in (wireroom(*asked), wireroom(*asked, "--json")):
            assert answer.code == 0 and given.id in answer.out and given.secret not in answer.out


def test_all_that_a_token_may_is_shown(wireroom: CommandLine, desk: Desk) -> None:
    made = wireroom(*CREATE, "--producer", "crawler", "--rate", "600/m", "--burst", "20", "--expires", "90d", "--json")
    assert tokens.read(json.loads(made.out)["token"])
    (shown,) = wireroom("tokens", "show", "crawler", "--json").lines
    assert (shown["producer"], shown["rate"], shown["burst"], shown["state"]) == ("crawler", 10.0, 20, "good")
    assert shown["made_by"] == "cli:ada"
    (token,) = tokens.tokens(desk.db)
    assert token.expires_at is not None and token.expires_at - token.made_at == timedelta(days=90)
    said = wireroom("tokens", "show", "crawler").out
    assert "may offer, read, as crawler only" in said and "10/s, 20 at once" in said
    assert "crawler" in wireroom("tokens", "list").out


def test_a_revoked_token_is_kept_and_its_name_is_free(wireroom: CommandLine, desk: Desk) -> None:
    wireroom(*CREATE)
    with pytest.raises(WireroomError, match="there is a token crawler already"):
        tokens.make(desk.db, Wish("crawler", [Scope.read]), "test")
    assert wireroom("tokens", "revoke", "crawler").code == 0
    assert wireroom("tokens", "revoke", "crawler").code == 1
    assert not tokens.ring(desk.db).keys and tokens.ring(desk.db).were_made
    assert wireroom(*CREATE).code == 0
    assert [one["state"] for one in wireroom("tokens", "list", "--json").lines] == ["good", "revoked"]
    assert len(wireroom("tokens", "show", "crawler", "--json").lines) == 2
    (good,) = tokens.ring(desk.db).keys
    assert wireroom("tokens", "revoke", good).code == 0


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scope", "write"), "scope"), (("--scope", "read", "--rate", "10"), "10/s"),
        (("--scope", "read", "--rate", "0/s"), "10/s"), (("--scope", "read", "--expires", "soon"), "90d"),
        (("--scope", "read", "--expires", "0d"), "90d"), ((), "scope"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_read_is_told(wireroom: CommandLine, options: tuple[str, ...], said: str) -> None:
    ended = wireroom("tokens", "create", "x", *options)
    assert ended.code == 2 and said in ended.err


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("x", [Scope.read], " "), "producer is empty"), (Wish(" ", [Scope.read]), "name is empty"),
        (Wish("x", [Scope.read], burst=5), "a burst needs a rate"), (Wish("x", []), "needs a scope: offer, read"),
        (Wish("x" * 600, [Scope.read]), "at most 512"),
    ],
    ids=str,
)  # fmt: skip
def test_what_no_token_can_be_is_told(desk: Desk, wish: Wish, said: str) -> None:
    with pytest.raises(WireroomError, match=said):
        tokens.make(desk.db, wish, "test")
