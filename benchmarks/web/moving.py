"""Sources that move, fail and recover, and such as lead to others."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.web.answers import Answer, Place, Request, always, document, redirect, refusal
from benchmarks.web.listings import EPOCH, Listing, served, sitemap_index
from benchmarks.web.site import NOT_FOUND, Land, Site
from benchmarks.web.stories import page, story

CHILDREN = 3
"""Sitemaps of the index; feeds of the home page."""
FAILURES = {
    "500": refusal(500),
    "404": NOT_FOUND,
    "page": document("<p>We are at lunch."),
    "410": refusal(410),
}
"""What a feed answers that fails."""


def by_edition(places: Mapping[int, Place]) -> Place:
    """The place of the latest edition that is not after the request's."""

    def place(request: Request) -> Answer:
        return places[max(one for one in places if one <= request.edition)](request)

    return place


def build(land: Land) -> None:
    """All of them."""
    _build_moving(land)
    _build_failing(land)
    _build_index(land)
    _build_home(land)


def _build_moving(land: Land) -> None:
    """In the second edition each feed is elsewhere: for good on its host, for good on another one, for now."""
    for name, status in (("here", 301), ("away", 308), ("for-now", 302)):
        site = land.site(f"moving-{name}")
        target = land.site(f"moving-{name}-to") if name == "away" else site
        land.put_feed(site, "/feed.xml")
        moved = redirect(_grow(land, site, target, "/new/feed.xml"), status)
        site.put("/feed.xml", by_edition({1: site.places["/feed.xml"], 2: always(moved)}))


def _build_failing(land: Land) -> None:
    """In the second edition they fail; in the third they have recovered and have one story more."""
    for name, answer in FAILURES.items():
        site = land.site(f"failing-feed-{name}")
        land.put_feed(site, "/feed.xml")
        _grow(land, site, site, "/recovered.xml")
        first, recovered = site.places["/feed.xml"], site.places["/recovered.xml"]
        site.put("/feed.xml", by_edition({1: first, 2: always(answer), 3: recovered}))


def _grow(land: Land, site: Site, target: Site, path: str) -> str:
    """There the feed of the site has one story more; its address."""
    feed, added = site.feeds[-1], land.entries(target, 1)
    site.grown[feed.url] = added
    return target.put(path, served("rss20", Listing(site.title, site.url("/"), (*added, *feed.entries))))


def _build_index(land: Land) -> None:
    site = land.site("leading-index")
    urls = [land.put_feed(site, f"/sitemaps/{n}.xml", "sitemap").url for n in range(CHILDREN)]
    site.leading[site.put("/sitemap.xml", document(sitemap_index(urls, EPOCH), "application/xml"))] = "sitemap_index"


def _build_home(land: Land) -> None:
    site = land.site("leading-home")
    feeds = [land.put_feed(site, f"/{name}.xml", name) for name in ("rss20", "atom")]
    links = "".join(f'<link rel="alternate" type="application/{feed.kind}+xml" href="{feed.url}">' for feed in feeds)
    told = story(land.number())
    site.leading[site.put("/", document(page(told, site.title).replace("</title>", f"</title>{links}")))] = "page"
    sitemap = land.put_feed(site, "/news.xml", "news")
    site.robots("User-agent: *", "Allow: /", f"Sitemap: {sitemap.url}")
