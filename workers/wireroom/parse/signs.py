"""What speaks for and against each line of a page being part of its story, in numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from wireroom.parse.outline import Box, Line, Outline
from wireroom.parse.wording import ends_a_sentence

NAMES = (
    "length", "ends_a_sentence", "linked", "strong", "prose", "upper", "tag", "depth", "in_main", "in_article",  "label", "label_parent", "label_grandparent", "label_sum", "label_worst", "label_best",
    "prose_box", "prose_parent", "prose_grandparent", "size_parent", "count_parent", "linked_parent", "linked_grandparent",
    "density_parent", "density_grandparent", "links_grandparent",
    "in_trunk", "off_trunk", "off_story", "paragraphs_parent", "story_share",  "article_number",
    "position", "prose_before", "prose_after", "from_title", "from_heading", "from_first", "from_last",
    "alike", "alike_prose", "alike_linked", "alike_length", "title_words", "in_description", "in_script",
    "run_of_links",  "from_last_heading", "words_mean", "words_worst",
    "length_before", "linked_before",  "length_after", "linked_after", 
)  # fmt: skip
"""Of the numbers of a line, in order."""
_RULES = re.compile(
    r"(?P<comments>\bcomments?(?:[-_ ]?(?:list|section|area|body|content|thread|wrapper|form|box|container))?\b|disqus|"
    r"respond\b|reply)"
    r"|(?P<related>(?<![^\s_-])(?:related|recommended|recommendations?|more-(?:stories|news|on|from)|read-(?:more|also|next)|"
    r"also-read|see-also|recirc\w*|most-?(?:read|popular))(?![^\s_-])|relatedstories|related(?:posts|articles|links)|"
    r"teaser|promo\b|outbrain|taboola|zergnet|trending)"
    r"|(?P<newsletter>newsletter|sign-?up|subscri(?:be|ption))"
    r"|(?P<bio>author-?(?:bio|box|card|info|description)|about-?(?:the-?)?author|\bbio(?:graphy)?\b)"
    r"|(?P<furniture>\b(?:cookies?|consent|gdpr|social|share|sharing|breadcrumbs?|skip|advert\w*|ad-slot|tags|"
    r"paywall-prompt|modal|popup|overlay|sidebar|side-?col|footer|menu|navigation|navbar)\b)",
    re.IGNORECASE,
)
"""What the label of a box says that it holds, instead of the story."""
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_WORD = re.compile(r"\w+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CAPITAL = re.compile(r"[A-ZÀ-ÞА-ЯΑ-Ω]")
_TAGS = {"p": 0, "h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4, "li": 5, "td": 6, "th": 6, "blockquote": 7,
         "figcaption": 8, "div": 9, "dd": 10, "dt": 10, "section": 11, "article": 12}  # fmt: skip
_OTHER_TAG = 13
_STORYS = frozenset({"body", "main", "article"})
_HEADINGS = frozenset({"h2", "h3", "h4", "h5", "h6"})
_INVITATION = re.compile(
    r"^(?:read (?:more|also|next)|see also|also read|more (?:on|from|about)|related|recommended|most (?:read|popular)|"
    r"trending|you (?:may|might) (?:also )?like|lesen sie|mehr zum|lire aussi|à lire|lea también|te puede|"
    r"leia (?:também|mais)|leggi anche|lees ook|読む|関連)|newsletter|subscri|sign up|inbox|abonn|suscr",
    re.IGNORECASE,
)
_WIDTH = 2.5
"""Letters of ours that a Chinese, Japanese or Korean one is worth."""
_MOST_CUT, _MOST_CUT_SHARE = 2, 0.25
"""Paragraphs, and share of the page's prose, that a labelled box may hold and still be cut."""
_LEAST_STORY = 150
_FAR = 60
_MOST_ODDS = 4.0


class Lexicon:
    """How much words speak for a line being part of a story, as logarithms of odds: in labels of boxes, and in text."""

    def __init__(self, labels: Mapping[str, float], words: Mapping[str, float]) -> None:
        self._labels, self.words = labels, words
        self.odds_of = lru_cache(maxsize=20_000)(self._odds_of)

    def _odds_of(self, label: str) -> float:
        odds = sum([self._labels.get(word, 0.0) for word in words_of(label)])
        return max(-_MOST_ODDS, min(_MOST_ODDS, odds))


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


class _Size(NamedTuple):
    """A line's length in letters, whether it is a sentence's end, its share of links, and whether it is prose."""

    length: float
    ends: bool
    linked: float
    prose: bool


