"""Parse: from a captured page to an article's text, structure and metadata.

It can be used alone, without any server:

    from wireroom.parse import parse

    article = parse(page, "https://paper.example/story")
"""

from __future__ import annotations

from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.parse import stage
from wireroom.parse.rules import NO_RULES, Rules


def parse(body: bytes, url: str | None = None, content_type: str = "", rules: Rules = NO_RULES) -> ParsedArticle:
    """The article on a page: HTML or plain text, told apart by `content_type` or, where that is silent, by its look.

    `body` holds the bytes as they were fetched, up to 20 MB; `url` is their address, which makes others absolute and
    may tell the day; `rules` are those of single sites, as `wireroom.parse.rules.read_rules` gives them. Raises
    `wireroom.errors.Unusable`, with a reason and a sentence, where there is no article.
    """
    return stage.parse(FetchedPage(body=body, content_type=content_type, url=url), rules)
