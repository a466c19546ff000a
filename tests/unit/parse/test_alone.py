"""The parser is a library, too."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from wireroom.errors import Unusable
from wireroom.parse import parse

STORY = b"<p>The ferry came in on Friday morning, an hour before it was expected, and was met by a crowd.</p>" * 4
PAGE = b"<html><title>The ferry is early</title><article><h1>The ferry is early</h1>" + STORY + b"</article></html>"


def test_bytes_and_an_address_give_an_article() -> None:
    article = parse(PAGE, "https://paper.example/2025/05/07/ferry")
    assert article.title == "The ferry is early"
    assert len(article.blocks) == 4
    assert article.published is not None and article.published.iso == "2025-05-07"
    assert article.origins["body"] == "visible"


def test_what_is_no_article_is_refused_with_a_reason() -> None:
    with pytest.raises(Unusable, match="no content") as refused:
        parse(b" ")
    assert refused.value.reason == "empty"


def test_it_needs_neither_queues_nor_a_database() -> None:
    """Whoever imports it gets no Celery, no Redis, no Postgres."""
    code = "import sys, wireroom.parse; print(sorted({'celery', 'kombu', 'redis', 'psycopg'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("body", ["<p>A page.", None])
def test_what_are_no_bytes_is_told_with_the_fix(body: Any) -> None:
    with pytest.raises(TypeError, match=r"body must be bytes, not (str|NoneType): encode a text"):
        parse(body)
