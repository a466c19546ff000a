"""Which lines are told: by their chances, by what stands with them, and by what a second opinion says of them."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate, islice, takewhile

from wireroom.parse.calendar import find_date
from wireroom.parse.outline import Box, Line, Outline
from wireroom.parse.surroundings import is_link
from wireroom.parse.wording import is_prose

PROBABLE = 0.45
"""From here on a line is taken for a part of the story."""
IMPROBABLE = 0.1
"""Up to here it is taken for none, whatever stands beside it."""
_RATHER_IMPROBABLE, _LEAST_SENTENCE, _MOSTLY = 0.2, 40, 0.85
"""From here on a paragraph of more letters than that is told where such a share of those of its kind is."""
_COLONS = (":", "：")
UNSURE = 0.12
"""The doubt, as a share of the story's letters, from which on a page is read a second time: ten of a hundred."""
_WORTH = 3.0
"""Of the second's word on a line else, as a logarithm of odds."""
_FRAGMENT, _FRAGMENTS = 1000, 5
"""Letters: a second opinion that is shorter, and so many times shorter than the first, is a scrap of the story."""
_LINES_UNDER_TITLE = 6
_MOST_TITLES = 5
"""So many further down are looked at."""
_LEAST_STORY = 200
"""Letters: an article with the title and less to tell is a header only."""
_LEAST_REPEATING, _MOST_REPEATING, _LEAST_AGAIN, _SHARE_AGAIN = 1_000, 100_000, 80, 0.5
_MARKS = re.compile(r"[\W_]+")


def choose(page: Outline, chances: dict[int, float]) -> list[int]:
    """The lines of the story; of a list or of like paragraphs that are told, all that is not improbable and no link.

    A list that the story announces is told whole.
    """
    told = {at for at, chance in chances.items() if chance > PROBABLE}
    told |= {item for at in told if page.lines[at].text.endswith(_COLONS) for item in _list_under(page, at, chances)}
    doubtful = [at for at, chance in chances.items() if IMPROBABLE < chance <= PROBABLE and not is_link(page.lines[at])]
    boxes = {at: page.boxes[page.lines[at].box] for at in doubtful}
    lists = {box.parent for at in told if (box := page.boxes[page.lines[at].box]).tag == "li"}
    told |= {at for at in doubtful if boxes[at].tag == "li" and boxes[at].parent in lists}
    paragraphs = [at for at in doubtful if boxes[at].tag == "p" and _is_sentence(page.lines[at], chances[at])]
    if paragraphs:
        alike = _mostly_told(page, chances, told)
        told |= {at for at in paragraphs if boxes[at] in alike}
    return [at for at in chances if at in told]


def _list_under(page: Outline, at: int, chances: dict[int, float]) -> Iterator[int]:
    """The items, but for links, of a list right under a line, in the same box."""
    around = page.boxes[page.lines[at].box].parent
    items = takewhile(lambda line: page.boxes[page.lines[line].box].tag == "li", range(at + 1, len(page.lines)))
    for item in items:
        its_list = page.boxes[page.boxes[page.lines[item].box].parent]
        if its_list.parent == around and item in chances and not is_link(page.lines[item]):
            yield item


def _is_sentence(line: Line, chance: float) -> bool:
    return chance > _RATHER_IMPROBABLE and not line.linked and len(line.text) > _LEAST_SENTENCE


def _mostly_told(page: Outline, chances: dict[int, float], told: set[int]) -> set[Box]:
    """The boxes of lines of whose like, with one label and in one box, nearly all letters are told."""
    letters, mine = Counter[Box](), Counter[Box]()
    for at in chances:
        line = page.lines[at]
        letters[page.boxes[line.box]] += len(line.text)
        mine[page.boxes[line.box]] += len(line.text) if at in told else 0
    return {box for box in mine if mine[box] > _MOSTLY * letters[box]}


