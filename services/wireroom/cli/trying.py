"""`wireroom try`: one article through ingest, parse and enrich, on the spot; nothing is stored."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from wireroom.cli.app import app
from wireroom.cli.given import Unreadable, is_address
from wireroom.cli.intake import read_file
from wireroom.cli.output import AsJson, console, say, write_json
from wireroom.cli.show import show_article
from wireroom.contracts import EnrichedArticle, FetchedPage
from wireroom.errors import Unusable, WireroomError
from wireroom.ledger.offer import Refused, prepare
from wireroom.settings import settings


@app.command("try")
def try_(
    given: Annotated[str, typer.Argument(metavar="URL|FILE", help="An address to fetch, or a file.")],
    as_json: AsJson = False,
) -> None:
    """Fetch or read one article, parse and enrich it, and show the record. Stores nothing, needs no database.

    The exit code is 1 if it would be rejected.

    Examples:
    [bold]wireroom try https://example.com/story[/]
    [bold]wireroom try story.html --json | jq .parsed.title[/]
    """
    try:
        found = _work(_page(given))
    except Unusable as unusable:
        if as_json:
            write_json({"rejected": unusable.reason, "cause": str(unusable)})
        say(f"{unusable.reason}: {unusable}", head="rejected: ")
        raise typer.Exit(1) from unusable
    if as_json:
        write_json(found)
    else:
        show_article(console, found.parsed, found.enrichments, head=given)


def _page(given: str) -> FetchedPage:
    return _fetch(given) if is_address(given) else _read(Path(given))


def _read(path: Path) -> FetchedPage:
    """The page that the ledger would keep of a submitted file."""
    limit = settings().content_bytes
    found = read_file(path, limit)
    if isinstance(found, Unreadable):
        raise WireroomError(str(found))
    offer = prepare(found.job, limit)
    if isinstance(offer, Refused):
        raise WireroomError(f"{path}: {offer.cause}")
    return FetchedPage(body=offer.body, content_type=offer.content_type)


def _fetch(url: str) -> FetchedPage:
    from wireroom.ingest.fetch import Fetcher

    return asyncio.run(Fetcher.of(settings()).fetch(url))


def _work(page: FetchedPage) -> EnrichedArticle:
    # These load models and tables, which the other commands need not wait for.
    from wireroom.enrich.stage import enrich, load_enrichers
    from wireroom.parse.rules import read_rules
    from wireroom.parse.stage import parse

    given = settings()
    return enrich(parse(page, read_rules(given.rules)), load_enrichers(given.enrichers))
