"""What speaks for and against each line of a page being part of its story, in numbers."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wireroom.parse.boxes import Boxes
from wireroom.parse.cuts import cut_lines
from wireroom.parse.lexicon import Lexicon, words_at_ends
from wireroom.parse.outline import Outline
from wireroom.parse.sizes import Sizes, sizes_of

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
    numbers: NDArray[np.float32]
    """Of those lines, a row each, as in `NAMES`."""
    title: int
    """The line that is the title most likely; -1 where none is."""


def read_signs(page: Outline, hints: Hints, lexicon: Lexicon) -> Signs:
    """The signs of all lines of a page."""
    if not page.lines:
        return Signs([], [], np.zeros((0, len(NAMES)), np.float32), -1)
    sizes = sizes_of(page.lines)
    cut = cut_lines(page, sizes)
    is_cut = np.array([why is not None for why in cut])
    sizes = sizes._replace(prose=sizes.prose & ~is_cut)
    flow = _Flow(page, sizes, Boxes(page, sizes, lexicon), hints)
    # A link that stands with no paragraph of text is elsewhere.
    elsewhere = (flow.linked > 0.8 * flow.letters) & ~flow.boxes.have_paragraphs_near()[page.places]
    places = np.flatnonzero(~(is_cut | elsewhere))
    return Signs(cut, places.tolist(), flow.numbers(places, lexicon), flow.title)


class _Flow:
    """The lines in their order: title, headings, first and last paragraph of the story."""

    def __init__(self, page: Outline, sizes: Sizes, boxes: Boxes, hints: Hints) -> None:
        self.page, self.sizes, self.boxes, self.hints = page, sizes, boxes, hints
        lines = page.lines
        self.letters, self.linked, self.strong = np.array([(len(one.text), one.linked, one.strong) for one in lines]).T
        self.total = boxes.prose[0] or 1.0
        self.tags = [page.boxes[line.box].tag for line in lines]
        self.heading = self.tags.index("h1") if "h1" in self.tags else -1
        self.title = _title_at(page, hints.title, self.heading)
        self.title_words = set(_WORD.findall(hints.title.lower()))
        self.prose = sizes.prose_lengths()
        self.before = (np.cumsum(self.prose) - self.prose) / self.total
        self.up = boxes.parents[page.places]
        self._compare()
        self._find_story()
        self._number_articles()
        self._read_headings()

    def _compare(self) -> None:
        """Of the lines of each kind: how many, their length, their links, how many are prose; and each line's kind."""
        boxes, kinds = self.page.boxes, dict[tuple[str, str, str], int]()
        self.kinds = np.array([
            kinds.setdefault((tag, label, boxes[up].label), len(kinds))
            for up, tag, label in (boxes[line.box] for line in self.page.lines)
        ])  # fmt: skip
        values = (self.kinds >= 0, self.sizes.length, self.linked, self.sizes.prose)
        self.alike = np.array([np.bincount(self.kinds, one) for one in values])

    def _find_story(self) -> None:
        """The box with most prose in paragraphs of its own; those under the title, before another story, count more."""
        lines, at = self.page.lines, np.arange(len(self.letters))
        begun = range(self.title + 1, len(lines))
        later = next((one for one in begun if self.tags[one] == "h1" and len(lines[one].text) > 20), len(lines))
        trust = np.where((at > self.title) & (at < later), 1.0, 0.3)
        weight = np.bincount(self.up, self.prose * trust, len(self.page.boxes))
        # Of several with as much, the last; where there is none, all of the page.
        self.story = len(weight) - 1 - int(weight[::-1].argmax()) if weight.any() else 0
        self.share = weight[self.story] / self.total
        self.off_story = self.boxes.steps(self.story)
        mine = np.flatnonzero(self.sizes.prose & (self.up == self.story))
        self.first, self.last = (int(mine[0]), int(mine[-1])) if len(mine) else (-1, -1)

    def _number_articles(self) -> None:
        """Of the articles on the page that hold prose: which comes first under the title, second and so on."""
        under = self.sizes.prose & (np.arange(len(self.letters)) > self.title)
        self.numbers_of: dict[int, int] = {-1: 0}
        for article in self.boxes.article[self.page.places[under]].tolist():
            self.numbers_of.setdefault(article, len(self.numbers_of))

    def _read_headings(self) -> None:
        """For each line how far above it a heading stands, and how many links follow one another there."""
        from_heading: list[int] = []
        runs: list[int] = []
        last, run = -30, 0
        for at, (line, tag) in enumerate(zip(self.page.lines, self.tags, strict=True)):
            length = len(line.text)
            if tag in _HEADINGS or (length < 60 and (line.strong > 0.9 * length or line.text.endswith(":"))):
                last = at
            from_heading.append(min(30, at - last))
            run = run + 1 if line.linked > 0.7 * length else 0
            runs.append(run)
        for at in range(len(runs) - 2, -1, -1):
            if runs[at] and runs[at + 1]:
                runs[at] = max(runs[at], runs[at + 1])
        self.from_heading, self.runs = np.array(from_heading), np.array(runs)

    def numbers(self, at: NDArray[np.intp], lexicon: Lexicon) -> NDArray[np.float32]:
        """Those of the lines at these places, a row each, as in `NAMES`."""
        sizes, boxes, total = self.sizes, self.boxes, self.total
        box, up = self.page.places[at], self.up[at]
        over = boxes.parents[up]
        count, length, linked, prose = self.alike[:, self.kinds[at]]
        upper, title_words, in_description, in_script, words_mean, words_worst = self._wording(at, lexicon)
        # Of the line before each, and of the one behind.
        long, links = (np.concatenate([[0.0], one, [0.0]]) for one in (np.log1p(sizes.length), sizes.linked))
        columns = [
            long[at + 1], sizes.ends[at], sizes.linked[at], self.strong[at] / self.letters[at], sizes.prose[at],
            upper, [_TAGS.get(self.tags[one], _OTHER_TAG) for one in at.tolist()],
            boxes.depth[box], boxes.main[box], boxes.article[box] >= 0,
            boxes.label[box], boxes.label[up], boxes.label[over],
            boxes.label_sum[box], boxes.worst[box], boxes.best[box],
            boxes.prose[box] / total, boxes.prose[up] / total, boxes.prose[over] / total,
            np.log1p(boxes.size[up]), boxes.count[up],
            _share(boxes.linked[up], boxes.size[up]), _share(boxes.linked[over], boxes.size[over]),
            _share(boxes.prose[up], boxes.size[up]), _share(boxes.prose[over], boxes.size[over]),
            np.log1p(boxes.linked[over]),
            boxes.inside[box], boxes.off_trunk[box], self.off_story[box],
            boxes.paragraphs[up] / (boxes.paragraphs[self.story] or 1.0), np.full(len(at), self.share),
            [self.numbers_of.get(article, -1) for article in boxes.article[box].tolist()],
            at / len(self.letters), self.before[at], 1 - self.before[at] - self.prose[at] / total,
            _from(self.title, at, -_FAR), _from(self.heading, at, -_FAR), _from(self.first, at), _from(self.last, at),
            np.log1p(count), prose / count, _share(linked, length), length / count,
            title_words, in_description, in_script, self.runs[at], self.from_heading[at], words_mean, words_worst,
            long[at], links[at], long[at + 2], links[at + 2],
        ]  # fmt: skip
        return np.array(columns, np.float32).T

    def _wording(self, at: NDArray[np.intp], lexicon: Lexicon) -> NDArray[np.float64]:
        """What the words of the lines at these places tell: a row for each sign."""
        found: list[tuple[float, ...]] = []
        body, title, odds_of = self.hints.body, self.title_words, lexicon.words.get
        for text in (self.page.lines[one].text for one in at.tolist()):
            words = words_at_ends(text)
            odds = [odds_of(word, 0.0) for word in words]
            found.append((
                len(_CAPITAL.findall(text, 0, 200)) / min(200, len(text)),
                len(title.intersection(words)) / (len(title) or 1) if len(text) <= 200 else 0.0,
                _is_in(text, self.hints.description),
                (1.0 if text[:80] in body else -1.0) if body else 0.0,
                sum(odds) / (len(odds) or 1), min(odds, default=0.0),
            ))  # fmt: skip
        return np.array(found).reshape(-1, 6).T


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return part / np.where(whole == 0, 1.0, whole)


def _from(line: int, at: NDArray[np.intp], unknown: int = 0) -> NDArray[np.intp]:
    """How far the lines at these places are behind a line; -1 stands for one that is not there."""
    return np.clip(at - line, -_FAR, _FAR) if line >= 0 else np.full(len(at), unknown)


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
