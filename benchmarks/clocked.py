"""A worker whose stage is timed in CPU seconds instead of seconds by the clock: `python -m benchmarks.clocked STAGE`.

So the work itself can be told from the plumbing around it, also on a machine that others use.
"""

from __future__ import annotations

import runpy
import sys
import time
from types import ModuleType

from wireroom import room


def main() -> None:
    """Be the worker."""
    clock = ModuleType("time")
    vars(clock).update(vars(time) | {"perf_counter": time.thread_time})
    room.time = clock  # type: ignore[attr-defined]
    runpy.run_module(f"wireroom.{sys.argv[1]}.worker", run_name="__main__")


if __name__ == "__main__":
    main()
