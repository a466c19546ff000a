"""`python -m benchmarks.extract.fuzz`: mutated real pages through parse; it gives an article or refuses, in bounds."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from secrets import randbelow
from tempfile import TemporaryDirectory
from threading import Event, Thread

from benchmarks.extract.__main__ import DATA, STOPPED
from benchmarks.extract.fuzz.hunt import Hunt, kept_input
from benchmarks.extract.fuzz.subject import MOST_CPU_SECONDS, MOST_MEGABYTES, confirmed
from benchmarks.extract.pages import read_pages
from wireroom.errors import WireroomError

FOLDER = Path(__file__).parents[3] / ".wireroom" / "fuzz"
_SAY_SECONDS = 15.0


def main() -> None:
    """Hunt, and tell what was found; exits 1 if anything was, 130 after Ctrl-C."""
    given = _arguments()
    try:
        sys.exit(_again(given.again) if given.again else _hunt(given))
    except WireroomError as error:
        sys.exit(f"\nmake fuzz-extract: {error}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz-extract", description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA, help="a folder with pages, as make bench-extract takes it")
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=None, help="the same one makes the same inputs; else by chance")
    parser.add_argument("--from", type=int, default=0, metavar="N", dest="first", help="the first input")
    parser.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes that parse at a time")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where failing inputs are kept")
    parser.add_argument("--again", type=Path, metavar="FILE.page", help="only try an input that was kept")
    return parser.parse_args()


def _again(page: Path) -> int:
    found = confirmed(kept_input(page))
    sys.stdout.write(
        f"{found.end}; {found.cpu:.2f} s of CPU, {found.megabytes:.0f} MB; fault: {found.fault or 'none'}\n"
    )
    return 1 if found.fault else 0


def _hunt(given: argparse.Namespace) -> int:
    seed = randbelow(2**32) if given.seed is None else given.seed
    with TemporaryDirectory(prefix="fuzz-") as directory:
        pages = [page.read() for page in read_pages(given.data, Path(directory))]
    sys.stderr.write(f"seed {seed}: {given.minutes:g} minutes, {given.children} at a time, from {len(pages)} pages\n")
    hunt, stopping = Hunt(pages, seed, given.folder, given.first), Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    thread = Thread(target=hunt.run, args=(given.minutes * 60, given.children, stopping))
    thread.start()
    while thread.is_alive():
        thread.join(_SAY_SECONDS)
        sys.stderr.write(f"{hunt.tried:,} tried, {hunt.faults.total()} at fault\n")
    sys.stdout.write(told(hunt))
    return STOPPED if stopping.is_set() else 1 if hunt.faults else 0


def told(hunt: Hunt) -> str:
    """The account of a hunt."""
    lines = [f"seed {hunt.seed}: {hunt.tried:,} inputs, of which at fault: {hunt.faults.total()}", "", "ends:"]
    lines += [f"  {number:>7,}  {end}" for end, number in hunt.ends.most_common()]
    lines += ["", f"most CPU seconds (at most {MOST_CPU_SECONDS:g}):", *(f"  {n:7.2f}  {s}" for n, s in hunt.slowest)]
    lines += ["", f"most megabytes (at most {MOST_MEGABYTES:g}):", *(f"  {n:7.0f}  {s}" for n, s in hunt.largest)]
    if hunt.faults:
        lines += ["", "at fault:", *(f"  {number:>7,}  {fault}" for fault, number in hunt.faults.most_common())]
        lines += ["", "again:", *(f'  make fuzz-extract FUZZ="--again {page}"' for page in hunt.kept)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
