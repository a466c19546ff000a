"""How long an idle line takes from submit to stored: 100 text articles, each alone on the line.

    .venv/bin/python benchmarks/idle.py [ARTICLES]

Prints the median, the 95th percentile and the slowest, in milliseconds, with what it was measured on.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from wireroom.cli.local import running
from wireroom.database import connect
from wireroom.embedded import free_port

TEXT = "Harbour clock strikes {n}\n\nThe harbour clock struck {n} this morning, its keeper Ada Okoro said in Oslo."


def measure(articles: int) -> list[float]:
    """Seconds from the POST to the outcome, of each article."""
    times = []
    with (
        TemporaryDirectory() as directory,
        running(Path(directory), free_port(), {}, durable=True) as local,
        connect(local.database_url, "benchmark") as db,
        httpx.Client(base_url=local.gateway_url, trust_env=False) as door,
    ):
        for n in range(-5, articles):  # the first ones only warm the line
            started = time.perf_counter()
            job = door.post("/v1/articles", json={"text": TEXT.format(n=n)}).raise_for_status().json()["job_id"]
            while not db.execute("SELECT 1 FROM outcomes WHERE job_id = %s", [job]).fetchone():
                time.sleep(0.0005)
            if n >= 0:
                times.append(time.perf_counter() - started)
    return times


def main() -> None:
    articles = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    times = sorted(second * 1000 for second in measure(articles))
    sys.stdout.write(
        f"submit to stored on an idle line, {articles} text articles: p50 {statistics.median(times):.0f} ms,"
        f" p95 {times[int(len(times) * 0.95)]:.0f} ms, slowest {times[-1]:.0f} ms"
        f" (Python {platform.python_version()}, {os.cpu_count()} cores, durable Postgres)\n"
    )


if __name__ == "__main__":
    main()
