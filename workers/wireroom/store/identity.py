"""What tells that two pages are one article."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import NamedTuple

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
    """By what an article is known: its identities, the strongest first, and which of them count only with its title."""

    identities: list[Identity]
    claims: frozenset[Identity]


def marks(facts: Facts, article: ParsedArticle) -> Marks:
    """The source's own id, then addresses, then the families of those; the text only with neither.

    A canonical link to another address than the page's own is a claim, and so is a family: both count where the titles
    agree.
    """
    named = [("external_id", _hash(facts.source, facts.external_id))] if facts.external_id else []
    link = believed(article.canonical_url, facts.url)
    canonical, own = _addresses(link), _addresses(facts.url, facts.offered_url)
    families = _families(link, facts.url, facts.offered_url)
    found = list(dict.fromkeys(named + canonical + own + families))
    claims = frozenset(canonical + families).difference(own)
    return Marks(found or [("text", _hash(facts.source, text_of(article)))], claims)


def believed(canonical: str | None, url: str | None) -> str | None:
    """The page's own canonical link, where it is on the page's own domain and leads to a page, not to a front page."""
    if not canonical or not url:
        return None
    try:
        ours, theirs = (urls.host(urls.canonical(one)) for one in (url, canonical))
        nowhere = urls.is_front_page(canonical)
    except urls.InvalidUrl:
        return None
    return canonical if domain(ours) == domain(theirs) and not nowhere else None


def shown(url: str | None) -> str | None:
    """The address under which the article is shown: the page's own, without what marks a click or a session."""
    try:
        return urls.canonical(url) if url else None
    except urls.InvalidUrl:
        return url


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


def _addresses(*given: str | None) -> list[Identity]:
    """Also as an older ledger has them."""
    return [("url", hash_(url)) for url in _valid(given) for hash_ in (urls.identity_hash, urls.former_hash)]


def _families(*given: str | None) -> list[Identity]:
    return [("url", urls.family_hash(url)) for url in _valid(given)]


def _valid(given: Sequence[str | None]) -> list[str]:
    found = []
    for url in filter(None, given):
        with suppress(urls.InvalidUrl):
            urls.check(url)
            found.append(url)
    return found


def _hash(*parts: str) -> bytes:
    digest = blake2b(digest_size=16)
    for part in parts:
        data = part.encode(errors="replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()
