"""The entry point `wireroom`, also `python -m wireroom.cli.main`."""

from __future__ import annotations

import sys

INTERRUPTED = 130


def main() -> None:
    """Run the command that the arguments name."""
    try:
        # Here, because it takes a moment, and Ctrl-C counts from the first.
        from wireroom.cli.commands import run

        sys.exit(run())
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
