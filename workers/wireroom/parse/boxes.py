"""What the boxes of a page hold, each with all boxes inside."""

from __future__ import annotations

from collections.abc import Sequence

from wireroom.parse.lexicon import Lexicon
from wireroom.parse.outline import Outline
from wireroom.parse.sizes import Size


class Boxes:
    """What the boxes of a page hold, each with all boxes inside."""

    def __init__(self, page: Outline, sizes: Sequence[Size], lexicon: Lexicon) -> None:
        self.parents = [box.parent for box in page.boxes]
        self.size = page.summed([size.length for size in sizes])
        self.linked = page.summed([line.linked for line in page.lines])
        self.prose = page.summed([size.prose and size.length for size in sizes])
        self.count = page.summed([1] * len(sizes))
        self.paragraphs = [0.0] * len(page.boxes)
        """Prose in the lines of the boxes right inside."""
        for line, size in zip(page.lines, sizes, strict=True):
            if size.prose:
                self.paragraphs[self.parents[line.box]] += size.length
        self._read_labels(page, lexicon)
        trunk = self._trunk(page)
        self.inside = self._inside(trunk)
        self.off_trunk = self.steps(trunk)

    def _read_labels(self, page: Outline, lexicon: Lexicon) -> None:
        number = len(page.boxes)
        self.label, self.label_sum = [0.0] * number, [0.0] * number
        self.worst, self.best, self.depth = [0.0] * number, [0.0] * number, [0] * number
        self.article, self.main = [-1] * number, [0.0] * number
        for at, (up, tag, label) in enumerate(page.boxes):
            odds = self.label[at] = lexicon.odds_of(label) if label else 0.0
            self.worst[at], self.best[at] = min(self.worst[up], odds), max(self.best[up], odds)
            self.label_sum[at] = 0.9 * self.label_sum[up] + odds
            if at:
                self.depth[at] = self.depth[up] + 1
            self.article[at] = at if tag == "article" else self.article[up]
            self.main[at] = 1.0 if tag == "main" else self.main[up]

    def _trunk(self, page: Outline) -> int:
        """The innermost box that has most of the prose."""
        inner: list[list[int]] = [[] for _ in page.boxes]
        for at in range(1, len(page.boxes)):
            inner[self.parents[at]].append(at)
        best, total = 0, self.prose[0] or 1.0
        while inner[best]:
            richest = max(inner[best], key=self.prose.__getitem__)
            too_small = self.prose[richest] < max(0.65 * self.prose[best], 0.4 * total)
            if too_small or page.boxes[richest].tag in {"p", "li"}:
                break
            best = richest
        return best

    def _inside(self, box: int) -> list[bool]:
        inside = [False] * len(self.parents)
        for at, up in enumerate(self.parents):
            inside[at] = at == box or (at > 0 and inside[up])
        return inside

    def steps(self, box: int) -> list[int]:
        """For each box its steps down from the nearest box that holds `box`."""
        above = {box}
        while box:
            box = self.parents[box]
            above.add(box)
        steps = [0] * len(self.parents)
        for at in range(1, len(steps)):
            steps[at] = 0 if at in above else steps[self.parents[at]] + 1
        return steps

    def has_paragraphs_near(self, box: int) -> bool:
        up = self.parents[box]
        return self.paragraphs[up] > 0 or self.paragraphs[self.parents[up]] > 0 or self.prose[up] > 0
