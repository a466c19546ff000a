"""The entry point `wireroom`, also `python -m wireroom.cli.main`."""

from __future__ import annotations

import signal
import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command that the arguments name."""
    # While modules are read there is nothing to tidy up, and an exception in the midst of it may get lost.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from wireroom.cli.commands import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
