"""The demonstration's news site."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import httpx
import pytest

from wireroom.cli import demo
from wireroom.cli.demo.site import Site


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as running:
        yield running


def get(url: str) -> httpx.Response:
    return httpx.get(url, trust_env=False)


def test_the_feed_lists_six_pages_and_one_that_is_gone(site: Site) -> None:
    statuses = {link.removeprefix(site.base): get(link).status_code for link in site.links()}
    assert statuses.pop("/gone.html") == 404
    assert list(statuses.values()) == [200] * 6


def test_the_feed_is_served_as_rss_with_absolute_links(site: Site) -> None:
    feed = get(site.feed)
    assert feed.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert feed.text.count(f"<link>{site.base}/") == 1 + len(site.links())


def test_no_page_keeps_its_placeholder(site: Site) -> None:
    pages = [get(link) for link in [*site.links(), site.feed]]
    assert not [str(page.url) for page in pages if "{base}" in page.text]


def test_pages_are_served_as_utf8_html(site: Site) -> None:
    page = get(f"{site.base}/valletta-limestone-bees.html")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Ġorġa Camilleri-Xuereb" in page.text


def test_head_answers_as_get_does_without_the_body(site: Site) -> None:
    page, head = get(site.links()[0]), httpx.head(site.links()[0], trust_env=False)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(page.content)))
    assert head.content == b""


@pytest.mark.parametrize("path", ["/", "/robots.txt", "/../site.py", "/%2e%2e/site.py", "//etc/passwd"])
def test_nothing_but_its_own_pages_is_served(site: Site, path: str) -> None:
    assert get(site.base + path).status_code == 404


def test_two_sites_at_once_have_addresses_of_their_own(site: Site) -> None:
    with Site() as other:
        assert other.base != site.base
        assert other.base in get(other.feed).text
        assert site.base in get(site.feed).text


def test_the_site_is_silent(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    get(f"{site.base}/gone.html")
    assert capfd.readouterr() == ("", "")


def test_after_the_block_nobody_answers() -> None:
    with Site() as site:
        base = site.base
    with pytest.raises(httpx.ConnectError):
        get(base)


def test_the_six_text_articles_come_with_the_package() -> None:
    texts = [file for file in files(demo).joinpath("texts").iterdir() if file.name.endswith(".txt")]
    assert len(texts) == 6
    assert all(len(text.read_text(encoding="utf-8").splitlines()) >= 8 for text in texts)
