"""Ordinary publishers: feeds of every format, stories of their own and shared ones, corrections, new stories."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.web.answers import Answer, Request, compressed, conditional, document
from benchmarks.web.listings import FORMATS, Entry, Listing, served
from benchmarks.web.site import Feed, Land, Site
from benchmarks.web.stories import Story, page, slug, story

SHARED_BY = 10
"""A shared story is in so many feeds, each of another publisher."""
CORRECTED = 25
"""From the second edition on, every so manieth story has another text."""
GROWING = 10
"""From the second edition on, every so manieth feed has one story more."""

_SHIFT = 17


class Size(NamedTuple):
    """Of the ordinary part of a web."""

    publishers: int = 200
    feeds: int = 1000
    entries: int = 20

    @property
    def shared(self) -> int:
        """Shared stories in a feed."""
        return self.entries // 5


class Shared(NamedTuple):
    """A story that stands at one publisher and is in many feeds: how each of them writes its address."""

    number: int
    addresses: tuple[str, ...]
    elsewhere: tuple[str, ...]
    """Addresses of the same story under other paths, whose pages name the first one as the canonical one."""


@dataclass
class Press:
    """All the ordinary publishers."""

    sites: list[Site]
    mobile: list[Site]
    shared: list[Shared]
    fresh: list[Entry]
    """What is new in the second edition."""


def build(land: Land, size: Size) -> Press:
    """Publishers with all their feeds."""
    sites = [land.site(f"gazette-{n + 1:03}") for n in range(size.publishers)]
    mobile = [land.site(f"m.gazette-{n + 1:03}") for n in range(size.publishers)]
    press = Press(sites, mobile, [], [])
    press.shared = [_share(land, press, n) for n in range(size.feeds * size.shared // SHARED_BY)]
    for number in range(size.feeds):
        _add_feed(land, press, number, size)
    for number, site in enumerate(sites):
        _write_robots(site, number)
    return press


def _write_robots(site: Site, number: int) -> None:
    sitemaps = [f"Sitemap: {feed.url}" for feed in site.feeds if feed.kind.endswith("sitemap")]
    if number % 4:
        site.robots("User-agent: *", "Disallow: /search", "Allow: /", *sitemaps)


def _add_feed(land: Land, press: Press, number: int, size: Size) -> None:
    site = press.sites[number % len(press.sites)]
    own = [_own(land, site, number) for _ in range(size.entries - size.shared)]
    passed_on = [_passed_on(press, number, place, size) for place in range(size.shared)]
    names = list(FORMATS)
    name = names[(number + number // len(press.sites)) % len(names)]
    path = f"/feeds/{number}.{'json' if name == 'json' else 'xml'}"
    entries, later = (*own, *passed_on), tuple[Entry, ...]()
    if number % GROWING == 0:
        later = (_own(land, site, number),)
        press.fresh += later
    site.put(path, _Desk(site, name, number, entries, later))
    site.feeds.append(Feed(site.url(path), FORMATS[name].kind, entries))


def _own(land: Land, site: Site, feed: int) -> Entry:
    """A story of a feed's own publisher."""
    told = story(land.number())
    path = f"/{slug(told)}.html"
    site.put(path, _StoryPage(site, told, path, squeezed=feed % 2 == 0))
    return Entry(site.url(path), told)


def _share(land: Land, press: Press, place: int) -> Shared:
    """A story on a publisher's page, with its AMP and mobile pages."""
    site, mobile = press.sites[place % len(press.sites)], press.mobile[place % len(press.sites)]
    told = story(land.number())
    path, amp = f"/{slug(told)}.html", f"/amp/{slug(told)}.html"
    site.put(path, _StoryPage(site, told, path, squeezed=True))
    for other, at in ((site, amp), (mobile, path)):
        other.put(at, _StoryPage(site, told, path, squeezed=False, amp=other is site))
    url = site.url(path)
    same = (
        url, f"{url}?utm_source=feed&utm_medium=rss", f"{url}#comments", url.replace("http://", "HTTP://"),
        url.replace(site.name, site.name.upper()), f"{url}?fbclid=IwAR0x{told.number}", f"{url}?utm_campaign=a%20b#top",
        f"{url}?gclid=1&mc_cid=2",
    )  # fmt: skip
    return Shared(told.number, same, (site.url(amp), mobile.url(path)))


def _passed_on(press: Press, feed: int, place: int, size: Size) -> Entry:
    """A shared story, as the feed of that number has it in that place."""
    turn, which = divmod(feed * size.shared + place, len(press.shared))
    # Moved on in each turn, so that a publisher has it once.
    shared = press.shared[(which + turn * _SHIFT * size.shared) % len(press.shared)]
    written = (*shared.addresses, *shared.elsewhere)
    return Entry(written[turn % len(written)], story(shared.number))


@dataclass(frozen=True, slots=True)
class _StoryPage:
    """A story as its publisher shows it; from the second edition on some are corrected."""

    site: Site
    told: Story
    path: str
    """Of its ordinary page, which is the canonical one."""
    squeezed: bool
    amp: bool = False

    def __call__(self, request: Request) -> Answer:
        told, url = edited(self.told, request.edition), self.site.url(self.path)
        answer = document(page(told, self.site.title, url, amp=self.amp))
        return compressed(request, answer) if self.squeezed else answer


@dataclass(frozen=True, slots=True)
class _Desk:
    """A feed with a true ETag, or a true Last-Modified, or both."""

    site: Site
    format: str
    number: int
    entries: tuple[Entry, ...]
    later: tuple[Entry, ...]

    def __call__(self, request: Request) -> Answer:
        now = (*self.later, *self.entries) if request.edition > 1 else self.entries
        edition = request.edition if self.changes() else 1
        shown = [Entry(url, edited(told, request.edition)) for url, told in now]
        listing = Listing(f"{self.site.title} {self.number}", self.site.url("/"), shown, edition)
        answer = served(self.format, listing)
        modified = listing.modified if self.number % 3 else None
        answer = conditional(request, answer, self.number % 3 != 2, modified)
        return compressed(request, answer) if self.number % 2 and answer.status == 200 else answer

    def changes(self) -> bool:
        """Whether the next edition is another one than the first."""
        return bool(self.later) or any(told.number % CORRECTED == 0 for _, told in self.entries)


def edited(told: Story, edition: int) -> Story:
    """The story as it is in that edition."""
    return story(told.number, 1) if edition > 1 and told.number % CORRECTED == 0 else told
