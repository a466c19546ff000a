"""`python -m benchmarks.losses`: what a careful Celery chain and Wireroom lose and repeat under the same faults."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FrameType

from benchmarks.losses.faults import FAULTS, SYSTEMS, poison_among, strikes_of
from benchmarks.losses.subject import Plan
from benchmarks.losses.table import Row, cells, measured_on, table
from benchmarks.losses.trial import LOST_SECONDS, undergo
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres, servers
from wireroom.errors import WireroomError

STOPPED = 130
"""The exit code after Ctrl-C."""


def main() -> None:
    """Measure, and print the table; after Ctrl-C, of what has been measured."""
    given = _arguments()
    signal.signal(signal.SIGINT, _once)
    found = Found([], "")
    try:
        _measure(given, found)
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    except WireroomError as error:
        sys.exit(f"\nmake bench-losses: {error}")
    finally:
        if found.rows:
            sys.stdout.write(f"\n{table(found.rows)}\n\n{found.machine}\n")


@dataclass
class Found:
    """What has been measured so far, and on what."""

    rows: list[Row]
    machine: str


def _measure(given: argparse.Namespace, found: Found) -> None:
    with TemporaryDirectory(prefix="losses-") as directory, servers(Path(directory)) as (postgres, valkey):
        migrate(postgres.url)
        found.machine = measured_on(postgres, valkey, given.articles, given.seed)
        sys.stderr.write(f"{found.machine}\n")
        for row in _trials(given, postgres, Path(directory)):
            found.rows.append(row)
            sys.stderr.write(f"{', '.join(cells(row.account))}\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench-losses", description=__doc__)
    parser.add_argument("--articles", type=_positive, default=300, help="for each fault and system")
    parser.add_argument("--seed", type=int, default=1, help="of the moments and victims of the faults")
    parser.add_argument("--minutes", type=float, default=10.0, help="no trial is begun after so many")
    parser.add_argument("--lost-after", type=float, default=LOST_SECONDS, metavar="SECONDS",
                        help="so long after all has come to rest, what has not ended is lost")  # fmt: skip
    parser.add_argument("--faults", nargs="*", default=list(FAULTS), metavar="FAULT", choices=FAULTS,
                        help=f"{'; '.join(FAULTS)}")  # fmt: skip
    parser.add_argument("--systems", nargs="*", default=list(SYSTEMS), metavar="SYSTEM", choices=SYSTEMS,
                        help=f"{'; '.join(SYSTEMS)}")  # fmt: skip
    return parser.parse_args()


def _positive(text: str) -> int:
    number = int(text)
    if number < 10:
        raise argparse.ArgumentTypeError("at least 10 articles, or nothing is in mid-flight")
    return number


def _trials(given: argparse.Namespace, postgres: EmbeddedPostgres, directory: Path) -> Iterator[Row]:
    end = time.monotonic() + given.minutes * 60
    trials = [(name, system) for name in given.faults for system in FAULTS[name].systems if system in given.systems]
    for number, (name, system) in enumerate(trials, 1):
        started, fault = time.monotonic(), FAULTS[name]
        if started > end:
            sys.stderr.write(f"{given.minutes:g} minutes are over; not measured: {trials[number - 1 :]}\n")
            return
        sys.stderr.write(f"[{number}/{len(trials)}] {name}: {system} ... ")
        sys.stderr.flush()
        plan = Plan(given.articles, poison_among(given.articles, fault, given.seed))
        strikes = strikes_of(name, fault, given.seed)
        place = directory / f"trial{number}"
        found = undergo(SYSTEMS[system](), postgres, place, plan, strikes, given.lost_after)
        sys.stderr.write(f"{time.monotonic() - started:.0f} s: ")
        yield Row(name, system, found)


def _once(_: int, __: FrameType | None) -> None:
    """End, and let nothing disturb the tidying up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
