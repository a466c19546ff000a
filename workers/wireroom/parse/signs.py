"""What speaks for and against each line of a page being part of its story, in numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from wireroom.parse.boxes import Boxes
from wireroom.parse.cuts import cut_lines
from wireroom.parse.lexicon import Lexicon, words_at_ends
from wireroom.parse.outline import Line, Outline
from wireroom.parse.sizes import Size, size_of

NAMES = (
    "length", "ends_a_sentence", "linked", "strong", "prose", "upper", "tag", "depth", "in_main", "in_article",
    "label", "label_parent", "label_grandparent", "label_sum", "label_worst", "label_best",
    "prose_box", "prose_parent", "prose_grandparent", "size_parent", "count_parent",
    "linked_parent", "linked_grandparent", "density_parent", "density_grandparent", "links_grandparent",
    "in_trunk", "off_trunk", "off_story", "paragraphs_parent", "story_share", "article_number",
    "position", "prose_before", "prose_after", "from_title", "from_heading", "from_first", "from_last",
    "alike", "alike_prose", "alike_linked", "alike_length", "title_words", "in_description", "in_script",
    "run_of_links", "from_last_heading", "words_mean", "words_worst",
    "length_before", "linked_before", "length_after", "linked_after",
)  # fmt: skip
"""Of the numbers of a line, in order."""
_WORD = re.compile(r"\w+")
_CAPITAL = re.compile(r"[A-ZÀ-ÞА-ЯΑ-Ω]")
_TAGS = {"p": 0, "h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "li": 5, "td": 6, "th": 6, "blockquote": 7,
         "figcaption": 8, "div": 9, "dd": 10, "dt": 10, "section": 11, "article": 12}  # fmt: skip
_OTHER_TAG = 13
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_FAR = 60


class Hints(NamedTuple):
    """What the page's metadata says about its story."""

    title: str = ""
    description: str = ""
    body: str = ""


class Signs(NamedTuple):
    """The numbers of the lines that may be story, and why the others are not."""

    cut: list[str | None]
    """For each line the rule that cuts it, None where none does."""
    places: list[int]
    """Of the lines that may be story."""
    numbers: list[list[float]]
    """Of those lines, as in `NAMES`."""
    title: int
    """The line that is the title most likely; -1 where none is."""


def read_signs(page: Outline, hints: Hints, lexicon: Lexicon) -> Signs:
    """The signs of all lines of a page."""
    sizes = [size_of(line) for line in page.lines]
    cut = cut_lines(page, sizes)
    sizes = [size._replace(prose=size.prose and why is None) for size, why in zip(sizes, cut, strict=True)]
    boxes = Boxes(page, sizes, lexicon)
    flow = _Flow(page, sizes, boxes, hints)
    places = [at for at, line in enumerate(page.lines) if cut[at] is None and not _is_elsewhere(line, boxes)]
    return Signs(cut, places, [flow.numbers(at, lexicon) for at in places], flow.title)


def _is_elsewhere(line: Line, boxes: Boxes) -> bool:
    """Whether it is a link that stands with no paragraph of text."""
    return line.linked > 0.8 * len(line.text) and not boxes.has_paragraphs_near(line.box)


