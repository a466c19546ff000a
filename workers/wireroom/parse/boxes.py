"""What the boxes of a page hold, each with all boxes inside."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wireroom.parse.lexicon import Lexicon
from wireroom.parse.outline import Outline
from wireroom.parse.sizes import Sizes


class Boxes:
    """What the boxes of a page hold, each with all boxes inside: an array has one number for each box."""

    def __init__(self, page: Outline, sizes: Sizes, lexicon: Lexicon) -> None:
        self.parents, self._ends = page.parents, page.ends
        linked, prose = [line.linked for line in page.lines], sizes.prose_lengths()
        self.size, self.linked, self.prose, self.count = page.summed(sizes.length, linked, prose, np.ones(len(linked)))
        self.paragraphs = np.bincount(self.parents[page.places], prose, len(page.boxes))
        """Prose in the lines of the boxes right inside."""
        self._read_labels(page, lexicon)
        trunk = self._trunk(page)
        self.inside = np.zeros(len(page.boxes), np.bool)
        self.inside[trunk : page.ends[trunk]] = True
        self.off_trunk = self.steps(trunk)

    def _read_labels(self, page: Outline, lexicon: Lexicon) -> None:
        number = len(page.boxes)
        label, label_sum, worst, best, main = ([0.0] * number for _ in range(5))
        depth, article = [0] * number, [-1] * number
        for at, (up, tag, name) in enumerate(page.boxes):
            odds = label[at] = lexicon.odds_of(name) if name else 0.0
            worst[at], best[at] = min(worst[up], odds), max(best[up], odds)
            label_sum[at] = 0.9 * label_sum[up] + odds
            depth[at] = depth[up] + 1 if at else 0
            article[at] = at if tag == "article" else article[up]
            main[at] = 1.0 if tag == "main" else main[up]
        self.label, self.label_sum, self.worst, self.best = map(np.array, (label, label_sum, worst, best))
        self.depth, self.article, self.main = np.array(depth, np.intp), np.array(article), np.array(main)

    def _trunk(self, page: Outline) -> int:
        """The innermost box that has most of the prose."""
        prose = self.prose.tolist()
        inner: list[list[int]] = [[] for _ in page.boxes]
        for at, box in enumerate(page.boxes):
            if at and prose[at]:
                inner[box.parent].append(at)
        best, total = 0, prose[0] or 1.0
        while inner[best]:
            richest = max(inner[best], key=prose.__getitem__)
            too_small = prose[richest] < max(0.65 * prose[best], 0.4 * total)
            if too_small or page.boxes[richest].tag in {"p", "li"}:
                break
            best = richest
        return best

    def steps(self, box: int) -> NDArray[np.intp]:
        """For each box its steps down from the nearest box that holds `box`."""
        steps = self.depth.copy()
        while box:
            steps[box : self._ends[box]] -= 1
            box = int(self.parents[box])
        return steps

    def have_paragraphs_near(self) -> NDArray[np.bool]:
        """For each box whether text stands beside it, or a step or two above."""
        near: NDArray[np.bool] = (self.paragraphs > 0) | (self.paragraphs[self.parents] > 0) | (self.prose > 0)
        return near[self.parents]
