"""Reading kept pages anew, several at once, and what it means for their articles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from types import TracebackType
from typing import NamedTuple, Self

from wireroom.apart import Died
from wireroom.cli.differences import Review
from wireroom.cli.parsing import Parser
from wireroom.contracts import ParsedArticle
from wireroom.database import Connection
from wireroom.errors import Unusable
from wireroom.records import replays
from wireroom.records.changes import differ
from wireroom.records.replays import Current, Made

KNOWN = 100_000
"""Most articles of which is remembered what the review found; the others are read again."""


class Reread(NamedTuple):
    """An article's record, and what its page gives now; None where that has expired."""

    one: Current
    before: ParsedArticle
    after: ParsedArticle | Unusable | Died | None

    def review(self, review: Review) -> None:
        """Count it."""
        match self.after:
            case ParsedArticle():
                review.compare(self.one.article_id, self.before, self.after)
            case Unusable():
                review.reject(self.one.article_id, self.after.reason)
            case Died():
                review.die(self.one.article_id, str(self.after))

    def verdict(self) -> Verdict:
        """Whether it is to be replayed, or why it cannot be."""
        article = self.one.article_id
        match self.after:
            case ParsedArticle():
                return Verdict(differ(self.before, self.after))
            case Unusable(reason=reason):
                return Verdict(False, f"the page of article {article} would be rejected: {reason}: {self.after}")
            case Died():
                return Verdict(False, f"the page of article {article} cannot be read: {self.after}")
            case None:
                return Verdict(False, replays.expired(article))


class Verdict(NamedTuple):
    """Whether an article's record differs from what its page gives now; or why it stays as it is."""

    differs: bool
    stays: str | None = None


class Rereaders:
    """So many parsers, from `with` to its end; the ledger's connection is theirs while they read."""

    def __init__(self, ledger: Connection, number: int) -> None:
        self._ledger = ledger
        self._parsers = [Parser() for _ in range(number)]
        self._idle = SimpleQueue[Parser]()
        self._threads = ThreadPoolExecutor(number, thread_name_prefix="rereader")
        self._known: dict[int, Verdict] = {}

    def __enter__(self) -> Self:
        for parser in self._parsers:
            self._idle.put(parser)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for parser in self._parsers:
            parser.end()
        self._threads.shutdown()
        for parser in self._parsers:
            parser.close()

    def review(self, steps: Iterable[Sequence[Current]], review: Review) -> Iterator[Current]:
        """Count what the pages give now; yields each article after it."""
        for step in steps:
            for reread in self._threads.map(self._read, step):
                reread.review(review)
                if len(self._known) < KNOWN:
                    self._known[reread.one.job_id] = reread.verdict()
                yield reread.one

    def judge(self, step: Sequence[Current]) -> Iterator[tuple[Current, Verdict]]:
        """What each page gives now, in order."""
        return zip(step, self._threads.map(self._judge, step), strict=True)

    def _judge(self, one: Current) -> Verdict:
        return self._known.get(one.job_id) or self._read(one).verdict()

    def _read(self, one: Current) -> Reread:
        made = replays.made_from(self._ledger, one)
        return Reread(one, made.record, self._parse(made))

    def _parse(self, made: Made) -> ParsedArticle | Unusable | Died | None:
        if made.page is None:
            return None
        parser = self._idle.get()
        try:
            return parser.parse(made.page)
        except (Unusable, Died) as ended:
            return ended
        finally:
            self._idle.put(parser)