class _Flow:
    """The lines in their order: title, headings, first and last paragraph of the story."""

    def __init__(self, page: Outline, sizes: Sequence[Size], boxes: Boxes, hints: Hints) -> None:
        self.page, self.sizes, self.boxes, self.hints = page, sizes, boxes, hints
        lines = page.lines
        self.total = boxes.prose[0] or 1.0
        self.kinds = [(page.boxes[line.box].tag, page.boxes[line.box].label, page.boxes[boxes.parents[line.box]].label)
                      for line in lines]  # fmt: skip
        self.heading = next((at for at, line in enumerate(lines) if page.boxes[line.box].tag == "h1"), -1)
        self.title = _title_at(page, hints.title, self.heading)
        self.title_words = set(_WORD.findall(hints.title.lower()))
        self.before, total = [], 0.0
        for size in sizes:
            self.before.append(total / self.total)
            total += size.length if size.prose else 0.0
        self._compare()
        self._find_story()
        self._number_articles()
        self._read_headings()

    def _compare(self) -> None:
        """Of each kind of line: how many, their length, their links, how many are prose."""
        self.alike: dict[tuple[str, str, str], list[float]] = {}
        for kind, line, size in zip(self.kinds, self.page.lines, self.sizes, strict=True):
            sums = self.alike.setdefault(kind, [0.0, 0.0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += size.length
            sums[2] += line.linked
            sums[3] += size.prose

    def _find_story(self) -> None:
        """The box with most prose in paragraphs of its own; those under the title, before another story, count more."""
        weight, later = [0.0] * len(self.page.boxes), 0
        for at, (line, size) in enumerate(zip(self.page.lines, self.sizes, strict=True)):
            if at > self.title and self.page.boxes[line.box].tag == "h1" and len(line.text) > 20:
                later += 1
            if size.prose:
                weight[self.boxes.parents[line.box]] += size.length * (1.0 if at > self.title and not later else 0.3)
        self.story = max(range(len(weight)), key=lambda box: (weight[box], box if weight[box] else -box))
        self.share = weight[self.story] / self.total
        self.off_story = self.boxes.steps(self.story)
        mine = [at for at, line in enumerate(self.page.lines)
                if self.sizes[at].prose and self.boxes.parents[line.box] == self.story]  # fmt: skip
        self.first, self.last = (mine[0], mine[-1]) if mine else (-1, -1)

    def _number_articles(self) -> None:
        """Of the articles on the page that hold prose: which comes first under the title, second and so on."""
        self.numbers_of: dict[int, int] = {-1: 0}
        for at, (line, size) in enumerate(zip(self.page.lines, self.sizes, strict=True)):
            article = self.boxes.article[line.box]
            if size.prose and at > self.title and article >= 0:
                self.numbers_of.setdefault(article, len(self.numbers_of))

    def _read_headings(self) -> None:
        """For each line how far above it a heading stands, and how many links follow one another there."""
        self.from_heading: list[int] = []
        self.runs: list[int] = []
        last, run = -30, 0
        for at, line in enumerate(self.page.lines):
            length = len(line.text)
            tag = self.page.boxes[line.box].tag
            if tag in _HEADINGS or (length < 60 and (line.strong > 0.9 * length or line.text.endswith(":"))):
                last = at
            self.from_heading.append(min(30, at - last))
            run = run + 1 if line.linked > 0.7 * length else 0
            self.runs.append(run)
        for at in range(len(self.runs) - 2, -1, -1):
            if self.runs[at] and self.runs[at + 1]:
                self.runs[at] = max(self.runs[at], self.runs[at + 1])

    def numbers(self, at: int, lexicon: Lexicon) -> list[float]:
        """As in `NAMES`."""
        line, size, boxes = self.page.lines[at], self.sizes[at], self.boxes
        box, text = line.box, line.text
        up = boxes.parents[box]
        over = boxes.parents[up]
        total, length = self.total, len(text)
        alike = self.alike[self.kinds[at]]
        words = words_at_ends(text)
        odds = [lexicon.words.get(word, 0.0) for word in words]
        after = 1 - self.before[at] - (size.length / total if size.prose else 0.0)
        return [
            math.log1p(size.length), size.ends, size.linked, line.strong / length, size.prose,
            len(_CAPITAL.findall(text, 0, 200)) / min(200, length), _TAGS.get(self.page.boxes[box].tag, _OTHER_TAG),
            boxes.depth[box], boxes.main[box], boxes.article[box] >= 0,
            boxes.label[box], boxes.label[up], boxes.label[over],
            boxes.label_sum[box], boxes.worst[box], boxes.best[box],
            boxes.prose[box] / total, boxes.prose[up] / total, boxes.prose[over] / total,
            math.log1p(boxes.size[up]), boxes.count[up],
            boxes.linked[up] / (boxes.size[up] or 1.0), boxes.linked[over] / (boxes.size[over] or 1.0),
            boxes.prose[up] / (boxes.size[up] or 1.0), boxes.prose[over] / (boxes.size[over] or 1.0),
            math.log1p(boxes.linked[over]),
            boxes.inside[box], boxes.off_trunk[box], self.off_story[box],
            boxes.paragraphs[up] / (boxes.paragraphs[self.story] or 1.0), self.share,
            self.numbers_of.get(boxes.article[box], -1),
            at / len(self.sizes), self.before[at], after,
            _near(at - self.title if self.title >= 0 else -_FAR),
            _near(at - self.heading if self.heading >= 0 else -_FAR),
            _near(at - self.first if self.first >= 0 else 0), _near(at - self.last if self.last >= 0 else 0),
            math.log1p(alike[0]), alike[3] / alike[0], alike[2] / (alike[1] or 1.0), alike[1] / alike[0],
            len(self.title_words.intersection(words)) / (len(self.title_words) or 1) if length <= 200 else 0.0,
            _is_in(text, self.hints.description),
            (1.0 if text[:80] in self.hints.body else -1.0) if self.hints.body else 0.0,
            self.runs[at], self.from_heading[at],
            sum(odds) / (len(odds) or 1), min(odds, default=0.0),
            *self._beside(at - 1), *self._beside(at + 1),
        ]  # fmt: skip

    def _beside(self, at: int) -> tuple[float, float]:
        if not 0 <= at < len(self.sizes):
            return 0.0, 0.0
        size = self.sizes[at]
        return math.log1p(size.length), size.linked


def _near(lines: int) -> int:
    return max(-_FAR, min(_FAR, lines))


def _is_in(text: str, description: str) -> float:
    return float(bool(description) and (text[:60] in description or description[:60] in text))


def _title_at(page: Outline, title: str, heading: int) -> int:
    """The line that is the title most likely; the first h1 where none is."""
    wanted, found, best = _squeezed(title), heading, 0.6
    if not wanted:
        return heading
    for at, line in enumerate(page.lines):
        if not 0.4 < len(line.text) / len(title) < 2.6:
            continue
        text = _squeezed(line.text)
        likeness = 1.0 if text == wanted else 0.8 * _holds(text, wanted)
        if likeness and page.boxes[line.box].tag == "h1":
            likeness += 0.3
        if line.linked > 0.5 * len(line.text):
            likeness -= 0.35
        if likeness > best:
            found, best = at, likeness
    return found


def _holds(one: str, other: str) -> bool:
    """Whether one text is most of the other."""
    short, long = sorted((one, other), key=len)
    return len(short) >= 10 and len(short) > 0.5 * len(long) and short in long


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.lower()))
