"""Articles of every way in, in fixed mixtures."""

from __future__ import annotations

from newsroom.line import story
from newsroom.pages import Web, page
from wireroom.contracts import ArticleJob


def mixed(web: Web, first: int, number: int) -> list[ArticleJob]:
    """Six texts, three inline pages and one page to fetch of each ten."""
    return [_article(web, n) for n in range(first, first + number)]


def briefs(web: Web, first: int, number: int) -> list[ArticleJob]:
    """Texts of two sentences, and of each ten one as it comes in `mixed`: cheap, where their number counts."""
    return [_article(web, n // 10) if n % 10 == 0 else _brief(n) for n in range(first, first + number)]


def _brief(n: int) -> ArticleJob:
    text = f"The wire counts to {n}\n\nThe {n}th brief came on Friday morning, and was read by everybody on the quay.\n"
    return ArticleJob(producer="test", text=text, source=f"wire {n % 7}")


def _article(web: Web, n: int) -> ArticleJob:
    if n % 10 < 6:
        return ArticleJob(producer="test", text=story(n), source=f"wire {n % 7}")
    if n % 10 < 9:
        return ArticleJob(producer="test", html=page(n), url=f"https://site{n % 9}.example/{n}")
    return ArticleJob(producer="test", url=web.url(n, host=n // 10 % 50 + 1))
