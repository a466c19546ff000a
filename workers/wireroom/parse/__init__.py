"""Parse: from a captured page to an article's text, structure and metadata.

It can be used alone, without any server:

    from wireroom.parse import parse

    article = parse(page, "https://paper.example/story")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wireroom.contracts import FetchedPage, ParsedArticle

if TYPE_CHECKING:
    from wireroom.parse.rules import Rules


def parse(body: bytes, url: str | None = None, content_type: str = "", rules: Rules | None = None) -> ParsedArticle:
    """The article on a page: HTML or plain text, told apart by `content_type` or, where that is silent, by its look.

    `body` holds the bytes as they were fetched, up to 20 MB; `url` is their address, which makes others absolute and
    may tell the day; `rules` are those of single sites, as `wireroom.parse.rules.read_rules` gives them. Raises
    `wireroom.errors.Unusable`, with a reason and a sentence, where there is no article.
    """
    if not isinstance(body, bytes):
        raise TypeError(f"body must be bytes, not {type(body).__name__}: encode a text, and say so in content_type")
    # Whoever wants a small part of this package, as every command does, need not wait for numpy and trafilatura.
    from wireroom.parse import stage
    from wireroom.parse.rules import NO_RULES

    return stage.parse(FetchedPage(body=body, content_type=content_type, url=url), rules or NO_RULES)
