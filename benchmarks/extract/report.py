"""Everything that a run found, for people: development and held-back pages apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchmarks.extract.conduct import conduct
from benchmarks.extract.pages import Page
from benchmarks.extract.peers import PRECISE
from benchmarks.extract.runner import decoded
from benchmarks.extract.scores import Score
from benchmarks.extract.table import body_rows, differences, judged, markdown, quality
from benchmarks.extract.tails import letters
from benchmarks.extract.texts import Texts
from benchmarks.extract.turns import Row
from benchmarks.extract.visible import linked_lines

Rows = Mapping[str, Mapping[str, Row]]


def report(score: Score, pages: Sequence[Page], found: Rows, texts: Texts | None) -> str:
    """The tables, in Markdown, of those pages that every system has had."""
    done = [page for page in pages if all(page.id in rows for rows in found.values())]
    links = {page.id: set(map(letters, linked_lines(decoded(page.read())))) for page in done if page.bodies}
    parts = (("Development pages", False), ("Held-back pages", True))
    return "".join(
        f"\n{line}\n"
        for title, held_back in parts
        if (of_it := [page for page in done if page.held_back is held_back])
        for line in _part(title, score, of_it, found, texts, links)
    )


def _part(
    title: str, score: Score, pages: Sequence[Page], found: Rows, texts: Texts | None, links: Mapping[str, set[str]]
) -> Iterator[str]:
    part = judged(score, pages, found)
    yield f"### {title}: {len(pages)} of {len({page.domain for page in pages})} sites"
    yield quality(score, part)
    yield conduct(score, part, links)
    if PRECISE in found and len(found) > 1:
        yield f"Body F1 less that of {PRECISE}, and its 95 % interval:"
        yield differences(part)
    read = [page for page in pages if texts is not None and all(page.id in rows for rows in texts.found.values())]
    if texts is not None and read:
        yield "Body F1 from the visible text alone:"
        yield markdown(["set", "pages", *texts.found], body_rows(score, judged(score, read, texts.found)))
