"""What a robots.txt lets us do."""

from __future__ import annotations

import tracemalloc

import pytest

from wireroom.ingest.robots import Rules, agent_of

SITE = "https://news.example"


def allowed(text: str, path: str, agent: str = "Wireroom") -> bool:
    return Rules(text, agent).allow(f"{SITE}{path}")


@pytest.mark.parametrize(
    ("text", "path", "may"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow: /\n\nUser-agent: Wireroom\nAllow: /", "/a", True),
        ("user-agent: WIREROOM\ndisallow: /a", "/a/b", False),
        ("User-agent: wireroom\nUser-agent: others\nDisallow: /a", "/a", False),
        ("User-agent: others\nDisallow: /", "/a", True),
        ("User-agent: wire\nDisallow: /\n\nUser-agent: *\nAllow: /", "/a", True),
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a\nDisallow: /a", "/a", True),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf?c", True),
        ("User-agent: *\nDisallow: /a?b=", "/a?b=1", False),
        ("User-agent: *\nDisallow: /%7Ejoe/", "/~joe/a", False),
        ("User-agent: *\nDisallow: /caf\u00e9", "/caf%C3%A9", False),
        ("User-agent: *  # all\nDisallow: /a # b", "/a", False),
        ("User-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("Sitemap: https://news.example/s.xml\nUser-agent: *\nDisallow: /a", "/a", False),
        ("<html><body>Not found</body></html>", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
    ],
)
def test_rules_are_read_by_the_standard(text: str, path: str, may: bool) -> None:
    assert allowed(text, path) is may


@pytest.mark.parametrize(
    ("text", "delay"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5.0),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: wireroom\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nRequest-rate: 1/20", 20.0),
        ("User-agent: others\nCrawl-delay: 5", None),
        ("User-agent: *\nCrawl-delay: soon", None),
        ("User-agent: *\nCrawl-delay: -1", None),
        ("User-agent: *\nCrawl-delay: inf", None),
    ],
)
def test_a_host_wishes_for_a_delay(text: str, delay: float | None) -> None:
    assert Rules(text, "Wireroom").delay == delay


def test_sitemaps_are_for_everybody() -> None:
    assert Rules("User-agent: others\nDisallow: /\nSitemap: /a\nSitemap: /b", "Wireroom").sitemaps == ["/a", "/b"]


@pytest.mark.parametrize("header", ["Wireroom/0.1 (+https://x.example)", "Wireroom (me@x.example)", "Wireroom"])
def test_rules_call_us_by_our_first_name(header: str) -> None:
    assert agent_of(header) == "Wireroom"


def test_a_group_of_thousands_of_names_is_kept_once() -> None:
    names = "".join(f"User-agent: robot{number}\n" for number in range(12_000))
    text = names + "User-agent: Wireroom\n" + "Disallow: /a\n" * 12_000
    tracemalloc.start()
    rules = Rules(text, "Wireroom")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not rules.allow(f"{SITE}/a") and rules.allow(f"{SITE}/b")
    assert most < 50_000_000


def test_patterns_made_to_take_long_do_not() -> None:
    rules = Rules("User-agent: *\n" + f"Disallow: /{'*a' * 900}b\n" * 200, "Wireroom")
    assert rules.allow(f"{SITE}/{'a' * 8000}")
