"""Is it an article? Error pages, walls that ask for consent, front pages and lists of stories are not."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.contracts import Block
from wireroom.errors import Unusable
from wireroom.parse.body import letters_in
from wireroom.parse.elements import ancestors
from wireroom.parse.metadata import Metadata
from wireroom.parse.wording import ends_a_sentence, is_prose

_ERROR = re.compile(
    r"\b404\b|\b(?:page|article|story|file|content) (?:was |is )?(?:not found|unavailable|no longer available)|"
    r"not found$|"
    r"can[’']?(?:t|not) (?:find|be found)|access (?:to this page )?(?:is |has been )?denied|^forbidden$|just a moment|"
    r"are you (?:a )?(?:human|robot)|attention required|verify (?:that )?you are|captcha|internal server error|"
    r"service unavailable|bad gateway|page introuvable|seite nicht gefunden|página no encontrada|página não encontrada|"
    r"pagina non trovata|pagina niet gevonden|enable javascript",
    re.IGNORECASE,
)
_CONSENT_ASKED = re.compile(
    r"before you continue|(?:we value )?your privacy\b|privacy (?:settings|choices|gate|options)|"
    r"cookie(?: consent| wall| settings| policy|-einstellungen)|bevor sie (?:fortfahren|weiter)|"
    r"datenschutz-?einstellungen|zustimmung|einwilligung|avant de continuer|vie privée|antes de continuar|"
    r"tu privacidad|prima di continuare|voordat (?:je|u) verdergaat|\bconsent\b",
    re.IGNORECASE,
)
_CONSENT = re.compile(
    r"cookie|consent|privacy|personal data|partners\b|gdpr|zustimm|einwillig|datenschutz|personenbezogen|partnern\b|"
    r"données personnelles|traceurs|privacidad|consentimiento|datos personales|dati personali|consenso|"
    r"persoonsgegevens|toestemming",
    re.IGNORECASE,
)
_WALL_AT_MOST, _SHARE_OF_CONSENT = 4000, 0.6
_ERROR_AT_MOST = 1500
_LEAST_UNCLAIMED = 250
_CARDS = 5
_MOST_HEADINGS = 200
_LINES_OF_LIST = 5
_SHORT_KINDS = frozenset({"video", "gallery"})


def refuse_error_page(metadata: Metadata, blocks: list[Block]) -> None:
    """Raise `Unusable` where the headline tells of an error and little text follows."""
    short = letters_in(blocks) < (_ERROR_AT_MOST if not metadata.is_article else _LEAST_UNCLAIMED)
    error = next((title for title in metadata.titles if _ERROR.search(title)), None) if short else None
    if error is not None:
        raise Unusable("not_an_article", f"the page is an error page: {error[:120]!r}")


def refuse_wall(metadata: Metadata, blocks: list[Block]) -> None:
    """Raise `Unusable` where nearly all that is said is about cookies and consent, and a headline asks for it."""
    length = letters_in(blocks)
    if metadata.is_article or length >= _WALL_AT_MOST:
        return
    asked = sum(len(block.text) for block in blocks if _CONSENT.search(block.text))
    wall = next((title for title in metadata.titles if _CONSENT_ASKED.search(title)), None)
    if wall is not None and asked >= _SHARE_OF_CONSENT * length:
        raise Unusable("not_an_article", f"the page asks for consent before it shows anything: {wall[:120]!r}")


def refuse_list(metadata: Metadata, blocks: list[Block], cards: int) -> None:
    """Raise `Unusable` where the page shows a list of stories, or too little text to be one.

    `cards` counts its teasers; it does not matter where the page claims to be an article.
    """
    listed = not metadata.is_article and (cards >= _CARDS or metadata.is_list)
    prose = sum(is_prose(block.text) for block in blocks)
    told = prose or metadata.kind in _SHORT_KINDS
    if (prose < 3 and listed) or not (metadata.is_article or told or not _is_headlines(blocks)):
        raise Unusable("not_an_article", "the page is a list of stories, not a story")
    if not blocks or not metadata.title:
        raise Unusable("not_an_article", "no story was found on the page, only its frame")
    if not (metadata.is_article or told) and letters_in(blocks) < _LEAST_UNCLAIMED:
        raise Unusable("not_an_article", "the page has too little text to be a story, and does not claim to be one")


def _is_headlines(blocks: list[Block]) -> bool:
    """Whether the text is several lines and no sentence."""
    return len(blocks) >= _LINES_OF_LIST and not any(ends_a_sentence(block.text) for block in blocks)


def count_cards(tree: LexborHTMLParser) -> int:
    """How many elements on the page look like teasers: a headline that is a link, inside or around."""
    return sum(_is_card(heading) for heading in tree.css("h2, h3")[:_MOST_HEADINGS])


def _is_card(heading: LexborNode) -> bool:
    around = [(node.tag, f" {node.attributes.get('class') or ''} ") for node in ancestors(heading)]
    if any(" card " in label or " teaser " in label for _, label in around):
        return True
    tags = [tag for tag, _ in around]
    return "article" in tags and ("a" in tags[: tags.index("article")] or heading.css_first("a") is not None)
