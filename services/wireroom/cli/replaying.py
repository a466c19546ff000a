"""`wireroom replay`: after a parser was mended, records made anew from the pages that were kept."""

from __future__ import annotations

import re
import sys
from collections import Counter
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from wireroom.broker import Broker
from wireroom.cli.app import app
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.differences import Review
from wireroom.cli.looking import LARGEST_ID, Source
from wireroom.cli.output import AsLines, answer, progress_bar, say, write_lines
from wireroom.cli.rereading import Rereaders, Verdict
from wireroom.cli.review import show_review
from wireroom.database import Connection
from wireroom.records import replays
from wireroom.records.replays import Count, Current, Step, Wanted

SAMPLE = 200
NAMED = 5
"""Of articles that were not named, most that are told of with the reason for which they stay."""
_PARSER = re.compile(r"[a-z][a-z0-9_-]{0,99}/[0-9]{1,9}(?:\+[^\s\x00]{1,255})?")


class Stage(StrEnum):
    """Where a replay may begin."""

    parse = "parse"


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no time as 2026-11-28, 2026-11-28T06:00 or 2026-11-28T06:00Z") from None


def _parser(text: str | None) -> str | None:
    if text is not None and not _PARSER.fullmatch(text):
        raise typer.BadParameter(f"{text!r} is no name and version of a parser, as html/1 or html/1+news.example")
    return text


Moment = Annotated[datetime | None, typer.Option(metavar="TIME", parser=_moment, help="Page captured then or later.")]
Before = Annotated[datetime | None, typer.Option(metavar="TIME", parser=_moment, help="Page captured before.")]
ParserName = Annotated[
    str | None, typer.Option("--parser", metavar="NAME/VERSION", help="Only what it has read.", callback=_parser)
]


@app.command()
def replay(
    article_ids: Annotated[
        list[int] | None, typer.Argument(metavar="ARTICLE", min=1, max=LARGEST_ID, help="Ids of articles, not of jobs.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every article.")] = False,
    source: Source = None,
    since: Moment = None,
    until: Before = None,
    parser: ParserName = None,
    stage: Annotated[Stage, typer.Option(help="Where they begin.")] = Stage.parse,
    sample: Annotated[int, typer.Option(min=0, help="Show the differences of so many; 0: of all.")] = SAMPLE,
    processes: Annotated[int, typer.Option(min=1, max=64, help="Read so many pages at once.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show the differences.")] = False,
    as_json: AsLines = False,
) -> None:
    """After a parser was mended: read kept pages anew, and store what it reads otherwise now.

    First the differences to the current records are shown, field by field, then you are asked. What differs goes
    through the line again, behind live news, and makes a version of its own, as a reparse; all else stays. Of ids,
    source, times and parser, all that are given must fit. The exit code is 1 if an article could not be read anew.

    Examples:
    [bold]wireroom replay --parser html/1 --dry-run[/]
    [bold]wireroom replay --source "Harbour Wire" --since 2026-11-01 --yes[/]
    [bold]wireroom replay 3 17[/]
    """
    wanted = _wanted(article_ids, source, parser, since, until, every=every)
    if not (yes or dry_run or _may_ask()):
        raise typer.BadParameter("there is nobody to ask: give --yes to go on, or --dry-run to only look")
    with open_ledger() as ledger, open_broker() as broker, Rereaders(ledger, processes) as rereaders:
        told = _Told(wanted, as_json=as_json)
        told.missing(ledger)
        found = replays.count(ledger, wanted)
        review = _review(ledger, wanted, found, rereaders, sample)
        show_review(review, found, as_json=as_json)
        if dry_run:
            return
        if not (yes or _agreed(review, found)):
            raise typer.Exit(1)
        _replay(ledger, broker, found.articles, rereaders, told)
    told.end()


