"""How long a line is, and whether it is prose."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wireroom.parse.outline import Line
from wireroom.parse.wording import ends_a_sentence, is_prose_of

_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_WIDTH = 2.5
"""Letters of ours that a Chinese, Japanese or Korean one is worth."""


class Sizes(NamedTuple):
    """Of each line its length in letters, whether it ends a sentence, its share of links, and whether it is prose."""

    length: NDArray[np.float64]
    ends: NDArray[np.bool]
    linked: NDArray[np.float64]
    prose: NDArray[np.bool]

    def prose_lengths(self) -> NDArray[np.float64]:
        """The length of each line of prose; 0 of the others."""
        return self.length * self.prose


def sizes_of(lines: Sequence[Line]) -> Sizes:
    lengths = [len(line.text) * (_WIDTH if _is_wide(line.text) else 1.0) for line in lines]
    ends = [ends_a_sentence(line.text) for line in lines]
    linked = np.array([line.linked / len(line.text) for line in lines])
    prose = np.array(list(map(is_prose_of, lengths, ends)), np.bool)
    return Sizes(np.array(lengths), np.array(ends, np.bool), linked, prose & (linked < 0.5))


def _is_wide(text: str) -> bool:
    return not text.isascii() and len(_WIDE.findall(text, 0, 60)) > 10
