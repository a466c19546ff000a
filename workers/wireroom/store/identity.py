"""What tells that two pages are one article."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from urllib.parse import urlsplit

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
    url: str | None
    capture_digest: bytes
    captured_at: datetime
    capture_day: object
    capture_id: int


def identities(facts: Facts, article: ParsedArticle) -> list[Identity]:
    """The article's identities, the strongest first: the source's own id, then addresses; its text with neither."""
    found: list[Identity] = []
    if facts.external_id:
        found.append(("external_id", _hash(facts.source, facts.external_id)))
    addresses = (believed(article.canonical_url, facts.url), facts.url, facts.offered_url)
    found += [("url", urls.identity_hash(address)) for address in dict.fromkeys(addresses) if address]
    return list(dict.fromkeys(found)) or [("text", _hash(facts.source, text_of(article)))]


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
    """The last two labels of a host, or three where the second is as short as that of `co.uk`."""
    labels = host.split(".")
    short = len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2
    return ".".join(labels[-3 if short else -2 :])


def text_of(article: ParsedArticle) -> str:
    """Title and body, in one normal form: what a publisher's correction changes."""
    return " ".join(unicodedata.normalize("NFC", f"{article.title}\n{article.text}").split())


def text_hash(article: ParsedArticle) -> bytes:
    """Equal for two versions that say the same."""
    return _hash(text_of(article))


def _hash(*parts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
