"""`wireroom tokens`: who may ask the gateway for what."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

import typer

from wireroom import tokens as ledger_tokens
from wireroom.cli.app import app
from wireroom.cli.connections import me, open_ledger
from wireroom.cli.output import (
    AsJson,
    AsLines,
    answer,
    as_objects,
    cell,
    clock,
    say,
    show_table,
    table,
    write_json,
    write_lines,
)
from wireroom.errors import WireroomError
from wireroom.tokens import Scope, Token, Wish

MOST_DAYS = 36_500
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_RATE = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)/([smhd])", re.ASCII)
_SPAN = re.compile(r"(\d{1,5})([hd])", re.ASCII)

tokens = typer.Typer(no_args_is_help=True, help="Tokens of the gateway: make, list, show and revoke them.")
app.add_typer(tokens, name="tokens")


def _rate(text: str | None) -> float | None:
    """Requests and articles a second."""
    if text is None:
        return None
    found = _RATE.fullmatch(text)
    if found is None or not float(found[1]):
        raise typer.BadParameter(f"{text!r} is no rate: give it as 10/s, 600/m, 5000/h or 100000/d")
    return float(found[1]) / _SECONDS[found[2]]


def _lifetime(text: str | None) -> timedelta | None:
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    span = timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else timedelta(0)
    if not timedelta(0) < span <= timedelta(days=MOST_DAYS):
        raise typer.BadParameter(f"{text!r} is no span of time: give it as 90d or 12h")
    return span


Which = Annotated[str, typer.Argument(metavar="ID|NAME", help="As `wireroom tokens list` shows it.")]


@tokens.command()
def create(
    name: Annotated[str, typer.Argument(help="Who will use it; the logs have this name.")],
    scope: Annotated[list[Scope], typer.Option(help="What for: offer articles, read, or operate. May be repeated.")],
    producer: Annotated[str | None, typer.Option(help="It may offer under this name only.")] = None,
    rate: Annotated[str | None, typer.Option(help="Most requests and articles, as 10/s or 600/m.")] = None,
    burst: Annotated[int | None, typer.Option(min=1, max=2**31 - 1, help="So many may come at once.")] = None,
    expires: Annotated[str | None, typer.Option(help="After what time it ends, as 90d. [dim]default: never[/]")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a token, and print it: this once, for only a digest of it is kept.

    Example: [bold]wireroom tokens create crawler --scope offer --scope read --producer crawler --rate 50/s[/]
    """
    wish = Wish(name, scope, producer, _rate(rate), burst, _lifetime(expires))
    with open_ledger() as ledger:
        made = ledger_tokens.make(ledger, wish, me())
    if as_json:
        write_json({"name": name, "token": made})
        return
    answer(made)
    say("this is the only time that it is shown; send it as `Authorization: Bearer ...`, or set WIREROOM_TOKEN")


@tokens.command("list")
def list_(as_json: AsLines = False) -> None:
    """List all tokens there ever were, without their secrets; the good ones first."""
    with open_ledger() as ledger:
        found = ledger_tokens.tokens(ledger)
    if as_json:
        write_lines(as_objects(found))
        return
    if not found:
        say("there is no token: `wireroom tokens create` makes one")
        return
    rows = table("id", "name", "state", "scopes", "producer", "rate", "expires")
    for one in found:
        expires = clock(one.expires_at) if one.expires_at else "never"
        rows.add_row(
            *map(cell, (one.id, one.name, one.state, ", ".join(one.scopes), one.producer, _told_rate(one), expires))
        )
    show_table(rows)


@tokens.command()
def show(which: Which, as_json: AsLines = False) -> None:
    """Tell everything that is known of a token, but for its secret; of a name that was used again, of each."""
    with open_ledger() as ledger:
        found = ledger_tokens.tokens(ledger, which)
    if not found:
        raise WireroomError(f"there is no token {which}; see `wireroom tokens list`")
    if as_json:
        write_lines(as_objects(found))
        return
    for one in found:
        answer(f"token {one.id}, {one.name}: {one.state}")
        answer(f"  may {', '.join(one.scopes)}" + (f", as {one.producer} only" if one.producer else ""))
        answer(f"  {_told_rate(one) or 'as fast as it likes'}")
        answer(f"  made {clock(one.made_at)} by {one.made_by}")
        answer(f"  expires {clock(one.expires_at) if one.expires_at else 'never'}")
        if one.revoked_at:
            answer(f"  revoked {clock(one.revoked_at)} by {one.revoked_by}")


@tokens.command()
def revoke(which: Which, as_json: AsJson = False) -> None:
    """Let nobody in with a token any more; gateways know it within five seconds. The exit code is 1 if it was not good.

    Example: [bold]wireroom tokens revoke crawler[/]
    """
    with open_ledger() as ledger:
        done = ledger_tokens.revoke(ledger, which, me())
    if as_json:
        write_json({"token": which, "revoked": done})
    elif done:
        answer(f"token {which} is revoked; gateways know it within five seconds")
    if not done:
        say(f"there is no token {which} that could be; see `wireroom tokens list`", head="not revoked: ")
        raise typer.Exit(1)


def _told_rate(one: Token) -> str:
    return f"{one.rate:g}/s, {one.burst} at once" if one.rate else ""
