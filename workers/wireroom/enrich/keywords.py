"""The words and phrases that an article keeps coming back to."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from msgspec.structs import replace

from wireroom.contracts import Enrichments, Keyword, ParsedArticle
from wireroom.enrich.enricher import enricher, opening
from wireroom.enrich.stopwords import STOP_WORDS

READ = 10_000
"""Code points looked at; what an article is about is said before."""
MOST = 10
LONGEST_WORD = 40
UNSPACED = frozenset({"zh", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages written without spaces between words; their articles get no keywords."""
TITLE = 2.2
"""What a word in the title counts for, where one late in the text counts 1."""
FADES = 60
"""Words after which a word's weight for coming early has halved."""
OF_LENGTH = {1: 1.0, 2: 1.8, 3: 2.2}
"""A repeated phrase says more than its words."""
WORD = re.compile(
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0966-\u0dff\u200c\u200d]+"
    r"(?:[-‐][^\W_][\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff]*)*"
)
"""Letters with their marks, which Python's `\\w` leaves out in Indic, Hebrew and Arabic writing."""
BETWEEN_WORDS = frozenset({" ", "\N{NO-BREAK SPACE}", "'", "’"})
"""What may stand between two words of a phrase."""


class _Word(NamedTuple):
    key: str
    start: int
    end: int
    weight: float
    stop: bool
    joined: bool
    """Whether only a space or apostrophe parts it from the word before."""


class _Phrase(NamedTuple):
    key: str
    score: float
    times: int
    spans: list[tuple[int, int]]


@enricher("keywords", "1")
def extract_keywords(article: ParsedArticle, so_far: Enrichments) -> Enrichments:
    """Set `keywords`: at most ten, best first, each as the text writes it most often."""
    code = so_far.language.code if so_far.language else ""
    if code in UNSPACED:
        return so_far
    title = article.title[:READ]
    text = f"{title}\n{opening(article, READ)}"
    found = _best(_phrases(list(_words(text, len(title), STOP_WORDS.get(code)))))
    return replace(
        so_far, keywords=[Keyword(text=_usual(text, phrase, len(title)), score=phrase.score) for phrase in found]
    )


def _words(text: str, title: int, stops: frozenset[str] | None) -> Iterator[_Word]:
    end = nth = 0
    for match in WORD.finditer(text):
        joined = text[end : match.start()] in BETWEEN_WORDS
        start, end = match.span()
        key = match[0].casefold()
        weight = TITLE if start < title else 1.0 + FADES / (FADES + nth)
        nth += start > title
        yield _Word(key, start, end, weight, _says_nothing(key, stops), joined)


def _says_nothing(key: str, stops: frozenset[str] | None) -> bool:
    """Whether it is a stop word, a number or a letter; where no stop words are known, short words count as such."""
    if len(key) < 2 or len(key) > LONGEST_WORD or key[0].isdigit() or key[0] == "_":
        return True
    return key in stops if stops is not None else key.isalpha() and len(key) < 4


def _phrases(words: list[_Word]) -> Iterator[_Phrase]:
    """Every word that says something, and every phrase of two or three words that occurs again."""
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    weights: dict[str, float] = defaultdict(float)
    for key, start, end, weight in _runs(words):
        spans[key].append((start, end))
        weights[key] += weight
    for key, where in spans.items():
        length = key.count(" ") + 1
        if length == 1 or len(where) > 1:
            yield _Phrase(key, round(weights[key] * OF_LENGTH[length], 4), len(where), where)


def _runs(words: list[_Word]) -> Iterator[tuple[str, int, int, float]]:
    """Runs of one to three words that begin and end with one that says something."""
    for index, first in enumerate(words):
        if first.stop:
            continue
        key = first.key
        yield key, first.start, first.end, first.weight
        for word in words[index + 1 : index + 3]:
            if not word.joined:
                break
            key = f"{key} {word.key}"
            if not word.stop:
                yield key, first.start, word.end, first.weight


def _best(phrases: Iterator[_Phrase]) -> list[_Phrase]:
    """The highest scores, first come first; without what a better one already says."""
    best: list[_Phrase] = []
    for phrase in sorted(phrases, key=lambda phrase: (-phrase.score, phrase.spans[0], phrase.key)):
        if len(best) == MOST:
            break
        if not any(_says_the_same(better, phrase) for better in best):
            best.append(phrase)
    return best


def _says_the_same(better: _Phrase, phrase: _Phrase) -> bool:
    """Whether one holds the other and occurs about as often; a longer phrase adds nothing to its chosen words."""
    if f" {phrase.key} " in f" {better.key} ":
        return phrase.times <= better.times + 1
    return f" {better.key} " in f" {phrase.key} " and better.times <= phrase.times + 1


def _usual(text: str, phrase: _Phrase, title: int) -> str:
    """The phrase as written most often in the body, then earliest; titles capitalise what is no name."""
    spans = [span for span in phrase.spans if span[0] > title] or phrase.spans
    inside = [
        span for span in spans if text[max(0, span[0] - 3) : span[0]].rstrip(" “\"'‘«¿¡")[-1:] not in ".!?\n"
    ] or spans
    return Counter(text[start:end] for start, end in inside).most_common(1)[0][0]
