"""`wireroom sources add`, `import`, `pause`, `resume`, `poll`, `set`, `remove`: what is polled, as people change it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec
import typer

from wireroom.cli.app import sources
from wireroom.cli.connections import me, open_broker, open_ledger
from wireroom.cli.listing import Ids, show_ends, wait_for_polls
from wireroom.cli.output import AsLines, answer, progress_bar, say, write_lines
from wireroom.cli.submit import Lane
from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.ledger import sources as ledger_sources
from wireroom.ledger.offer import Refused, check_name
from wireroom.ledger.sources import CHUNK, Added, Change, Wanted
from wireroom.source_lists import Read, labelled, read_sources

STDIN = "-"
IMPORT_BYTES = 100_000_000
_SPAN = re.compile(r"(\d{1,6})([smhd])")
_GONE = "there is no such source"
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def span(text: str | None) -> float | None:
    """Seconds of a span of time, as 90s, 10m or 6h."""
    if text is None:
        return None
    found = _SPAN.fullmatch(text)
    if found is None:
        raise typer.BadParameter(f"{text!r} is no span of time: give it with its unit, as 90s, 10m or 6h")
    return float(int(found[1]) * _SECONDS[found[2]])


def _name(text: str | None) -> str | None:
    if refused := check_name("the publisher's name", text):
        raise typer.BadParameter(refused.cause)
    return text


Name = Annotated[
    str | None,
    typer.Option("--name", help="The publisher, as its articles have it. [dim]default: the host[/]", callback=_name),
]
InLane = Annotated[Lane | None, typer.Option("--lane", help="live goes first. [dim]default: live[/]")]
Every = Annotated[
    str | None, typer.Option(metavar="SPAN", help="Poll it so often, as 10m; else as often as it publishes.")
]
NoRobots = Annotated[bool, typer.Option("--no-robots", help="Whatever its robots.txt says. It is logged each time.")]
Wait = Annotated[bool, typer.Option("--wait", help="Until they were polled; Ctrl-C leaves them as they are.")]
Why = Annotated[str | None, typer.Option(help="The reason; others will see it.")]


@sources.command()
def add(
    urls: Annotated[list[str], typer.Argument(metavar="URL", help="Feeds, sitemaps, or pages that lead to them.")],
    name: Name = None,
    lane: InLane = None,
    every: Every = None,
    no_robots: NoRobots = False,
    wait: Wait = False,
    as_json: AsLines = False,
) -> None:
    """Poll feeds and sitemaps from now on; of a home page, those that it leads to.

    What an address is, its first poll finds out: --wait shows it. One that is
    polled already stays as it is. The exit code is 1 if any was refused, or,
    with --wait, could not be read.

    Examples:
    [bold]wireroom sources add https://example.com/feed.xml --wait[/]
    [bold]wireroom sources add https://example.com --name "Harbour Wire" --every 10m[/]
    """
    label = _label(name, lane, span(every), no_robots=no_robots)
    read = [Read(url, msgspec.structs.replace(label, url=url)) for url in urls]
    _finish(_add(read), wait=wait, as_json=as_json)


@sources.command("import")
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="OPML, or a list as txt, csv or jsonl; - is stdin.")],
    name: Name = None,
    lane: InLane = None,
    every: Every = None,
    no_robots: NoRobots = False,
    wait: Wait = False,
    as_json: AsLines = False,
) -> None:
    """Poll all that a list names: OPML, a URL a line, a table with a column url, or JSON a line.

    A line of JSON is {"url": ..., "source": ..., "lane": ..., "fastest": ..., "slowest": ..., "robots": ...}.
    Options go before what the list says. What is refused is told with its place,
    all else is taken, and the exit code is 1.

    Examples:
    [bold]wireroom sources import feeds.opml[/]
    [bold]wireroom sources import sitemaps.txt --lane backfill[/]
    """
    label = _label(name, lane, span(every), no_robots=no_robots)
    read = [_labelled(one, label) for one in read_sources(_bytes(file))]
    if not read:
        raise WireroomError(f"there is nothing in {file}: give OPML, or a URL a line")
    _finish(_add(read), wait=wait, as_json=as_json)


@sources.command()
def pause(ids: Ids, why: Why = None, as_json: AsLines = False) -> None:
    """Poll sources no more until they are resumed. What they brought goes on.

    To hold the articles of a publisher, too: [bold]wireroom pause source NAME[/].
    """
    if refused := check_name("why", why):
        raise typer.BadParameter(refused.cause)
    _do(
        ids,
        lambda db, wanted: ledger_sources.pause(db, wanted, me(), why),
        "paused",
        "it is paused already",
        as_json=as_json,
    )


@sources.command()
def resume(ids: Ids, as_json: AsLines = False) -> None:
    """Poll sources again that were paused, at once. The exit code is 1 if any was not."""
    _do(ids, ledger_sources.resume, "polled again", "it is not paused", as_json=as_json)


@sources.command()
def poll(ids: Ids, wait: Wait = False, as_json: AsLines = False) -> None:
    """Poll sources now, as soon as their hosts allow it; not those that are paused, or being polled."""
    with open_ledger() as ledger:
        before = ledger_sources.poll_counts(ledger, ids)
    _do(
        ids,
        ledger_sources.poll_now,
        "polled as soon as its host allows it",
        "it is being polled, or paused: `wireroom sources resume` ends that",
        as_json=as_json and not wait,
    )
    if wait:
        wait_for_polls(ids, before)
        if not show_ends(ids, as_json=as_json):
            raise typer.Exit(1)


@sources.command("set")
def set_(
    ids: Ids,
    name: Name = None,
    lane: InLane = None,
    fastest: Annotated[
        str | None, typer.Option(metavar="SPAN", help="At most so often, as 5m; auto: as settings.")
    ] = None,
    slowest: Annotated[
        str | None, typer.Option(metavar="SPAN", help="At least so often, as 6h; auto: as settings.")
    ] = None,
    robots: Annotated[bool | None, typer.Option("--robots/--no-robots", help="Whether robots.txt is obeyed.")] = None,
    as_json: AsLines = False,
) -> None:
    """Change how sources are polled; what is not given stays.

    Example: [bold]wireroom sources set 7 --slowest 1h[/]
    """
    change = Change(
        source=name or msgspec.UNSET, lane=lane.value if lane else msgspec.UNSET, fastest=_bound(fastest),
        slowest=_bound(slowest), robots=msgspec.UNSET if robots is None else robots,
    )  # fmt: skip
    if refused := ledger_sources.check_change(change):
        raise typer.BadParameter(refused.cause)
    if change == Change():
        raise typer.BadParameter("say what to change: --name, --lane, --fastest, --slowest or --robots")
    _do(ids, lambda db, wanted: ledger_sources.change(db, wanted, change), "changed", _GONE, as_json=as_json)


@sources.command()
def remove(ids: Ids, as_json: AsLines = False) -> None:
    """Forget sources, and which entries they have shown. Their articles stay, and the record of their polls."""
    _do(ids, ledger_sources.remove, "removed", _GONE, as_json=as_json)


class _End(NamedTuple):
    """What became of something that was to be added."""

    where: str
    url: str
    end: Added | Refused

    @property
    def is_new(self) -> bool:
        """Whether it was not polled before."""
        return isinstance(self.end, Added) and self.end.new


def _label(name: str | None, lane: Lane | None, every: float | None, *, no_robots: bool) -> Wanted:
    where: Literal["live", "backfill"] = lane.value if lane else "live"
    return Wanted(url="", source=name, lane=where, robots=not no_robots, fastest=every, slowest=every)


def _labelled(one: Read, label: Wanted) -> Read:
    return Read(one.where, labelled(one.said, label)) if isinstance(one.said, Wanted) else one


def _add(read: Sequence[Read]) -> Iterator[list[_End]]:
    """Add them, chunk by chunk."""
    with open_ledger() as ledger, open_broker() as broker, progress_bar("adding", len(read)) as bar:
        for start in range(0, len(read), CHUNK):
            chunk = read[start : start + CHUNK]
            wanted = [one.said for one in chunk if isinstance(one.said, Wanted)]
            answers = iter(ledger_sources.add(ledger, wanted, me()))
            broker.wake()
            bar.advance(bar.task_ids[0], len(chunk))
            yield [
                _End(one.where, one.said.url, next(answers))
                if isinstance(one.said, Wanted)
                else _End(one.where, "", one.said)
                for one in chunk
            ]


def _finish(chunks: Iterator[list[_End]], *, wait: bool, as_json: bool) -> None:
    ends = [end for chunk in chunks for end in chunk]
    refused = [one for one in ends if isinstance(one.end, Refused)]
    # Of an address that is given twice, the one that is new.
    taken = {one.end.id: one for one in reversed(ends) if isinstance(one.end, Added)}
    for one in refused:
        _refuse(one)
    new, well = sum(one.is_new for one in ends), True
    if wait and taken:
        wait_for_polls(list(taken), {})
        well = show_ends(list(taken), as_json=as_json)
    elif as_json:
        write_lines({"id": id_, "url": one.url, "new": one.is_new} for id_, one in taken.items())
    else:
        for id_, one in sorted(taken.items()):
            known = "" if one.is_new else f"  known before, and as it was: `wireroom sources set {id_}` changes it"
            answer(f"{id_:>8}  {one.url}{known}")
    known_before = f", {len(taken) - new} known before" if len(taken) > new else ""
    say(f"{new} added{known_before}" + (f", {len(refused)} refused" if refused else ""))
    if refused or not well:
        raise typer.Exit(1)


def _refuse(one: _End) -> None:
    assert isinstance(one.end, Refused)
    say(": ".join(part for part in (one.where, one.end.field, one.end.cause) if part), head="refused: ")


def _do(
    ids: Sequence[int], work: Callable[[Connection, Sequence[int]], list[int]], done: str, why: str, *, as_json: bool
) -> None:
    """Do it to those that there are, and tell of each; exits with 1 where any stayed as it was, and says why."""
    with open_ledger() as ledger, open_broker() as broker:
        known = {one.id for one in ledger_sources.find(ledger, ledger_sources.Asked(ids=ids), len(ids))}
        changed = set(work(ledger, [id_ for id_ in ids if id_ in known]))
        broker.wake()
    if as_json:
        write_lines({"id": id_, "changed": id_ in changed} for id_ in ids)
    for id_ in ids:
        if id_ in changed and not as_json:
            answer(f"source {id_} is {done}")
        elif id_ not in changed:
            say(f"source {id_}: {why if id_ in known else _GONE}", head="unchanged: ")
    if changed < set(ids):
        raise typer.Exit(1)


def _bound(text: str | None) -> float | msgspec.UnsetType | None:
    if text is None:
        return msgspec.UNSET
    return None if text == "auto" else span(text)


def _bytes(file: str) -> bytes:
    try:
        body = sys.stdin.buffer.read(IMPORT_BYTES + 1) if file == STDIN else _of_file(Path(file))
    except OSError as error:
        raise WireroomError(f"{file} cannot be read: {error.strerror or error}") from error
    if len(body) > IMPORT_BYTES:
        raise WireroomError(f"{file} has more than {IMPORT_BYTES:,} bytes: split it")
    return body


def _of_file(path: Path) -> bytes:
    with path.open("rb") as opened:
        return opened.read(IMPORT_BYTES + 1)
