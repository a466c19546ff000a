"""Hosts that redirect: to themselves, to others, without end, and to where nobody may go."""

from __future__ import annotations

from benchmarks.web.answers import Answer, document
from benchmarks.web.site import TRAPS, End, Land, Site
from benchmarks.web.stories import page, story

LEADING_TO_ONE = 30
"""So many hosts redirect to the same one."""
WRITTEN = ("../..{path}", "{path}", "{url}#top", " {url} ")
"""Ways to write where a redirect leads."""
PRIVATE = (
    "http://10.0.0.1/", "http://192.168.1.1/admin", "http://172.16.0.1/", "http://100.64.0.1/", "http://0.0.0.0:{port}/",
    "http://169.254.169.254/latest/meta-data/iam/", "http://[fd00:ec2::254]/latest/meta-data/", "http://[fe80::1]/",
    "http://[::1]:{port}/", "http://[::]:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://[64:ff9b::7f00:1]:{port}/",
    "http://127.0.0.1:{port}/", "http://127.2.0.1:{port}/", "http://localhost:{port}/",
    "http://intranet.test:{port}/", "http://INTRANET.test.:{port}/", "http://mixed.test:{port}/",
)  # fmt: skip
"""Addresses that may not be connected to: rejected as `private_address`."""
ODD = (
    "http://2130706433:{port}/", "http://0x7f000001:{port}/", "http://0177.0.0.1:{port}/", "http://127.1:{port}/",
    "http://127.0.0.1.:{port}/", "http://①②⑦.0.0.1:{port}/", "http://user:word@{host}:{port}/", "file:///etc/passwd",
    "ftp://{host}/story.html", "gopher://{host}:6379/_FLUSHALL", "javascript:alert(1)", "data:text/html,<p>story",
    "http://[::1", "http://{host}:99999/", "http://{host}:{port}x/",
)  # fmt: skip
"""Where nothing can be fetched from, or what is only spelled to look so: rejected as `invalid_url` or as private."""


def build(land: Land) -> None:
    """All of them."""
    _name_traps(land)
    _lead_on(land)
    _lead_nowhere(land)
    _lead_to_one(land)
    _lead_into_traps(land)
    _lead_to_what_is_refused(land)


def _name_traps(land: Land) -> None:
    land.names["intranet.test"] = [TRAPS[0]]
    # One address where a host may be, and one where none may.
    land.names["mixed.test"] = [land.site("roads-mixed").address, TRAPS[1]]


def _lead_on(land: Land) -> None:
    site, other = land.site("roads-here"), land.site("roads-there")
    for status in (301, 302, 303, 307, 308):
        for place in (site, other):
            start = site.redirect(f"/{status}/{place.name}", land.stories(place, 1)[0], status)
            site.want(start, through=[start])
    for number, write in enumerate(WRITTEN):
        url = land.stories(site, 1)[0]
        start = site.redirect(f"/way/{number}/from", write.format(url=url, path=url.removeprefix(site.url(""))))
        site.want(start, through=[start])
    _lead_far(land, "short", 5, "stored", "")
    _lead_far(land, "long", 12, "rejected", "redirects")


def _lead_far(land: Land, name: str, steps: int, end: End, says: str) -> None:
    """A chain of redirects, by turns on two hosts."""
    sites = [land.site(f"roads-{name}-{n}") for n in (1, 2)]
    way = [sites[n % 2].url(f"/{n}") for n in range(steps)]
    target = land.stories(sites[0], 1)[0]
    for n, to in enumerate([*way[1:], target]):
        sites[n % 2].redirect(f"/{n}", to, 301)
    sites[0].want(way[0], end, says, through=way if end == "stored" else ())


def _lead_nowhere(land: Land) -> None:
    site, other = land.site("roads-round"), land.site("roads-about")
    site.want(site.redirect("/self", site.url("/self")), "rejected", "redirects")
    site.redirect("/one", site.url("/two"))
    site.redirect("/two", site.url("/one"))
    site.want(site.url("/one"), "rejected", "redirects")
    other.redirect("/back", site.url("/there"))
    site.want(site.redirect("/there", other.url("/back")), "rejected", "redirects")
    # As a trap for robots: each page leads to another one.
    site.want(site.put("/deep/0", lambda request: _deeper(site, request.path)), "rejected", "redirects")
    for n in range(1, 40):
        site.put(f"/deep/{n}", lambda request: _deeper(site, request.path))
    site.want(site.put("/no-location", Answer(status=302, headers={"Content-Length": "0"})), "rejected", "http_302")


def _deeper(site: Site, path: str) -> Answer:
    return Answer(status=302, headers={"Location": site.url(f"/deep/{int(path.split('/')[-1]) + 1}")})


def _lead_to_one(land: Land) -> None:
    hub = land.site("roads-hub")
    for number in range(LEADING_TO_ONE):
        site = land.site(f"short-{number + 1:02}")
        start = site.redirect("/s", land.stories(hub, 1)[0], 301)
        site.want(start, through=[start])


def _lead_into_traps(land: Land) -> None:
    site = land.site("roads-inwards")
    given = {"port": land.port, "host": site.name}
    for number, address in enumerate(PRIVATE):
        site.want(
            site.redirect(f"/private/{number}", address.format(**given)), "rejected", "private_address|invalid_url"
        )
    for number, address in enumerate(ODD):
        location = address.format(**given).encode().decode("latin-1")
        site.want(site.redirect(f"/odd/{number}", location), "rejected", "invalid_url|private_address")


def _lead_to_what_is_refused(land: Land) -> None:
    site, closed = land.site("roads-closed-1"), land.site("roads-closed-2")
    closed.robots("User-agent: *", "Disallow: /closed/")
    closed.forbid("/closed/")
    closed.put("/closed/story.html", document(page(story(land.number()), closed.title)))
    site.robots("User-agent: *", "Disallow: /closed/")
    site.forbid("/closed/")
    site.want(site.redirect("/other", closed.url("/closed/story.html")), "rejected", "robots")
    site.want(site.redirect("/same", site.url("/closed/story.html")), "rejected", "robots")
