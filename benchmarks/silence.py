"""`python -m benchmarks.silence`: how often a silence is told that is none, and how long one is not told.

The table is in docs/operating.md. Publishers are made up (tests/newsroom/publishers.py), each drawn by lot many times.
"""

from __future__ import annotations

import argparse
from statistics import quantiles

from newsroom.publishers import PUBLISHERS
from newsroom.watching import hours_to_silence, watch


def main() -> None:
    """Print a line for each kind of publisher, as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.silence", description=__doc__)
    parser.add_argument("--seeds", type=int, default=10, help="sources of each kind")
    parser.add_argument("--weeks", type=int, default=26, help="for which each of them is judged")
    parser.add_argument("--history", type=int, default=56, help="days known before")
    given = parser.parse_args()
    print("| a source | told silent | told low | silence told after, median | 19 of 20 |\n|---|---|---|---|---|")
    weeks = told = 0
    for name, publisher in PUBLISHERS.items():
        watched = [watch(publisher, seed, history=given.history, days=7 * given.weeks) for seed in range(given.seeds)]
        silent, low = (sum(len(one.alarms(state)) for one in watched) for state in ("silent", "low"))
        took = sorted(hours_to_silence(publisher, range(3 * given.seeds), history=given.history))
        cuts = quantiles(took, n=20, method="inclusive")
        print(f"| {name} | {silent} | {low} | {cuts[9]:.0f} h | {cuts[18]:.0f} h |", flush=True)
        weeks, told = weeks + given.seeds * given.weeks, told + silent + low
    print(f"\n{told} false alarms in {weeks:,} source-weeks: {1000 * told / weeks:.1f} in 1,000")


if __name__ == "__main__":
    main()
