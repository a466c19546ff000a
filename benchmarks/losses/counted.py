"""A worker of Wireroom that tallies what it works on: `python -m benchmarks.losses.counted STAGE`."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from functools import wraps
from typing import Any

from benchmarks.losses.tally import tally
from wireroom.contracts import FetchedPage, ParsedArticle
from wireroom.enrich import stage as enriching
from wireroom.parse import stage as parsing
from wireroom.store import stage as storing
from wireroom.topology import Enriched


def main() -> None:
    """Be the worker."""
    parse, enrich, store = parsing.parse, enriching.enrich, storing.store

    @wraps(parse)
    def counted_parse(page: FetchedPage, *rest: Any, **others: Any) -> Any:
        tally("parse", page.body.decode())
        return parse(page, *rest, **others)

    @wraps(enrich)
    def counted_enrich(article: ParsedArticle, *rest: Any, **others: Any) -> Any:
        tally("enrich", article.text)
        return enrich(article, *rest, **others)

    @wraps(store)
    def counted_store(connection: Any, articles: Sequence[Enriched]) -> Any:
        for one in articles:
            tally("store", one.article.parsed.text)
        return store(connection, articles)

    parsing.parse, enriching.enrich, storing.store = counted_parse, counted_enrich, counted_store
    runpy.run_module(f"wireroom.{sys.argv[1]}.worker", run_name="__main__")


if __name__ == "__main__":
    main()
