"""Parse within the limits of a worker: in a process of its own, which a page that takes too much ends, alone.

The process, `python -m wireroom.cli.parsing`, is given a page a line on stdin, as JSON, and answers with a line each.
"""

from __future__ import annotations

import sys

import msgspec

from wireroom.apart import Apart, answer, ready
from wireroom.contracts import FetchedPage, ParsedArticle, decode, encode
from wireroom.errors import Unusable, WireroomError
from wireroom.settings import settings


class _Answer(msgspec.Struct, omit_defaults=True):
    article: ParsedArticle | None = None
    reason: str = ""
    cause: str = ""


class Parser:
    """The process: begun when it is needed, and again after a page of which it died."""

    def __init__(self) -> None:
        self._apart = Apart(__name__, (), "parse", lambda: settings().article_seconds)

    def parse(self, page: FetchedPage) -> ParsedArticle:
        """The article; raises `Unusable` as the stage does, and `Died` where the line would quarantine its job."""
        given = decode(self._apart.ask(encode(page) + b"\n"), _Answer)
        if given.article is None:
            raise Unusable(given.reason, given.cause)
        return given.article

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._apart.end()

    def close(self) -> None:
        """End it, and give back what it held."""
        self._apart.close()


def main() -> None:
    """Answer until stdin ends."""
    # What asks has no need of these.
    from wireroom.blame import at_most, bound
    from wireroom.parse.rules import read_rules
    from wireroom.parse.stage import parse

    given = settings()
    rules = read_rules(given.rules)
    bound(given.worker_bytes)
    ready()
    for line in sys.stdin.buffer:
        page = decode(line, FetchedPage)
        try:
            with at_most(given.article_seconds):
                found = _Answer(article=parse(page, rules))
        except Unusable as error:
            found = _Answer(reason=error.reason, cause=str(error))
        answer(encode(found) + b"\n")


if __name__ == "__main__":
    try:
        main()
    except WireroomError as error:
        sys.exit(str(error))
