"""Articles of every way in, in a fixed mixture."""

from __future__ import annotations

from newsroom.line import story
from newsroom.pages import Web, page
from wireroom.contracts import ArticleJob


def mixed(web: Web, first: int, number: int) -> list[ArticleJob]:
    """Six texts, three inline pages and one page to fetch of each ten."""
    return [_article(web, n) for n in range(first, first + number)]


def _article(web: Web, n: int) -> ArticleJob:
    if n % 10 < 6:
        return ArticleJob(producer="test", text=story(n), source=f"wire {n % 7}")
    if n % 10 < 9:
        return ArticleJob(producer="test", html=page(n), url=f"https://site{n % 9}.example/{n}")
    return ArticleJob(producer="test", url=web.url(n, host=n // 10 % 50 + 1))
