"""Hosts with a robots.txt of every kind, and such as want to be left in peace for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from math import ceil

from benchmarks.web import manners
from benchmarks.web.answers import Answer, Place, Request, document, redirect, refusal
from benchmarks.web.site import TRAPS, Land, Site

AGENT = "wireroom"
"""The reader for whom some of the rules are."""
CRAWL_DELAY = 1.0
REST_SECONDS = 3
OPEN, CLOSED = "/open/story.html", "/closed/story.html"
IGNORED = "rules-ignored"
"""The host that has agreed to be read whatever its robots.txt says."""
_STATUSES = (404, 401, 403, 410)
_TEXTS: dict[str, tuple[str, ...]] = {
    "plain": ("User-agent: *", "Disallow: /closed/"),
    "longest": ("User-agent: *", "Disallow: /", "Allow: /open/"),
    "named": (f"User-agent: {AGENT}", "Disallow: /closed/", "", "User-agent: *", "Disallow: /"),
    "others": ("User-agent: *", "Disallow: /closed/", "", "User-agent: OtherBot", "Disallow: /"),
    "wildcard": ("User-agent: *", "Disallow: /*ed/*.html$"),
    "encoded": ("User-agent: *", "Disallow: /%63losed/"),
    "spaced": ("\ufeffUSER-AGENT : *", "disallow:/closed/ # to all", "", "Sitemap: /nowhere.xml"),
    "garbled": ("\x00\xff<html>", "Disallow: /open/", "User-agent: *", "Disallow: /closed/", "Crawl-delay: soon"),
    "grouped": ("User-agent: OtherBot", "User-agent: *", "Disallow: /closed/"),
    "huge": ("User-agent: *", "Disallow: /closed/", *(f"Disallow: /{n:06}/" for n in range(40_000))),
}
"""Each lets readers go to OPEN and not to CLOSED."""


def build(land: Land) -> None:
    """All of them."""
    for name, lines in _TEXTS.items():
        site = _site(land, name)
        site.robots(*lines)
    _build_odd_ones(land)
    _build_closed(land)
    _build_feeds(land)
    _build_hurried(land)
    _build_busy(land)


def _site(land: Land, name: str) -> Site:
    """A host with an open page, and one that is closed by its rules."""
    site = land.site(f"rules-{name}")
    site.want(site.put_story(land.number(), OPEN))
    site.want(site.put_story(land.number(), CLOSED), "rejected", "robots", asked=0)
    site.forbid("/closed/")
    return site


def _build_odd_ones(land: Land) -> None:
    rules = document("User-agent: *\nDisallow: /closed/\n", "text/plain")
    site = _site(land, "moved")
    site.put("/robots.txt", redirect("/rules/robots.txt", 301))
    site.put("/rules/robots.txt", rules)
    _site(land, "slow").put("/robots.txt", replace(rules, manner=manners.after(2.0)))
    _site(land, "chunked").put("/robots.txt", replace(rules, manner=manners.in_chunks))
    _site(land, "mistyped").put("/robots.txt", replace(rules, headers={"Content-Type": "text/html"}))
    for status in _STATUSES:
        _open_site(land, f"status-{status}").put("/robots.txt", refusal(status))
    _open_site(land, "page").put("/robots.txt", document("<!doctype html><title>Home</title><p>Disallow: /"))
    _open_site(land, "round").put("/robots.txt", redirect("/robots.txt"))
    site = land.site("rules-inwards")
    site.put("/robots.txt", redirect(f"http://{TRAPS[0]}:{land.port}/robots.txt"))
    site.want(site.put_story(land.number(), OPEN), "rejected", "private_address", asked=0)


def _open_site(land: Land, name: str) -> Site:
    site = land.site(f"rules-{name}")
    site.want(site.put_story(land.number(), OPEN))
    return site


def _build_closed(land: Land) -> None:
    """While nobody can say what the rules are, nothing may be asked for."""
    answers = {"500": refusal(500), "503": refusal(503), "reset": Answer(b"Disallow", manner=manners.reset)}
    for name, answer in answers.items():
        site = land.site(f"rules-closed-{name}")
        site.put("/robots.txt", answer)
        site.want(site.put_story(land.number(), OPEN), "quarantine", "robots", asked=0)
        site.forbid("/")


def _build_feeds(land: Land) -> None:
    site = land.site("rules-no-feed")
    site.robots("User-agent: *", "Disallow: /feed.xml")
    feed = land.put_feed(site, "/feed.xml")
    site.feeds[-1] = feed._replace(entries=(), failure="robots")
    site.forbid("/feed.xml")
    site = land.site(IGNORED)
    site.robots("User-agent: *", "Disallow: /")
    land.put_feed(site, "/feed.xml")


def _build_hurried(land: Land) -> None:
    for number, agent in enumerate(("*", AGENT)):
        site = land.site(f"rules-delay-{number}")
        site.robots(f"User-agent: {agent}", f"Crawl-delay: {CRAWL_DELAY:g}", "Disallow: /search")
        site.delay = CRAWL_DELAY
        for url in land.stories(site, 6):
            site.want(url)


def _build_busy(land: Land) -> None:
    kinds = {"seconds": (429, _in_seconds), "date": (429, _on_date), "unavailable": (503, _in_seconds)}
    for name, (status, say) in kinds.items():
        site = land.site(f"busy-{name}")
        gate = Turnstile(status, say)
        for url in land.stories(site, 6):
            path = url.removeprefix(site.url(""))
            site.want(site.put(path, gate.before(site.places[path])))
    site = land.site("busy-feed")
    land.put_feed(site, "/feed.xml")
    site.put("/feed.xml", Turnstile(429, _in_seconds).before(site.places["/feed.xml"]))


class Turnstile:
    """Lets three requests through, then asks for peace, and knows who did not keep it."""

    def __init__(self, status: int, say: Callable[[], tuple[str, float]]) -> None:
        self._status = status
        self._say = say
        self._turns = 0
        self._until = 0.0

    def before(self, place: Place) -> Place:
        """What stands there, behind the turnstile."""
        return lambda request: self._pass(request, place)

    def _pass(self, request: Request, place: Place) -> Answer:
        early = request.at < self._until
        self._turns += 1
        if not early and self._turns % 4 != 1:
            return place(request)
        said, seconds = self._say()
        self._until = request.at + seconds
        return replace(refusal(self._status, Retry_After=said), rest=seconds, early=early)


def _in_seconds() -> tuple[str, float]:
    return str(REST_SECONDS), float(REST_SECONDS)


def _on_date() -> tuple[str, float]:
    """A date has whole seconds."""
    now = datetime.now(UTC)
    then = now.timestamp() + REST_SECONDS
    moment = datetime.fromtimestamp(ceil(then), UTC)
    return format_datetime(moment, usegmt=True), (moment - now).total_seconds()
