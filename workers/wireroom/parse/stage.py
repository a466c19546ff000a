"""The parse stage: what a captured page says, as an article."""

from __future__ import annotations

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse.plain import parse_text


def parse(page: FetchedPage) -> ParsedArticle:
    """The article on the page; raises `Unusable` and nothing else where there is none."""
    return parse_text(page.body.decode("utf-8", "replace"))
