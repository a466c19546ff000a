"""The parse stage: what a captured page says, as an article."""

from __future__ import annotations

import re

from wireroom.charset import decode
from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.errors import Unusable
from wireroom.parse.page import parse_page
from wireroom.parse.plain import parse_text
from wireroom.parse.rules import NO_RULES, Rules

LARGEST = 20_000_000
_HTML_TYPE = re.compile(r"\s*(?:text/html|application/xhtml\+xml)\b", re.IGNORECASE)
_TEXT_TYPE = re.compile(r"\s*text/plain\b", re.IGNORECASE)
_NO_TEXT_TYPE = re.compile(r"\s*(?:image|audio|video|font)/|\s*application/(?:pdf|zip|gzip)\b", re.IGNORECASE)
_LOOKS_HTML = re.compile(
    r"\s*(?:<!--|<\?xml|<!doctype\s+html|<(?:html|head|body|meta|title|link|script|div|article|section|main|p|h1|table)\b)",
    re.IGNORECASE,
)
_TAGS = re.compile(r"</?(?:html|body|div|p|article|section|h[1-6]|a|span|ul|li|br)\b[^<>]{0,500}>", re.IGNORECASE)


def parse(page: FetchedPage, rules: Rules = NO_RULES) -> ParsedArticle:
    """The article on the page; raises `Unusable` and nothing else where there is none."""
    if not page.body.strip():
        raise Unusable("empty", "the page has no content")
    if len(page.body) > LARGEST:
        raise Unusable("too_large", f"the page has {len(page.body)} bytes; more than {LARGEST} are not read")
    if _NO_TEXT_TYPE.match(page.content_type):
        raise Unusable("binary", f"the content is {page.content_type[:80]}, not text")
    text = decode(page)
    if not _is_html(page.content_type, text):
        return parse_text(text)
    return parse_page(text, page.url, rules.of(page.url))


def _is_html(content_type: str, text: str) -> bool:
    """Whether it is HTML by its content type; by its look where that is silent."""
    if _HTML_TYPE.match(content_type):
        return True
    if _TEXT_TYPE.match(content_type):
        return False
    return bool(_LOOKS_HTML.match(text)) or len(_TAGS.findall(text[:20000])) > 5
