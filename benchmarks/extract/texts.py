"""Pages as a crude scraper leaves them: their visible text, and what can be made of it without any markup."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.extract.pages import Page
from benchmarks.extract.peers import OURS_FROM_TEXT
from benchmarks.extract.runner import decoded
from benchmarks.extract.turns import Given, Row, take_turns
from benchmarks.extract.visible import visible_lines
from wireroom.parse.runs import best_run

WHOLE, RUN = "whole text", "best run of prose"
TEXT_TYPE = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Texts:
    """Of each page with a gold body, where its visible text is; and the rows of each way to read it."""

    given: Sequence[Given]
    found: Mapping[str, dict[str, Row]]

    def read(self, directory: Path) -> Iterator[str]:
        """Have Wireroom read them, as plain text of no address; says how far it is."""
        return take_turns([OURS_FROM_TEXT], self.given, directory, {OURS_FROM_TEXT: self.found[OURS_FROM_TEXT]})


def make_texts(pages: Sequence[Page], directory: Path) -> Texts:
    """Write the visible text of each page that has a gold body into `directory`, and read it in the simplest ways."""
    given, found = [], dict[str, dict[str, Row]]({WHOLE: {}, RUN: {}, OURS_FROM_TEXT: {}})
    for number, page in enumerate(page for page in pages if page.bodies):
        lines = visible_lines(decoded(page.read()))
        place = directory / f"visible-{number}.txt.gz"
        place.write_bytes(gzip.compress("\n".join(lines).encode(), compresslevel=1))
        given.append(Given(page.id, str(place), None, TEXT_TYPE))
        found[WHOLE][page.id] = {"text": "\n".join(lines)}
        found[RUN][page.id] = {"text": "\n".join(lines[slice(*best_run(lines))])}
    return Texts(given, found)