def words_of(label: str) -> frozenset[str]:
    """The words of a label, and each two that follow each other in a name."""
    found: set[str] = set()
    for name in label.split()[:12]:
        words = [word.lower() for word in _PART.findall(name)][:6]
        found.update(words)
        found.update(f"{one}-{two}" for one, two in pairwise(words))
    return frozenset(found)


def words_at_ends(text: str) -> list[str]:
    """The first and the last words of a line; all words of a short one."""
    if len(text) <= 160:
        words = _WORD.findall(text.lower())
        return words if len(words) <= 12 else words[:6] + words[-6:]
    return _WORD.findall(text[:80].lower())[:6] + _WORD.findall(text[-80:].lower())[-6:]


def read_signs(page: Outline, hints: Hints, lexicon: Lexicon) -> Signs:
    """The signs of all lines of a page."""
    sizes = [_size(line) for line in page.lines]
    cut = _cut_lines(page, sizes)
    sizes = [size._replace(prose=size.prose and why is None) for size, why in zip(sizes, cut)]
    boxes = _Boxes(page, sizes, lexicon)
    flow = _Flow(page, sizes, boxes, hints)
    places = [at for at, line in enumerate(page.lines) if cut[at] is None and not _is_elsewhere(line, boxes)]
    return Signs(cut, places, [flow.numbers(at, lexicon) for at in places])


def _is_elsewhere(line: Line, boxes: _Boxes) -> bool:
    """Whether it is a link that stands with no paragraph of text."""
    return line.linked > 0.8 * len(line.text) and not boxes.has_paragraphs_near(line.box)


def _size(line: Line) -> _Size:
    text = line.text
    length: float = len(text)
    linked = line.linked / length
    if not text.isascii() and len(_WIDE.findall(text, 0, 60)) > 10:
        length *= _WIDTH
    ends = ends_a_sentence(text)
    return _Size(length, ends, linked, linked < 0.5 and ((length >= 80 and ends) or length >= 220))


def _cut_lines(page: Outline, sizes: Sequence[_Size]) -> list[str | None]:
    """The rule that cuts each line: a box around it says what it is, and holds little prose beside the rest of the page."""
    rules = [_rule(box) for box in page.boxes]
    prose, paragraphs = [0.0] * len(rules), [0] * len(rules)
    for line, size in zip(page.lines, sizes, strict=True):
        if size.prose:
            prose[line.box] += size.length
            paragraphs[line.box] += 1
    for at in range(len(rules) - 1, 0, -1):
        up = page.boxes[at].parent
        prose[up] += prose[at]
        paragraphs[up] += paragraphs[at]
    comments = sum(_outermost(page, rules, prose, "comments"))
    told = prose[0] - comments
    cut: list[str | None] = []
    for at, (box, rule) in enumerate(zip(page.boxes, rules, strict=True)):
        if rule == "comments":
            holds_story = told < _LEAST_STORY
        else:
            holds_story = paragraphs[at] > _MOST_CUT and prose[at] > _MOST_CUT_SHARE * told
        cut.append(cut[box.parent] if at and cut[box.parent] else None if holds_story else rule)
    return [cut[line.box] for line in page.lines]


def _outermost(page: Outline, rules: Sequence[str | None], prose: Sequence[float], rule: str) -> Iterator[float]:
    """The prose in each box to which the rule applies, and that is in no other such box."""
    within: list[bool] = []
    for at, box in enumerate(page.boxes):
        around = at > 0 and within[box.parent]
        within.append(around or rules[at] == rule)
        if within[at] and not around:
            yield prose[at]


def _rule(box: Box) -> str | None:
    if box.tag == "figcaption":
        return "caption"
    return _labelled(box.label) if box.label and box.tag not in _STORYS else None


@lru_cache(maxsize=20_000)
def _labelled(label: str) -> str | None:
    found = _RULES.search(label)
    return found.lastgroup if found else None


class _Boxes:
    """What the boxes of a page hold, each with all boxes inside."""

    def __init__(self, page: Outline, sizes: Sequence[_Size], lexicon: Lexicon) -> None:
        boxes = page.boxes
        number = len(boxes)
        self.parents = [box.parent for box in boxes]
        self.size, self.linked, self.prose = [0.0] * number, [0.0] * number, [0.0] * number
        self.count, self.paragraphs = [0] * number, [0.0] * number
        for line, size in zip(page.lines, sizes):
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
        self.article, self.main, self.list, self.figure = [-1] * number, [0.0] * number, [0.0] * number, [0.0] * number
        for at, (up, tag, label) in enumerate(page.boxes):
            odds = self.label[at] = lexicon.odds_of(label) if label else 0.0
            self.worst[at], self.best[at] = min(self.worst[up], odds), max(self.best[up], odds)
            self.label_sum[at] = 0.9 * self.label_sum[up] + odds
            if at:
                self.depth[at] = self.depth[up] + 1
            self.article[at] = at if tag == "article" else self.article[up]
            self.main[at] = 1.0 if tag == "main" else self.main[up]
            self.list[at] = 1.0 if tag in {"ul", "ol"} else self.list[up]
            self.figure[at] = 1.0 if tag == "figure" else self.figure[up]

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


