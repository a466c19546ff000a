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

    signal.signal(signal.SIGINT, _interrupt)
    try:
        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _interrupt(*_: object) -> None:
    # From here on everything is being tidied up, which another Ctrl-C must not break off.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