class _Told:
    """Tells what becomes of what was wanted: one by one where articles were named, else how many they were."""

    def __init__(self, wanted: Wanted, *, as_json: bool) -> None:
        self.wanted = wanted
        self._named, self._as_json = wanted.article_ids is not None, as_json
        self._sums = Counter[str]()

    def missing(self, ledger: Connection) -> None:
        """Of the articles that were named, those that are none or do not fit stay."""
        named = self.wanted.article_ids or ()
        fit = {one.article_id for step in replays.steps(ledger, self.wanted) for one in step} if named else set()
        unknown = replays.unknown(ledger, named)
        for id_ in named:
            if id_ in unknown:
                self._stays(id_, f"there is no article {id_}")
            elif id_ not in fit:
                self._stays(id_, f"article {id_} is not of what was asked")

    def judged(self, one: Current, verdict: Verdict) -> bool:
        """Whether the article goes on."""
        if verdict.stays:
            self._stays(one.article_id, verdict.stays)
        elif not verdict.differs:
            self._sums["same"] += 1
        return verdict.differs

    def step(self, step: Step) -> None:
        """A transaction was committed."""
        self._sums["replayed"] += len(step.replayed)
        self._sums["passed"] += len(step.passed)
        if self._as_json:
            write_lines({"article_id": article, "job_id": job} for article, job in step.replayed.items())
            write_lines({"article_id": article, "passed_over": why} for article, why in step.passed.items())
        elif self._named:
            for article, job in step.replayed.items():
                answer(f"article {article} is being replayed by job {job}")
            for why in step.passed.values():
                say(why, head="passed over: ")

    def sums(self) -> str:
        """How many there were of each kind, as a sentence."""
        kinds = {"same": "read as before", "passed": "passed over", "stays": "stay as they are"}
        others = (f", {self._sums[kind]:,} {what}" for kind, what in kinds.items() if self._sums[kind])
        return f"{self._sums['replayed']:,} being replayed" + "".join(others)

    def end(self) -> None:
        """That was all; raises `typer.Exit` where an article could not be read anew."""
        if not self._as_json:
            answer(self.sums())
        if self._sums["stays"]:
            raise typer.Exit(1)

    def _stays(self, article: int, why: str) -> None:
        self._sums["stays"] += 1
        if self._as_json:
            write_lines([{"article_id": article, "stays": why}])
        elif self._named or self._sums["stays"] <= NAMED:
            say(why, head="stays: ")
        elif self._sums["stays"] == NAMED + 1:
            say("and others; --json names all of them", head="stays: ")


def _wanted(
    ids: list[int] | None, source: str | None, parser: str | None, since: datetime | None, until: datetime | None, *,
    every: bool,
) -> Wanted:  # fmt: skip
    wanted = Wanted(list(dict.fromkeys(ids)) if ids else None, source, parser, since, until)
    if every == (wanted != Wanted()):
        raise typer.BadParameter("give the ids of articles, --source, --parser, --since or --until; or else --all")
    return wanted


def _review(ledger: Connection, wanted: Wanted, found: Count, rereaders: Rereaders, sample: int) -> Review:
    """What a sample of the pages gives now."""
    review, kept = Review(), found.articles - found.expired
    steps = [replays.sample(ledger, wanted, sample)] if sample else replays.steps(ledger, wanted)
    with progress_bar("comparing", min(kept, sample) if sample else kept) as bar:
        for _ in rereaders.review(steps, review):
            bar.advance(bar.task_ids[0])
    return review


def _may_ask() -> bool:
    return sys.stdin.isatty()


def _agreed(review: Review, found: Count) -> bool:
    """Whether the user wants it; nobody is asked where it is known that nothing will be done."""
    if review.compared == found.articles - found.expired:
        return not review.differ or typer.confirm(f"replay {review.differ:,}?", err=True)
    return typer.confirm(f"read all {found.articles:,} anew, and replay what differs?", err=True)


def _replay(ledger: Connection, broker: Broker, total: int, rereaders: Rereaders, told: _Told) -> None:
    try:
        with progress_bar("reading", total) as bar:
            for step in replays.steps(ledger, told.wanted):
                chosen = []
                for one, verdict in rereaders.judge(step):
                    bar.advance(bar.task_ids[0])
                    if told.judged(one, verdict):
                        chosen.append(one)
                done = replays.replay(ledger, chosen, me())
                broker.wake()
                # The answers go to another stream than the bar, maybe on the same terminal.
                bar.stop()
                told.step(done)
                bar.start()
    except KeyboardInterrupt:
        say("whole steps are done, and go on without you; the same command does the others")
        raise
