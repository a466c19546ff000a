"""A process in which parse is tried: `python -m benchmarks.extract.fuzz.trial` answers each input with its end.

An input is a line of JSON (`length`, `content_type`, `url`) and so many bytes; the answer is a line of JSON.
"""

from __future__ import annotations

import json
import re
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from wireroom.contracts import FetchedPage, encode
from wireroom.errors import Unusable
from wireroom.parse.stage import parse

ENDED_AFTER = 5.0
"""CPU seconds after which the kernel ends the process."""
MOST_BYTES = 2_000_000_000
ARTICLE = "article"
RAISED = "raised "


def main() -> None:
    """Answer until there is no more input."""
    resource.setrlimit(resource.RLIMIT_DATA, (MOST_BYTES, MOST_BYTES))
    for line in sys.stdin.buffer:
        given = json.loads(line)
        page = FetchedPage(
            body=sys.stdin.buffer.read(given["length"]), content_type=given["content_type"], url=given["url"]
        )
        sys.stdout.write(json.dumps(_tried(page)) + "\n")
        sys.stdout.flush()


def _tried(page: FetchedPage) -> dict[str, Any]:
    """How it ended, CPU seconds, and the most megabytes that the process had."""
    # What it had before, for the input before, does not count.
    Path("/proc/self/clear_refs").write_text("5")
    signal.setitimer(signal.ITIMER_PROF, ENDED_AFTER)
    began = time.process_time()
    end = outcome(page)
    spent = time.process_time() - began
    signal.setitimer(signal.ITIMER_PROF, 0)
    return {"end": end, "cpu": spent, "megabytes": _most_megabytes()}


def outcome(page: FetchedPage) -> str:
    """`article`, the reason of the refusal, or the exception and where it was raised."""
    try:
        return ARTICLE if encode(parse(page)) else ""
    except Unusable as refusal:
        return refusal.reason
    except Exception as error:  # noqa: BLE001 - any other is what is looked for
        at = error.__traceback__
        while at is not None and at.tb_next is not None:
            at = at.tb_next
        place = f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
        return f"{RAISED}{type(error).__name__} at {place}: {str(error)[:200]}"


def _most_megabytes() -> float:
    told = re.search(r"^VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(), re.MULTILINE)
    return int(told[1]) / 1000 if told else 0.0


if __name__ == "__main__":
    main()
