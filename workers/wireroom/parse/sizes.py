"""How long a line is, and whether it is prose."""

from __future__ import annotations

import re
from typing import NamedTuple

from wireroom.parse.outline import Line
from wireroom.parse.wording import ends_a_sentence, is_prose_of

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WIDTH = 2.5
"""Letters of ours that a Chinese, Japanese or Korean one is worth."""


class Size(NamedTuple):
    """A line's length in letters, whether it is a sentence's end, its share of links, and whether it is prose."""

    length: float
    ends: bool
    linked: float
    prose: bool


def size_of(line: Line) -> Size:
    text = line.text
    length: float = len(text)
    linked = line.linked / length
    if not text.isascii() and len(_WIDE.findall(text, 0, 60)) > 10:
        length *= _WIDTH
    ends = ends_a_sentence(text)
    return Size(length, ends, linked, linked < 0.5 and is_prose_of(length, ends))
