"""What tells that two pages are one article."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import urlsplit

from tld import get_fld

from wireroom import urls
from wireroom.contracts import ParsedArticle

Identity = tuple[str, bytes]
"""Kind (`external_id`, `url`, `text`) and hash."""


@dataclass(frozen=True)
class Facts:
    """What the ledger knows of a job and its page."""

    job_id: int
    source: str
    offered_url: str | None
    external_id: str | None
    published: str | None
    replays: int | None
    replayed_article: int | None
    """What the replayed job became."""
    url: str | None
    capture_digest: bytes
    captured_at: datetime
    capture_day: object
    capture_id: int


class Marks(NamedTuple):
    """By what an article is known: its identities, the strongest first, and which of them is only the page's claim."""

    identities: list[Identity]
    claim: Identity | None


def marks(facts: Facts, article: ParsedArticle) -> Marks:
    """The source's own id, then addresses; the text only with neither.

    A canonical link to another address than the page's own is a claim: it counts where the titles agree.
    """
    named = [("external_id", _hash(facts.source, facts.external_id))] if facts.external_id else []
    canonical = _address(believed(article.canonical_url, facts.url))
    own = _address(facts.url) + _address(facts.offered_url)
    found = list(dict.fromkeys(named + canonical + own))
    claim = next((one for one in canonical if one not in own), None)
    return Marks(found or [("text", _hash(facts.source, text_of(article)))], claim)


def believed(canonical: str | None, url: str | None) -> str | None:
    """The page's own canonical link, where it is on the page's own domain and leads to a page, not to a front page."""
    if not canonical or not url:
        return None
    try:
        ours, theirs = urls.host(url), urls.host(canonical)
        path = urlsplit(urls.canonical(canonical)).path
    except urls.InvalidUrl:
        return None
    return canonical if domain(ours) == domain(theirs) and path.strip("/") else None


def domain(host: str) -> str:
    """The registered domain of a host by the Public Suffix List, as `bbc.co.uk`; an IP address is its own."""
    if host.startswith("[") or host.rpartition(".")[2].isdecimal():
        return host
    listed = get_fld(host, fix_protocol=True, fail_silently=True)
    return listed or ".".join(host.split(".")[-2:])


def same_title(one: str, other: str) -> bool:
    """Whether two titles are one, but for case and white space; no title is like no other."""
    one, other = (" ".join(unicodedata.normalize("NFC", title).casefold().split()) for title in (one, other))
    return one == other != ""


def text_of(article: ParsedArticle) -> str:
    """Title and body, in one normal form: what a publisher's correction changes."""
    return " ".join(unicodedata.normalize("NFC", f"{article.title}\n{article.text}").split())


def text_hash(article: ParsedArticle) -> bytes:
    """Equal for two versions that say the same."""
    return _hash(text_of(article))


def _address(url: str | None) -> list[Identity]:
    try:
        return [("url", urls.identity_hash(url))] if url else []
    except urls.InvalidUrl:
        return []


def _hash(*parts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
