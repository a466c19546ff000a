"""Sources that move, fail and recover, and such as lead to others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from benchmarks.web.answers import Answer, Place, Request, always, document, redirect, refusal
from benchmarks.web.listings import EPOCH, sitemap_index
from benchmarks.web.site import NOT_FOUND, Land, Site
from benchmarks.web.stories import page, story

CHILDREN = 3
"""Sitemaps of the index; feeds of the home page."""


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
        _grow(land, site, "/feed.xml", target, "/new/feed.xml")
        moved = redirect(target.url("/new/feed.xml"), status)
        site.put("/feed.xml", by_edition({1: site.places["/feed.xml"], 2: always(moved)}))


def _grow(land: Land, site: Site, path: str, target: Site, new: str) -> None:
    """At its new address a feed has one story more."""
    feed = site.feeds.pop()
    old = site.places[path]
    added = land.put_feed(target, new, entries=1)
    target.feeds.pop()
    extra = target.places[new](Request(target.name, new, {}, 0.0, 2)).body
    item = extra[extra.index(b"<item>") : extra.index(b"</channel>")]

    def grown(request: Request) -> Answer:
        answer = old(request)
        return replace(answer, body=answer.body.replace(b"<item>", item + b"<item>", 1))

    target.put(new, grown)
    site.feeds.append(feed)
    site.grown[feed.url] = added.entries


def _build_failing(land: Land) -> None:
    """In the second edition they fail; in the third they have recovered and have one story more."""
    for name, answer in (
        ("500", refusal(500)),
        ("404", NOT_FOUND),
        ("page", document("<p>We are at lunch.")),
        ("410", refusal(410)),
    ):
        site = land.site(f"failing-feed-{name}")
        land.put_feed(site, "/feed.xml")
        first = site.places["/feed.xml"]
        _grow(land, site, "/feed.xml", site, "/recovered.xml")
        site.put("/feed.xml", by_edition({1: first, 2: always(answer), 3: site.places["/recovered.xml"]}))


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
