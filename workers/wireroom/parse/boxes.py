"""What the boxes of a page hold, each with all boxes inside."""

from __future__ import annotations

from collections.abc import Sequence

from wireroom.parse.lexicon import Lexicon
from wireroom.parse.outline import Outline
from wireroom.parse.sizes import Size


class Boxes:
    """What the boxes of a page hold, each with all boxes inside."""

    def __init__(self, page: Outline, sizes: Sequence[Size], lexicon: Lexicon) -> None:
        boxes = page.boxes
        number = len(boxes)
        self.parents = [box.parent for box in boxes]
        self.size, self.linked, self.prose = [0.0] * number, [0.0] * number, [0.0] * number
        self.count, self.paragraphs = [0] * number, [0.0] * number
        for line, size in zip(page.lines, sizes, strict=True):
            box = line.box
            self.size[box] += size.length
            self.linked[box] += line.linked
            self.count[box] += 1
            if size.prose:
                self.prose[box] += size.length
                self.paragraphs[self.parents[box]] += size.length
        for box in range(number - 1, 0, -1):
            up = self.parents[box]
            self.size[up] += self.size[box]
            self.linked[up] += self.linked[box]
            self.prose[up] += self.prose[box]
            self.count[up] += self.count[box]
        self._read_labels(page, lexicon)
        self.trunk = self._trunk(page)

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

    def _trunk(self, page: Outline) -> list[int]:
        """For each box its steps away from the innermost box that has most of the prose; 0 inside of it, -n above."""
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
        self.inside = _inside(self.parents, best)
        return self.steps(best)

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


def _inside(parents: Sequence[int], box: int) -> list[bool]:
    inside = [False] * len(parents)
    for at in range(len(parents)):
        inside[at] = at == box or (at > 0 and inside[parents[at]])
    return inside
