"""`wireroom submit`: articles into the ledger, chunk by chunk, safe to repeat."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from secrets import token_hex
from typing import Annotated

import typer
from rich.progress import Progress

from wireroom.cli.app import app
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.given import Unreadable
from wireroom.cli.intake import STDIN, Place, read, walk
from wireroom.cli.offering import Label, Offered, chunks
from wireroom.cli.output import AsLines, answer, progress_bar, say, write_lines
from wireroom.cli.submissions import Submission, TimeLimit, Wait, how_to_ask, sums, wait_for
from wireroom.database import Connection
from wireroom.ledger import look
from wireroom.ledger.accept import Accepted, Tickets, accept
from wireroom.settings import settings


class Lane(StrEnum):
    """Which articles go first."""

    live = "live"
    backfill = "backfill"


@app.command()
def submit(
    given: Annotated[list[str], typer.Argument(metavar="PATH|URL", help="Files, folders, URLs; - is stdin.")],
    producer: Annotated[str | None, typer.Option(help="Who offers them. [dim]default: cli:USER[/]")] = None,
    source: Annotated[str | None, typer.Option(help="Publisher or feed. [dim]default: the URL's host[/]")] = None,
    lane: Annotated[Lane | None, typer.Option(help="live goes first. [dim]default: live[/]")] = None,
    key_prefix: Annotated[str, typer.Option(help="Put before each key that is made; another makes new jobs.")] = "",
    submission: Submission = None,
    wait: Wait = False,
    time_limit: TimeLimit = None,
    as_json: AsLines = False,
) -> None:
    """Submit articles: URLs, HTML and text files, lists, folders of them, lines on stdin. Prints job ids.

    A line on stdin, or of a list, is a URL, or an article as JSON:
    {"url": ..., "text": ..., "source": ..., "key": ..., "meta": {...}}.
    A list is a .jsonl file, a text file of URLs alone, or a .csv table with a
    column url or link; its columns source, published, external_id and key are
    known, all others become meta.
    Options go before what a list says. Hidden files in folders are passed over.

    What cannot be accepted is told on stderr, with the fix, and the exit code
    is 1; all others are accepted.

    Repeating the command is safe: within 30 days the same content is the same
    job. To have a page fetched anew, give another --key-prefix.

    Under the name of a --submission you can ask later how far all of them are,
    and cancel them; the same name again adds to it. --wait makes up a name,
    and the exit code is 1 if they have not ended within the --time-limit.

    Examples:
    [bold]wireroom submit https://example.com/story story.html urls.txt folder[/]
    [bold]zcat archive.ndjson.gz | wireroom submit - --lane backfill[/]
    """
    wait = wait or time_limit is not None
    name = submission or (f"{me()}-{token_hex(4)}" if wait else None)
    label = Label(me(), producer, source, lane.value if lane else None, key_prefix)
    places = [place for argument in given for place in walk(argument)]
    # How many lines stdin has is not known before its end.
    total = None if STDIN in given else len(places)
    with open_ledger() as ledger, open_broker() as broker, progress_bar("submitting", total) as bar:
        desk = Desk(ledger, bar, name, as_json=as_json)
        for chunk in chunks(desk.offers(places, label)):
            desk.accept(chunk)
            broker.wake()
    say(desk.sums())
    left = _follow(name, time_limit, wait=wait) if name and desk.accepted else 0
    if desk.refused or left:
        raise typer.Exit(1)


def _follow(submission: str, time_limit: float | None, *, wait: bool) -> int:
    """Tell how far they are, or how to ask; how many have not ended though they were waited for."""
    if not wait:
        say(f"how far they are: {how_to_ask(submission)}")
        return 0
    with open_ledger() as ledger:
        progress = wait_for(ledger, submission, time_limit)
    say(sums(progress))
    return progress.on_the_line


class Desk:
    """Takes articles in and tells of each what became of it."""

    def __init__(self, ledger: Connection, bar: Progress, submission: str | None = None, *, as_json: bool) -> None:
        self.accepted = self.known = self.refused = 0
        self._ledger = ledger
        self._bar = bar
        self._submission = submission
        self._as_json = as_json
        self._tickets = Tickets()
        self._jobs: set[int] = set()
        newest = look.jobs(ledger, limit=1)
        self._newest = newest[0].job_id if newest else 0

    def offers(self, places: Iterable[Place], label: Label) -> Iterator[Offered]:
        """What can be offered of these places; the rest is refused."""
        limit = settings().content_bytes
        for place in places:
            for number, given in enumerate(read(place, sys.stdin.buffer, limit)):
                if number == 1:
                    # How many a list holds is not known before its end.
                    self._bar.update(self._bar.task_ids[0], total=None)
                offered = given if isinstance(given, Unreadable) else label.offer(given, limit)
                self._bar.advance(self._bar.task_ids[0])
                if isinstance(offered, Unreadable):
                    self._refuse(offered)
                else:
                    yield offered

    def accept(self, chunk: Sequence[Offered]) -> None:
        """Accept a chunk; after the return its articles are durable and their job ids printed."""
        answers = accept(self._ledger, [one.offer for one in chunk], self._tickets, self._submission)
        rows = []
        for one, result in zip(chunk, answers, strict=True):
            if isinstance(result, Accepted):
                rows.append({"job_id": result.job_id, "what": one.what, "duplicate": self._is_known(result)})
            else:
                self._refuse(one.refused(result))
        self._print(rows)

    def sums(self) -> str:
        """How many were accepted and refused, as a sentence."""
        known = f" ({self.known} known before)" if self.known else ""
        return f"{self.accepted} accepted{known}" + (f", {self.refused} refused" if self.refused else "")

    def _is_known(self, accepted: Accepted) -> bool:
        """Whether the job was there before; of a repeated key the ledger does not say so."""
        known = accepted.duplicate or accepted.job_id <= self._newest or accepted.job_id in self._jobs
        self._jobs.add(accepted.job_id)
        return known

    def _refuse(self, unreadable: Unreadable) -> None:
        self.refused += 1
        say(str(unreadable), head="refused: ")

    def _print(self, rows: Sequence[dict[str, object]]) -> None:
        # The answers go to another stream than the bar, maybe on the same terminal.
        self._bar.stop()
        if self._as_json:
            write_lines(rows)
        elif rows:
            _print_table(rows, head=not self.accepted)
        self.accepted += len(rows)
        self.known += sum(bool(row["duplicate"]) for row in rows)
        self._bar.start()


def _print_table(rows: Iterable[dict[str, object]], *, head: bool) -> None:
    if head:
        answer(f"{'job':>8}  duplicate  what")
    for row in rows:
        answer(f"{row['job_id']:>8}  {'yes' if row['duplicate'] else '':9}  {row['what']}")
