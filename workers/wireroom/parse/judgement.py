"""Is it an article? Error pages, front pages and lists of stories are not."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

from wireroom.contracts import Block
from wireroom.errors import Unusable
from wireroom.parse.elements import first_text
from wireroom.parse.metadata import Metadata
from wireroom.parse.wording import is_prose

_ERROR = re.compile(
    r"\b404\b|\b(?:page|article|story|file|content) (?:was |is )?(?:not found|unavailable|no longer available)|"
    r"not found$|"
    r"can[’']?(?:t|not) (?:find|be found)|access (?:to this page )?(?:is |has been )?denied|^forbidden$|just a moment|"
    r"are you (?:a )?(?:human|robot)|attention required|verify (?:that )?you are|captcha|internal server error|"
    r"service unavailable|bad gateway|page introuvable|seite nicht gefunden|página no encontrada|página não encontrada|"
    r"pagina non trovata|pagina niet gevonden|enable javascript",
    re.IGNORECASE,
)
_ERROR_AT_MOST = 1500
_LEAST_UNCLAIMED = 250
_CARDS = 5


def refuse_error_page(tree: LexborHTMLParser, metadata: Metadata, blocks: list[Block]) -> None:
    """Raise `Unusable` where the headline tells of an error and little text follows."""
    titles = (metadata.title, first_text(tree, "title"), first_text(tree, "h1"))
    error = next((title for title in titles if _ERROR.search(title)), None)
    short = _length(blocks) < (_ERROR_AT_MOST if not metadata.is_article else _LEAST_UNCLAIMED)
    if error is not None and short:
        raise Unusable("not_an_article", f"the page is an error page: {error[:120]!r}")


def refuse_list(tree: LexborHTMLParser, metadata: Metadata, blocks: list[Block], cards: int) -> None:
    """Raise `Unusable` where the page shows a list of stories, or too little text to be one."""
    if not blocks or not metadata.title:
        raise Unusable("not_an_article", "no story was found on the page, only its frame")
    prose = sum(is_prose(block.text) for block in blocks)
    if metadata.is_article:
        return
    if prose < 3 and (cards >= _CARDS or metadata.is_list):
        raise Unusable("not_an_article", "the page is a list of stories, not a story")
    if not prose and _length(blocks) < _LEAST_UNCLAIMED:
        raise Unusable("not_an_article", "the page has too little text to be a story, and does not claim to be one")


def count_cards(tree: LexborHTMLParser) -> int:
    """How many elements on the page look like teasers: a headline that is a link, inside or around."""
    return len(
        tree.css("article a h2, article a h3, article h2 a, article h3 a, .card h2, .card h3, .teaser h2, .teaser h3")
    )


def _length(blocks: list[Block]) -> int:
    return sum(len(block.text) for block in blocks)
