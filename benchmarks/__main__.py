"""`python -m benchmarks`: one run, one table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import bare, chain, idle, line
from benchmarks.ground import Ground
from benchmarks.material import Kind, described
from benchmarks.system import Measured, System, measure
from benchmarks.table import BARE, CHAIN, LEAN, LINE, SYSTEMS, Load, Results, table
from wireroom.database.migrate import migrate
from wireroom.embedded import servers

WARM = 64
"""Most articles before the measuring begins."""
LOADS = [Load(kind, enrichers) for kind in ("text", "page") for enrichers in ("thin", "all")]
ENRICHERS = {"thin": "language", "all": ""}
RUNNING: dict[str, Callable[[Ground, Kind, dict[str, str]], AbstractContextManager[System]]] = {
    BARE: bare.running,
    LINE: line.running,
    CHAIN: chain.running,
    LEAN: partial(chain.running, results=False),
}


def main() -> None:
    """Measure, and print the table."""
    given = _arguments()
    loads = [load for load in LOADS if str(load) in given.loads]
    with _ground() as ground:
        rounds = {load: _measured(ground, load, given) for load in loads}
        found = idle.measure(ground, given.idle) if given.idle else None
    sys.stdout.write(f"\n{table(Results(rounds, found))}\n")
    for kind in dict.fromkeys(load.kind for load in loads):
        sys.stdout.write(f"{kind}: {described(kind)}; {_number(kind, given):,} in {given.rounds} rounds\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--articles", type=int, default=2000, help="text articles of each load, for each system")
    parser.add_argument("--pages", type=int, default=2000, help="pages of each load, for each system")
    parser.add_argument("--rounds", type=int, default=2, help="in which they come, systems by turns")
    parser.add_argument("--idle", type=int, default=100, help="articles one by one on an idle line; 0: none")
    names = [str(load) for load in LOADS]
    parser.add_argument("--loads", nargs="*", default=names, choices=names, metavar="LOAD", help=", ".join(names))
    parser.add_argument("--systems", nargs="*", default=list(SYSTEMS), choices=SYSTEMS, metavar="SYSTEM",
                        help=", ".join(SYSTEMS))  # fmt: skip
    return parser.parse_args()


def _number(kind: Kind, given: argparse.Namespace) -> int:
    return int(given.articles if kind == "text" else given.pages)


@contextmanager
def _ground() -> Iterator[Ground]:
    with TemporaryDirectory(prefix="bench-") as directory, servers(Path(directory), durable=True) as (postgres, valkey):
        migrate(postgres.url)
        yield Ground(postgres, valkey, Path(directory))


def _measured(ground: Ground, load: Load, given: argparse.Namespace) -> dict[str, list[Measured]]:
    # What only says what the results cost is measured once, on text and thin enrichers.
    systems = [name for name in given.systems if name != LEAN or load == LOADS[0]]
    found: dict[str, list[Measured]] = {name: [] for name in systems}
    for number in range(given.rounds):
        # There and back, so that what changes with time favours nobody.
        for name in systems if number % 2 == 0 else systems[::-1]:
            env = {"WIREROOM_ENRICHERS": ENRICHERS[load.enrichers]}
            with RUNNING[name](ground, load.kind, env) as system:
                number = _number(load.kind, given) // given.rounds
                found[name].append(measure(system, ground, min(WARM, number), number))
            sys.stderr.write(f"{load}: {name}: {found[name][-1].cost:.2f} CPU ms an article\n")
    return found


if __name__ == "__main__":
    main()
