"""What speaks for and against each line of a text without markup being part of its story, in numbers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wireroom.parse.ages import split_age
from wireroom.parse.byline import read_byline
from wireroom.parse.lexicon import Lexicon, words_at_ends
from wireroom.parse.runs import Run, is_prose, length_of, likely_title, pieces_of
from wireroom.parse.tails import aside, is_related_heading

Column: TypeAlias = NDArray[np.float64]
"""A number of each line."""
Columns: TypeAlias = dict[str, Column]
_READ = 300
"""Letters of a line that are looked at one by one."""
_FAR = 60
_WINDOWS = (3, 12, 40)
_GAPS = (2, 5, 12)
"""So many lines further on, prose is still of the same stretch."""
_WORD = re.compile(r"\w+")
_LONG_WORD = re.compile(r"\w{5,}")
_NUMBER = re.compile(r"\d+")
_STOP = re.compile(r"[.!?。！？।؟…][\"'”’»)\]」』]*$")
_WHEN = re.compile(r"\b\d{1,2}[:.h]\d\d\b|\b(?:19|20)\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")
_ODD = re.compile(r"[|·›»©@#/•→►]|www\.")
_COMMA = re.compile(r"[,;、，،]")
_QUOTE = re.compile('["“”„«»「『‘]')
_ENDS = {":": 2, ";": 2, "：": 2, ",": 3, "，": 3, "、": 3, "،": 3} | dict.fromkeys("\"”’»)]」』'", 4)
_OF_LINE = (
    "length", "words", "word_length", "first", "last", "capitals", "upper", "digits", "commas", "quotes", "odd",
    "when", "byline", "tail", "odds_mean", "odds_worst", "odds_best",
)  # fmt: skip


def read_text_signs(lines: Sequence[str], run: Run, lexicon: Lexicon) -> NDArray[np.float32]:
    """The signs of all lines of a text, a row each, in the order of `NAMES`; `run` is that with most prose."""
    return np.column_stack(list(_columns(lines, run, lexicon).values())).astype(np.float32)


def _columns(lines: Sequence[str], run: Run, lexicon: Lexicon) -> Columns:
    rows = np.array([_of_line(line, lexicon) for line in lines], float)
    own = dict(zip(_OF_LINE, rows.T, strict=True))
    own["repeats"] = _repeats(lines)
    letters = np.array([float(length_of(line)) if is_prose(line) else 0.0 for line in lines])
    return (
        own
        | _around(own, letters)
        | _page(own, letters, run)
        | {name: column for gap in _GAPS for name, column in _stretches(letters, gap).items()}
        | _kinship(lines, letters, run)
    )


def _of_line(line: str, lexicon: Lexicon) -> list[float]:
    """As in `_OF_LINE`."""
    head, size = line[:_READ], len(line)
    words = _WORD.findall(head)
    odds = [lexicon.words.get(word, 0.0) for word in words_at_ends(line)]
    count, letters = len(words), len(head)
    digits = sum(map(str.isdigit, head))
    return [
        math.log1p(length_of(line)), count, length_of(head) / (count or 1), _first(line[0]), _last(line),
        sum(word[0].isupper() for word in words[1:]) / max(1, count - 1), sum(map(str.isupper, head)) / letters,
        digits / letters, len(_COMMA.findall(head)) / letters, len(_QUOTE.findall(head)), len(_ODD.findall(head)),
        size < 200 and digits > 0 and bool(_WHEN.search(line)),
        size <= 140 and (bool(read_byline(line)) or split_age(line) is not None),
        is_related_heading(line) or aside(line) is not None,
        sum(odds) / (len(odds) or 1), min(odds, default=0.0), max(odds, default=0.0),
    ]  # fmt: skip


def _first(letter: str) -> int:
    """What a line begins with: a capital, a small letter, a letter that is neither, a digit, a quote or dash, else."""
    if letter.isalpha():
        return 0 if letter.isupper() else 1 if letter.islower() else 2
    return 3 if letter.isdigit() else 4 if letter in "\"“„«»—–‘'「『-" else 5


def _last(line: str) -> int:
    """What a line ends with: a letter, a full stop, a colon, a comma, a bracket or quote, else; or cut off."""
    if _STOP.search(line[-6:]):
        return 6 if line.endswith(("...", "…")) else 1
    return 0 if line[-1].isalnum() else _ENDS.get(line[-1], 5)


def _repeats(lines: Sequence[str]) -> Column:
    """How often a line occurs in the text, whatever its numbers."""
    shapes = [_NUMBER.sub("0", line) if len(line) < 100 else line for line in lines]
    counts = Counter(shapes)
    return np.log([counts[shape] for shape in shapes])


def _around(own: Mapping[str, Column], letters: Column) -> Columns:
    """Of the lines beside each line, and the sums of windows before and behind it."""
    found = {
        f"{name}{step:+d}": _shifted(own[name], step)
        for name in ("length", "odds_mean", "last", "repeats")
        for step in (-2, -1, 1, 2)
    }
    summed = {name: own[name] for name in ("odds_mean", "when", "byline", "tail", "repeats", "capitals")}
    for name, column in (summed | {"letters": letters}).items():
        for lines in _WINDOWS:
            found[f"{name}_before_{lines}"] = _window(column, lines)
            found[f"{name}_after_{lines}"] = _window(column[::-1], lines)[::-1]
    return found


def _shifted(column: Column, step: int) -> Column:
    """The number of the line so many lines below; 0 where there is none."""
    moved = np.zeros_like(column)
    if step < 0:
        moved[-step:] = column[:step]
    else:
        moved[:-step] = column[step:]
    return moved


def _window(column: Column, lines: int) -> Column:
    """The sum of so many lines above."""
    sums = np.concatenate(([0.0], np.cumsum(column)))
    at = np.arange(len(column))
    return sums[at] - sums[np.maximum(0, at - lines)]


def _page(own: Mapping[str, Column], letters: Column, run: Run) -> Columns:
    """Where a line stands, how much prose there is, and where the run with most of it begins and ends."""
    lines, prose = len(letters), letters > 0
    at, total = np.arange(lines), letters.sum() or 1.0
    mean = letters[prose].mean() if prose.any() else 1.0
    before = np.cumsum(letters) - letters
    every = np.ones(lines)
    return {
        "prose": prose.astype(float), "lines_before": np.minimum(at, 200.0),
        "lines_after": np.minimum(lines - 1.0 - at, 200.0),
        "share_before": before / total, "share_after": 1 - (before + letters) / total,
        "to_mean": np.expm1(own["length"]) / mean, "prose_mean": every * math.log1p(mean),
        "prose_total": every * math.log1p(total), "prose_share": every * prose.mean(),
        "from_run": _near(at - run.start), "to_run": _near(at - run.end + 1),
        "in_run": ((at >= run.start) & (at < run.end)).astype(float),
        "run_share": every * letters[run.start : run.end].sum() / total, "run_lines": every * (run.end - run.start),
        "since_prose": _since(prose), "until_prose": _since(prose[::-1])[::-1],
        "since_when": _since(own["when"] > 0), "until_when": _since(own["when"][::-1] > 0)[::-1],
    }  # fmt: skip


def _near(lines: NDArray[np.intp]) -> Column:
    return np.clip(lines, -_FAR, 200).astype(float)


def _since(flags: NDArray[np.bool_]) -> Column:
    """How many lines above the nearest line stands that is flagged."""
    at = np.arange(len(flags))
    last = np.maximum.accumulate(np.where(flags, at, -_FAR)) if len(flags) else at
    before = np.concatenate(([-_FAR], last[:-1])) if len(flags) else at
    return np.minimum(at - before, _FAR).astype(float)


def _stretches(letters: Column, gap: int) -> Columns:
    """Stretches of prose with no longer gaps: of that around a line how much it holds, and how far the largest is."""
    names = [f"stretch_{sign}_{gap}" for sign in ("share", "paragraphs", "mean", "number", "gap")]
    places = np.flatnonzero(letters)
    found = np.zeros((len(names), len(letters)))
    if len(places):
        starts, ends = _bounds(places, gap)
        sums = np.add.reduceat(letters[places], np.searchsorted(places, starts))
        counts = np.searchsorted(places, ends, "right") - np.searchsorted(places, starts)
        gaps = np.concatenate(([_FAR], np.minimum(_FAR, starts[1:] - ends[:-1])))
        at = np.arange(len(letters))
        number = np.searchsorted(starts, at, "right") - 1
        inside = (number >= 0) & (at <= ends[number])
        of_stretch = np.stack([sums / letters.sum(), counts, sums / counts])
        found[:3] = np.where(inside, of_stretch[:, number], 0.0)
        found[3] = np.clip(number - sums.argmax(), -5, 5)
        found[4] = np.where(inside, gaps[number], _FAR)
    return dict(zip(names, found, strict=True))


def _bounds(places: NDArray[np.intp], gap: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last line of each stretch."""
    breaks = np.flatnonzero(np.diff(places) > gap)
    return places[np.concatenate(([0], breaks + 1))], places[np.concatenate((breaks, [len(places) - 1]))]


def _kinship(lines: Sequence[str], letters: Column, run: Run) -> Columns:
    """How many long words a line has in common with the likely title and with the other lines of the run."""
    words = [set(pieces_of(_LONG_WORD.findall(line[:2000].lower()))) for line in lines]
    title = likely_title(lines, run.start)
    named = words[title] if title >= 0 else set()
    told = Counter(word for at in range(run.start, run.end) if letters[at] for word in words[at])
    counts = Counter(word for line in words for word in line)
    rows = []
    for at, mine in enumerate(words):
        self_told = run.start <= at < run.end and letters[at] > 0
        again = [told[word] - self_told for word in mine]
        size = len(mine) or 1
        rows.append([
            len(mine & named) / (len(named) or 1), sum(count > 0 for count in again) / size if mine else -1.0,
            sum(count > 1 for count in again) / math.sqrt(size), sum(counts[word] == 1 for word in mine) / size,
        ])  # fmt: skip
    found = dict(zip(("title_words", "kin", "kin_often", "rare"), np.array(rows, float).T, strict=True))
    return found | {"from_title": _near(np.arange(len(lines)) - title)}


NAMES = tuple(_columns(["."], Run(0, 0), Lexicon({}, {})))
"""Of the numbers of a line, in order."""
