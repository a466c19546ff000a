"""Clippings: small pages, each cut down to what one test is about, and what is read off them."""

from __future__ import annotations

import json
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from wireroom.parse.metadata import Metadata, read_metadata

URL = "https://www.lakepaper.example/lake/ferry-sails-again"
STORY = (
    "<p>The ferry across the lake sailed again on Tuesday after nine days of repairs to its rudder, the port said.</p>"
    "<p>Nobody had expected it before Friday, and the first crossing was made with four passengers and a goat.</p>"
)


def told(
    head: str = "", body: str = "<h1>Ferry sails again</h1>", url: str | None = URL, title: str = "", lang: str = "en"
) -> Metadata:
    """The metadata of a page with this head and this above its story."""
    page = f"<html lang={lang}><head><title>{title}</title>{head}</head><body>{body}{STORY}</body></html>"
    return read_metadata(LexborHTMLParser(page), url)


def linked(**claims: Any) -> str:
    """JSON-LD of an article that claims this; a claim that is None is left out."""
    thing = {"@type": "NewsArticle", "headline": "Ferry sails again"} | claims
    said = {name: value for name, value in thing.items() if value is not None}
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def meta(name: str, content: str) -> str:
    """A meta element."""
    return f'<meta property="{name}" content="{content}">'
