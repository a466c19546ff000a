"""Text as a crude scraper leaves it: everything that a page shows, menus and footers included, with a story in it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from wireroom.parse.byline import read_byline
from wireroom.parse.forest import Forest, read_learned
from wireroom.parse.lexicon import Lexicon
from wireroom.parse.runs import Run, best_run
from wireroom.parse.tails import cut_tails
from wireroom.parse.text_signs import NAMES, read_text_signs
from wireroom.parse.text_title import title_of

LEARNED_OF_TEXT = "learned_text.json.zst"
MOST_LINES = 8_000
"""What stands behind so many lines of a scraped text is not read: no page shows more."""
LEAST = 0.4
"""A line that is less probably story is none."""
_LINES_OF_MENU = 8
"""So many lines above the prose that are none of it make a text a scraped one."""
_LINES_OF_FOOTER = 30
"""As many below it do; those of lists of other headlines, which a tidy text has too, do not count."""


class Story(NamedTuple):
    """The lines from title to end of story, and which of those between are no part of it."""

    lines: list[str]
    others: frozenset[str] = frozenset()


def story_of(lines: Sequence[str]) -> Story:
    """Title, bylines, then what is story by the trees; all lines of a text that is no scraped one."""
    if _is_tidy(lines, best_run(lines)):
        return Story(list(lines))
    lines = list(lines[:MOST_LINES])
    run = best_run(lines)
    lexicon, forest = _learned()
    kept = chosen(forest.judge(read_text_signs(lines, run, lexicon)), run)
    if not kept:
        return Story(lines)
    story = lines[kept[0] : kept[-1] + 1]
    others = frozenset(story) - {lines[at] for at in kept}
    title = title_of(lines, kept)
    if title < 0:
        return Story(story, others)
    bylines = [lines[at] for at in range(title + 1, kept[0]) if read_byline(lines[at])]
    return Story([lines[title], *bylines[:2], *story[title == kept[0] :]], others)


def _is_tidy(lines: Sequence[str], run: Run) -> bool:
    if run.start >= _LINES_OF_MENU:
        return False
    return run.start == run.end or len(cut_tails(lines[run.end :]).body) < _LINES_OF_FOOTER


def chosen(chances: Sequence[float], run: Run) -> list[int]:
    """Of lines with these chances those that are the story; the run with most prose where the trees see none."""
    return [at for at, chance in enumerate(chances) if chance >= LEAST] or list(range(run.start, run.end))


@cache
def _learned() -> tuple[Lexicon, Forest]:
    return read_learned(LEARNED_OF_TEXT, NAMES)
