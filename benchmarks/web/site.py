"""A host of the local web: what stands at its addresses, and what must become of whoever fetches them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from itertools import count
from typing import Any, Literal, NamedTuple

from benchmarks.web.answers import Answer, Place, always, document, redirect, refusal
from benchmarks.web.listings import FORMATS, Entry, Listing, served
from benchmarks.web.stories import Story, page, slug, story

NETWORK = IPv4Network("127.1.0.0/16")
"""Where the hosts are. What else leads to the machine itself is a trap, and nobody may connect to it."""
TRAPS = ("127.0.0.1", "127.2.0.1", "::1")
"""Addresses on which the same server listens, and which are not in `NETWORK`."""
NOT_FOUND = refusal(404)
End = Literal["stored", "unchanged", "rejected", "quarantine"]


class Expected(NamedTuple):
    """What must become of an article: its end, and what the reason or cause says (any of the words between `|`)."""

    end: End
    says: str = ""


STORED = Expected("stored")


class Wanted(NamedTuple):
    """An address to fetch. `asked` is how often its path may be asked for; None: as often as somebody likes.

    `through` are the addresses of the redirects that lead on, its own first.
    """

    url: str
    expected: Expected = STORED
    asked: int | None = None
    through: tuple[str, ...] = ()


class Feed(NamedTuple):
    """Something to poll: as what it must be recognised, and what it lists. A `failure` is what its polls must say."""

    url: str
    kind: str
    entries: tuple[Entry, ...] = ()
    failure: str = ""


@dataclass
class Site:
    """One host."""

    name: str
    address: str
    port: int
    places: dict[str, Place] = field(default_factory=dict)
    """Path -> what stands there; a path that is not here is not found."""
    wanted: list[Wanted] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    grown: dict[str, tuple[Entry, ...]] = field(default_factory=dict)
    """Feed -> what it has in a later edition."""
    leading: dict[str, str] = field(default_factory=dict)
    """Address -> what it is: something that leads to the feeds of this host."""
    never: tuple[str, ...] = ()
    """What begins so is never to be asked for."""
    delay: float = 0.0
    """Seconds between two requests that its robots.txt asks for."""

    def url(self, path: str) -> str:
        """The address of a path."""
        return f"http://{self.name}:{self.port}{path}"

    def put(self, path: str, answer: Answer | Place) -> str:
        """From now on this stands there; its address."""
        self.places[path] = always(answer) if isinstance(answer, Answer) else answer
        return self.url(path)

    def put_story(self, number: int, path: str = "", **how: Any) -> str:
        """A story stands there, or at a path made of its title; its address. `how` are fields of its `Answer`."""
        told = story(number)
        path = path or f"/{slug(told)}.html"
        return self.put(path, lambda _: replace(self.story_page(told, path), **how))

    def story_page(self, told: Story, path: str) -> Answer:
        """The page of a story."""
        return document(page(told, self.title, self.url(path)))

    def want(self, url: str, end: End = "stored", says: str = "", *, asked: int | None = None,
             through: Sequence[str] = ()) -> None:  # fmt: skip
        """It must come to this end."""
        self.wanted.append(Wanted(url, Expected(end, says), asked, tuple(through)))

    def forbid(self, *prefixes: str) -> None:
        """No path that begins so may be asked for."""
        self.never += prefixes

    def robots(self, *lines: str) -> None:
        """Its robots.txt."""
        self.put("/robots.txt", document("\n".join(lines) + "\n", "text/plain"))

    def redirect(self, path: str, to: str, status: int = 302) -> str:
        """This path leads there; its address."""
        return self.put(path, redirect(to, status))

    @property
    def title(self) -> str:
        """As readers know it."""
        return self.name.removesuffix(".test").replace("-", " ").title()

    def rude(self, path: str) -> bool:
        """Whether nobody should have asked for this path."""
        return path != "/robots.txt" and path.startswith(self.never or ("\0",))


class Land:
    """Where hosts are built, each on the next address."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.sites: dict[str, Site] = {}
        self.names: dict[str, list[str]] = {}
        """Other names that are known -> their addresses."""
        self._numbers = count()

    def site(self, name: str) -> Site:
        """A new host of that name, in the domain `test`."""
        full = f"{name}.test"
        assert full not in self.sites, full
        self.sites[full] = site = Site(full, str(NETWORK[257 + len(self.sites)]), self.port)
        return site

    def number(self) -> int:
        """That of a story which is told nowhere else."""
        return next(self._numbers)

    def stories(self, site: Site, number: int) -> list[str]:
        """So many new stories at the site; their addresses."""
        return [entry.url for entry in self.entries(site, number)]

    def entries(self, site: Site, number: int) -> tuple[Entry, ...]:
        """So many new stories at the site, to be listed."""
        numbers = [self.number() for _ in range(number)]
        return tuple(Entry(site.put_story(one), story(one)) for one in numbers)

    def put_feed(self, site: Site, path: str, name: str = "rss20", *, entries: int = 3,
                 change: Callable[[bytes], bytes] = bytes, **how: Any) -> Feed:  # fmt: skip
        """A feed with so many new stories of the site, in the format of that name; its body is `change`d."""
        listed = self.entries(site, entries)
        answer = served(name, Listing(site.title, site.url("/"), listed))
        feed = Feed(site.put(path, replace(answer, body=change(answer.body), **how)), FORMATS[name].kind, listed)
        site.feeds.append(feed)
        return feed

    def hosts_file(self) -> str:
        """The names of all hosts, as /etc/hosts has them."""
        lines = [f"{site.address} {site.name}" for site in self.sites.values()]
        lines += [f"{address} {name}" for name, addresses in self.names.items() for address in addresses]
        return "\n".join(lines) + "\n"


def inside(address: str) -> bool:
    """Whether a host may be at that address."""
    return ":" not in address and IPv4Address(address) in NETWORK
