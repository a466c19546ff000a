"""One poll: what an address says now, and what it says on further pages; nothing is written down here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from wireroom.errors import Failure, Unusable
from wireroom.formats.listing import Entry, Found, Listing
from wireroom.ingest import children
from wireroom.ingest.children import candidates
from wireroom.ingest.entries import hashes
from wireroom.ingest.fetch import MAX_REDIRECTS, Polled, Validators
from wireroom.ingest.visit import Visit
from wireroom.ledger.accept import digest
from wireroom.ledger.poll_terms import ToPoll

MOST_PAGES = 10
"""Pages of a list that one poll reads: its first, and those with older entries behind it, while they have news."""
MOST_GUESSES = 4
_LED = frozenset({"sitemap_index", "page"})

Read = Callable[[bytes, str, str], Awaitable[Listing]]
Known = Callable[[Sequence[bytes]], Awaitable[Mapping[bytes, bytes]]]


class PollFetcher(Protocol):
    """What a poll needs of a `Fetcher`."""

    async def poll(
        self, url: str, validators: Validators = ..., *, visit: Visit | None = None, obeys: bool = True
    ) -> Polled:
        """What is at `url`, unless it is as it was."""


@dataclass(frozen=True)
class Tools:
    """What a poll works with: `read` reads documents, apart; `known` says what a source has shown before."""

    fetcher: PollFetcher
    visit: Visit
    read: Read
    known: Known


@dataclass(frozen=True)
class Brought:
    """What a poll brought: `listing` is None where all is as it was, or where it is led to another host."""

    polled: Polled
    digest: bytes | None = None
    listing: Listing | None = None
    entries: list[Entry] = field(default_factory=list)
    """Those of all pages."""
    marks: list[bytes | None] = field(default_factory=list)
    """How each of them is known again."""
    found: list[Found] = field(default_factory=list)
    """What an index or a page leads to."""
    found_marks: list[bytes | None] = field(default_factory=list)
    known: Mapping[bytes, bytes] = field(default_factory=dict)
    problems: tuple[str, ...] = ()

    @property
    def leads(self) -> bool:
        """Whether it has no entries of its own."""
        return self.listing is not None and self.listing.kind in _LED


async def bring(source: ToPoll, tools: Tools) -> Brought:
    """Ask for what the source says now. Raises `Failure`, and what the visit raises where it must end."""
    polled = await tools.fetcher.poll(
        source.ask, Validators(source.etag, source.last_modified), visit=tools.visit, obeys=source.robots
    )
    if polled.elsewhere is not None:
        if source.hops >= MAX_REDIRECTS:
            raise Unusable("redirects", f"the address redirects more than {MAX_REDIRECTS} times")
        return Brought(polled)
    if polled.body is None:
        return Brought(polled, source.digest)
    now = digest(polled.body)
    # A page may be as it was, but not what its robots.txt names.
    if now == source.digest and source.kind != "page":
        return Brought(polled, now)
    listing = await tools.read(polled.body, polled.content_type, polled.url)
    if listing.kind == "page" and source.kind not in (None, "page"):
        # An error page, or a front page for whatever is not there: it would be polled as one from now on.
        raise Unusable("not_a_listing", f"it was of the kind {source.kind}, and is an ordinary page now")
    if listing.kind in _LED:
        return await _lead(source, tools, polled, now, listing)
    return await _list(source, tools, polled, now, listing)


async def _list(source: ToPoll, tools: Tools, polled: Polled, now: bytes, listing: Listing) -> Brought:
    entries, marks, known = [*listing.entries], hashes(listing.entries), dict[bytes, bytes]()
    asked, following, told = [polled.url], listing.next, listing.problems
    news = known_of = marks
    while True:
        known |= await tools.known([mark for mark in known_of if mark])
        if following is None or following in asked or not any(mark and mark not in known for mark in news):
            break
        if len(asked) == MOST_PAGES or not tools.visit.stays(following):
            told = [*told, f"older entries follow at {following}, which was not asked"]
            break
        asked.append(following)
        page, problem = await _page(source, tools, following)
        if page is None:
            told = [*told, problem]
            break
        news = known_of = hashes(page.entries)
        entries, marks, following, told = entries + page.entries, marks + news, page.next, told + page.problems
    return Brought(polled, now, listing, entries, marks, known=known, problems=tuple(dict.fromkeys(told)))


async def _page(source: ToPoll, tools: Tools, url: str) -> tuple[Listing | None, str]:
    """A further page; or why there is none: what came before it is good all the same."""
    try:
        polled = await tools.fetcher.poll(url, visit=tools.visit, obeys=source.robots)
        if polled.body is None:
            return None, f"its further page {url} is on another host"
        return await tools.read(polled.body, polled.content_type, polled.url), ""
    except Failure as error:
        return None, f"its further page {url} could not be read: {error}"


async def _lead(source: ToPoll, tools: Tools, polled: Polled, now: bytes, listing: Listing) -> Brought:
    others: list[str] = []
    if listing.kind == "page":
        others = list((await tools.visit.rules(polled.url)).sitemaps) if source.robots else []
        if not (listing.feeds or others) and source.kind is None:
            others = [url for url in listing.guesses[:MOST_GUESSES] if await _is_source(source, tools, url)]
    found = candidates(listing, others)
    marks = children.marks(found)
    known = await tools.known([mark for mark in marks if mark])
    return Brought(polled, now, listing, found=found, found_marks=marks, known=known, problems=tuple(listing.problems))


async def _is_source(source: ToPoll, tools: Tools, url: str) -> bool:
    page, _ = await _page(source, tools, url) if tools.visit.stays(url) else (None, "")
    return page is not None and page.kind != "page"