class _Flow:
    """The lines in their order: title, headings, first and last paragraph of the story, and who looks like whom."""

    def __init__(self, page: Outline, sizes: Sequence[_Size], boxes: _Boxes, hints: Hints) -> None:
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
        for kind, line, size in zip(self.kinds, self.page.lines, self.sizes):
            sums = self.alike.setdefault(kind, [0.0, 0.0, 0.0, 0.0])
            sums[0] += 1
            sums[1] += size.length
            sums[2] += line.linked
            sums[3] += size.prose

    def _find_story(self) -> None:
        """The box with the most prose in paragraphs of its own, those under the title and before another story first."""
        weight, later = [0.0] * len(self.page.boxes), 0
        for at, (line, size) in enumerate(zip(self.page.lines, self.sizes)):
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
        looks = Counter(self.kinds[at][:2] for at in mine).most_common(1)
        self.look = looks[0][0] if looks else None

    def _number_articles(self) -> None:
        """Of the articles on the page that hold prose: which comes first under the title, second and so on."""
        self.numbers_of: dict[int, int] = {-1: 0}
        for at, (line, size) in enumerate(zip(self.page.lines, self.sizes)):
            article = self.boxes.article[line.box]
            if size.prose and at > self.title and article >= 0:
                self.numbers_of.setdefault(article, len(self.numbers_of))

    def _read_headings(self) -> None:
        """For each line how far above it a heading stands, and whether that invites elsewhere; its run of links."""
        self.invited, self.from_heading, self.runs = [], [], []
        last, invites, run = -30, False, 0
        for at, line in enumerate(self.page.lines):
            length = len(line.text)
            tag = self.page.boxes[line.box].tag
            if tag in _HEADINGS or (length < 60 and (line.strong > 0.9 * length or line.text.endswith(":"))):
                last, invites = at, bool(_INVITATION.search(line.text))
            self.from_heading.append(min(30, at - last))
            self.invited.append(float(invites and at - last < 12))
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
            boxes.depth[box], boxes.main[box], boxes.article[box] >= 0, boxes.list[box], boxes.figure[box],
            boxes.label[box], boxes.label[up], boxes.label[over], boxes.label_sum[box], boxes.worst[box], boxes.best[box],
            boxes.prose[box] / total, boxes.prose[up] / total, boxes.prose[over] / total,
            math.log1p(boxes.size[up]), boxes.count[up],
            boxes.linked[up] / (boxes.size[up] or 1.0), boxes.linked[over] / (boxes.size[over] or 1.0),
            boxes.prose[up] / (boxes.size[up] or 1.0), boxes.prose[over] / (boxes.size[over] or 1.0),
            math.log1p(boxes.linked[over]),
            boxes.inside[box], boxes.trunk[box], self.off_story[box],
            boxes.paragraphs[up] / (boxes.paragraphs[self.story] or 1.0), self.share, self.kinds[at][:2] == self.look,
            self.numbers_of.get(boxes.article[box], -1),
            at / len(self.sizes), self.before[at], after,
            _near(at - self.title if self.title >= 0 else -_FAR), _near(at - self.heading if self.heading >= 0 else -_FAR),
            _near(at - self.first if self.first >= 0 else 0), _near(at - self.last if self.last >= 0 else 0),
            math.log1p(alike[0]), alike[3] / alike[0], alike[2] / (alike[1] or 1.0), alike[1] / alike[0],
            len(self.title_words.intersection(words)) / (len(self.title_words) or 1) if length <= 200 else 0.0,
            _is_in(text, self.hints.description),
            (1.0 if text[:80] in self.hints.body else -1.0) if self.hints.body else 0.0,
            self.runs[at], self.invited[at], self.from_heading[at],
            sum(odds) / (len(odds) or 1), min(odds, default=0.0),
            *self._beside(at - 1), *self._beside(at + 1),
        ]  # fmt: skip

    def _beside(self, at: int) -> tuple[float, float, float]:
        if not 0 <= at < len(self.sizes):
            return 0.0, 0.0, 0.0
        size = self.sizes[at]
        return math.log1p(size.length), size.linked, size.prose


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
