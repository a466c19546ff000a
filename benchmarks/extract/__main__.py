"""`python -m benchmarks.extract`: how well and how fast Wireroom and its peers extract articles from the same pages."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from benchmarks.extract.intervals import RESAMPLES, SEED
from benchmarks.extract.kept import keep, kept_rows
from benchmarks.extract.machine import load, measured_on
from benchmarks.extract.pages import Page, read_pages, spread
from benchmarks.extract.peers import OURS, SYSTEMS, prepare
from benchmarks.extract.report import report
from benchmarks.extract.scores import load_score
from benchmarks.extract.texts import Texts, make_texts
from benchmarks.extract.turns import Given, Row, progress, take_turns
from wireroom.errors import WireroomError

DATA = Path(__file__).parents[3] / "shared" / "data" / "extract"
"""Real pages with gold, which are not part of the repository."""
STOPPED = 130
"""The exit code after Ctrl-C."""


def main() -> None:
    """Measure, and print the tables; after Ctrl-C, of the pages that every system has had."""
    given = _arguments()
    signal.signal(signal.SIGINT, _once)
    try:
        with TemporaryDirectory(prefix="extract-") as directory:
            _bench(given, Path(directory))
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except WireroomError as error:
        sys.exit(f"\nmake bench-extract: {error}")


def _bench(given: argparse.Namespace, directory: Path) -> None:
    score, pages = load_score(given.data), spread(read_pages(given.data, directory), given.pages)
    if given.held_back_domains:
        sys.stdout.writelines(f"{domain}\n" for domain in sorted({page.domain for page in pages if page.held_back}))
        return
    prepare(given.systems)
    found = _kept(given, pages)
    earlier = [name for name, rows in found.items() if rows]
    texts = make_texts(pages, directory) if OURS in given.systems else None
    machine = measured_on(given.systems)
    with _until_stopped() as stopped:
        _measure(pages, directory, found, texts)
    if given.keep:
        keep(given.keep, found)
    sys.stderr.write("judging\n")
    sys.stdout.write(f"{report(score, pages, found, texts)}\n{machine}; load average {load()} after\n")
    sys.stdout.write(f"intervals: 95 of 100 of {RESAMPLES:,} paired resamples of the pages, seed {SEED}\n")
    if earlier:
        sys.stdout.write(f"kept from an earlier run, its CPU times too: {', '.join(earlier)}\n")
    if stopped:
        sys.exit(STOPPED)


def _kept(given: argparse.Namespace, pages: list[Page]) -> dict[str, dict[str, Row]]:
    wanted = {page.id for page in pages}
    return {name: kept_rows(given.keep, name, wanted) if given.keep else {} for name in given.systems}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-extract", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with the pages, their gold, and score.py")
    parser.add_argument("--pages", type=_positive, metavar="N", help="so many of them, evenly over all")
    parser.add_argument("--systems", type=_systems, default=SYSTEMS, metavar="NAME,NAME", help=", ".join(SYSTEMS))
    parser.add_argument("--keep", type=Path, metavar="FOLDER",
                        help="write predictions there; a peer that has some there does not run again")  # fmt: skip
    parser.add_argument("--held-back-domains", action="store_true", help="only list the sites that are held back")
    return parser.parse_args()


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of pages")
    return int(text)


def _systems(text: str) -> tuple[str, ...]:
    if unknown := sorted(set(text.split(",")) - set(SYSTEMS)):
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(SYSTEMS)}")
    return tuple(dict.fromkeys(text.split(",")))


def _measure(pages: list[Page], directory: Path, found: dict[str, dict[str, Row]], texts: Texts | None) -> None:
    given = [Given(page.id, str(page.place), page.url) for page in pages]
    progress(take_turns(list(found), given, directory, found))
    if texts is not None:
        sys.stderr.write("visible text alone:\n")
        progress(texts.read(directory))


@contextmanager
def _until_stopped() -> Iterator[list[bool]]:
    """Do it until it is done or Ctrl-C; holds something after the latter."""
    stopped: list[bool] = []
    try:
        yield stopped
    except KeyboardInterrupt:
        stopped.append(True)


def _once(_: int, __: FrameType | None) -> None:
    """End, and let nothing disturb the tidying up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
