"""Reads documents in processes of their own: what a publisher sends can end one of them, but not the worker.

The process, `python -m wireroom.ingest.reader SECONDS MEMORY`, is given a document's head, a line of JSON, and
its bytes, on stdin, and answers with a line of JSON.
"""

from __future__ import annotations

import os
import sys
from queue import LifoQueue

import msgspec

from wireroom.apart import Apart, Died, answer, ready
from wireroom.contracts import decode, encode
from wireroom.errors import Unusable
from wireroom.formats.listing import MAX_BYTES, Listing

SECONDS = 30.0
"""Longest reading of one document."""
MEMORY = 1_000_000_000
"""Most bytes of memory of a process."""
PROCESSES = 2


class _Head(msgspec.Struct):
    content_type: str
    url: str
    size: int


class _Answer(msgspec.Struct, omit_defaults=True):
    listing: Listing | None = None
    reason: str = ""
    cause: str = ""


class Reader:
    """The processes, for any number of threads; each is begun when it is needed, and again when it has died."""

    def __init__(self, processes: int = PROCESSES, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._all = [_process(seconds, memory) for _ in range(processes)]
        # The one that was used last: as long as one will do, there is only one.
        self._idle: LifoQueue[Apart] = LifoQueue()
        for process in reversed(self._all):
            self._idle.put(process)

    def read(self, body: bytes, content_type: str, url: str) -> Listing:
        """As `read_listing`; `Unusable` (`unreadable`) also where reading it takes too long, or too much memory."""
        if len(body) > MAX_BYTES:
            raise Unusable("too_large", f"it has more than {MAX_BYTES:,} bytes, the most that a source may have")
        process = self._idle.get()
        try:
            found = decode(process.ask(encode(_Head(content_type, url, len(body))) + b"\n" + body), _Answer)
        except Died as error:
            raise Unusable("unreadable", f"it cannot be read within the limits: {error}") from error
        finally:
            self._idle.put(process)
        if found.listing is None:
            raise Unusable(found.reason, found.cause)
        return found.listing

    def close(self) -> None:
        """End the processes; what is being read is given up."""
        for process in self._all:
            process.close()


def _process(seconds: float, memory: int) -> Apart:
    # It reads what strangers wrote, and has no need of our passwords.
    env = {name: value for name, value in os.environ.items() if not name.startswith("WIREROOM_")}
    arguments = (str(seconds), str(memory))
    return Apart("wireroom.ingest.reader", arguments, "reading", lambda: seconds, env)


def main(seconds: float, memory: int) -> None:
    """Answer until stdin ends."""
    # What asks has no need of these.
    from wireroom.blame import at_most, bound
    from wireroom.formats.reading import read_listing

    bound(memory)
    ready()
    while line := sys.stdin.buffer.readline():
        head = decode(line, _Head)
        body = sys.stdin.buffer.read(head.size)
        try:
            with at_most(seconds):
                found = encode(_Answer(listing=read_listing(body, head.content_type, head.url)))
        except Unusable as error:
            found = encode(_Answer(reason=error.reason, cause=str(error)))
        answer(found + b"\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))