def left_out(page: Outline, title: int, chances: dict[int, float]) -> list[int]:
    """The lines that look like story and are none: those of other stories, and one that repeats the rest."""
    later = _later_title(page, title, chances)
    others = [*_in_other_articles(page, title, chances), *(at for at in chances if at >= later)]
    return [*others, *_repeating(page, chances)]


def _repeating(page: Outline, chances: dict[int, float]) -> list[int]:
    """The longest line that is told, if it has most of its text from others, as where a paywall repeats a story."""
    texts = {at: page.lines[at].text for at, chance in chances.items() if chance > PROBABLE}
    longest = max(texts, key=lambda at: len(texts[at]), default=-1)
    whole = texts.get(longest, "")
    if not _LEAST_REPEATING < len(whole) < _MOST_REPEATING:
        return []
    again = sum(len(text) for at, text in texts.items() if at != longest and len(text) > _LEAST_AGAIN and text in whole)
    return [longest] if again > _SHARE_AGAIN * len(whole) else []


def _later_title(page: Outline, title: int, chances: dict[int, float]) -> int:
    """The first line that heads another story, when one is told: an h1 that is a link, or has a date right under it."""
    heads = [at for at, line in enumerate(page.lines) if at > title >= 0 and page.boxes[line.box].tag == "h1"]
    chosen = [at for at in (choose(page, chances) if heads else ()) if at > title]
    letters = accumulate(len(page.lines[at].text) for at in chosen)
    told = next((at for at, total in zip(chosen, letters, strict=True) if total >= _LEAST_STORY), len(page.lines))
    later = islice((at for at in heads if at > told), _MOST_TITLES)
    return next((at for at in later if _heads_another(page, at)), len(page.lines))


def _heads_another(page: Outline, at: int) -> bool:
    under = [line.text for line in page.lines[at + 1 : at + 1 + _LINES_UNDER_TITLE]]
    found = (find_date(text) for text in under if not is_prose(text))
    return is_link(page.lines[at]) or any(date is not None and date.year is not None for date in found)


def _in_other_articles(page: Outline, title: int, chances: dict[int, float]) -> list[int]:
    """The lines in `article` elements that stand behind the one with the title: the site's next stories, or cards."""
    around: list[int] = []
    for at, box in enumerate(page.boxes):
        outer = around[box.parent] if at else -1
        around.append(at if outer < 0 and box.tag == "article" else outer)
    mine = around[page.lines[title].box] if title >= 0 else -1
    others = [at for at in chances if around[page.lines[at].box] > mine] if mine >= 0 else []
    if not others:
        return []
    told = sum(len(page.lines[at].text) for at in choose(page, chances) if around[page.lines[at].box] == mine)
    return others if told >= _LEAST_STORY else []


def doubt_of(page: Outline, chances: dict[int, float]) -> float:
    """How many letters are doubtful, for each of the story; 1 and more where hardly any line is part of one."""
    sure = sum(len(page.lines[at].text) for at, chance in chances.items() if chance > 0.5)
    doubtful = sum(len(page.lines[at].text) * min(chance, 1 - chance) for at, chance in chances.items())
    return doubtful / sure if sure else 1.0


def weighed(page: Outline, chances: dict[int, float], second: str) -> dict[int, float]:
    """The chances of the lines after a second opinion, which tells the text `second`."""
    told = letters_of(second)

    def after(at: int, chance: float) -> float:
        letters = letters_of(page.lines[at].text)
        if not letters:
            return chance
        odds = chance / max(1 - chance, 1e-6) * math.exp(_WORTH if letters in told else -_WORTH)
        return odds / (1 + odds)

    return {at: after(at, chance) for at, chance in chances.items()}


def is_believed(second: int, first: int) -> bool:
    """Whether a second opinion of so many letters goes before the first, of so many."""
    return second > 0 and (second >= _FRAGMENT or second * _FRAGMENTS >= first)


def letters_of(text: str) -> str:
    """Its letters and digits in one case, by which two spellings are the same."""
    return _MARKS.sub("", text).casefold()
