"""A site gets a new layout: the real parser reads it, and the drift names what is lost within fifty articles."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsroom.layouts import (
    HOST,
    by_script,
    old,
    with_a_teaser,
    with_the_sites_name_for_a_title,
    without_byline,
    without_times,
)
from newsroom.proofs import Proofs
from wireroom.contracts import EnrichedArticle, Enrichments, FetchedPage
from wireroom.drift.look import drift
from wireroom.errors import Unusable
from wireroom.ledger import ends
from wireroom.parse.stage import parse
from wireroom.store.stage import store
from wireroom.topology import Enriched


def publish(desk: Proofs, layout: Callable[[int], str], number: int) -> None:
    """So many pages go through the parser, and end as stored or rejected."""
    parsed: list[Enriched] = []
    refused: list[ends.End] = []
    for job in desk.jobs(number, source=HOST):
        given = FetchedPage(body=layout(job).encode(), content_type="text/html", url=f"https://{HOST}/{job}")
        try:
            article = EnrichedArticle(parsed=parse(given), enrichments=Enrichments())
            parsed.append(Enriched(job_id=job, run=1, article=article, stages={}))
        except Unusable as error:
            refused.append(ends.rejection(job, error, {}))
    ends.reject(desk.db, "parse", [(end.job_id, 1) for end in refused], refused)
    store(desk.db, parsed)


@pytest.mark.parametrize("amid", [0, 12])
@pytest.mark.parametrize(
    ("layout", "field", "sentence"),
    [
        (without_byline, "authors", "filled 100 % -> 0 %"),
        (without_times, "published", "filled 100 % -> 0 %"),
        (with_the_sites_name_for_a_title, "title", "repeated 0 % -> 96 %"),
        (with_a_teaser, "body", "letters"),
        (by_script, "body", "filled 100 % -> 0 %"),
    ],
)
def test_a_new_layout_is_named_within_fifty_articles(
    desk: Proofs, layout: Callable[[int], str], field: str, sentence: str, amid: int
) -> None:
    publish(desk, old, 100 + amid)
    desk.read()
    assert drift(desk.db).breaks == []
    publish(desk, layout, 50)
    desk.read()
    found = [str(one) for one in drift(desk.db, HOST).breaks if one.field == field]
    assert any(one.startswith(sentence) for one in found), drift(desk.db)
