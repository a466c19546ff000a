"""Lists of other stories' headlines that were left in a body: the same rule for every system, by the page itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container, Sequence

Words = Callable[[str], list[str]]
_MARKS = re.compile(r"[\W_]+")
_LEAST_WORDS = 4
"""Words of a headline; what is shorter is a tag or a button."""
_LIST = 2
"""Headlines in a row that make a list."""


def has_headline_list(text: str, links: Container[str], bodies: Sequence[str], words: Words) -> bool:
    """Whether two lines in a row of the text are each what a link of the page says, and no gold body has them.

    `links` are the letters of what the links say.
    """
    row, gold = 0, [letters(body) for body in bodies]
    for line in filter(letters, text.split("\n")):
        said = letters(line)
        is_headline = said in links and len(words(line)) >= _LEAST_WORDS and not any(said in body for body in gold)
        row = row + 1 if is_headline else 0
        if row == _LIST:
            return True
    return False


def letters(text: str) -> str:
    """The text without case, marks and spaces, in which extractors differ."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
