"""Parse within the limits of a worker: in a process of its own, which a page that takes too much ends, alone.

The process, `python -m wireroom.cli.parsing`, is given a page a line on stdin, as JSON, and answers with a line each.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from tempfile import TemporaryFile

import msgspec

from wireroom.contracts import FetchedPage, ParsedArticle, decode, encode
from wireroom.errors import Unusable, WireroomError
from wireroom.settings import settings

_READY = b"ready\n"


class Died(WireroomError):  # noqa: N818 - it is what happened
    """The parser died of the page; the line would quarantine its job."""


class _Answer(msgspec.Struct, omit_defaults=True):
    article: ParsedArticle | None = None
    reason: str = ""
    cause: str = ""


class Parser:
    """The process: begun when it is needed, and again after a page of which it died."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = TemporaryFile(buffering=0)  # noqa: SIM115 - closed with the parser

    def parse(self, page: FetchedPage) -> ParsedArticle:
        """The article; raises `Unusable` as the stage does, and `Died`."""
        process = self._process = self._process or self._begin()
        assert process.stdin is not None and process.stdout is not None
        with suppress(BrokenPipeError):
            process.stdin.write(encode(page) + b"\n")
            process.stdin.flush()
        line = process.stdout.readline()
        if not line.endswith(b"\n"):
            raise Died(self._bury())
        answer = decode(line, _Answer)
        if answer.article is None:
            raise Unusable(answer.reason, answer.cause)
        return answer.article

    def end(self) -> None:
        """End the process, whatever it is doing."""
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End it, and give back what it held."""
        self.end()
        self._bury()
        self._errors.close()

    def _begin(self) -> subprocess.Popen[bytes]:
        self._errors.seek(0)
        self._errors.truncate()
        # In a group of its own, so that Ctrl-C is this process's to handle.
        process = subprocess.Popen(
            (sys.executable, "-m", __name__), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
            process_group=0,
        )  # fmt: skip
        assert process.stdout is not None
        if process.stdout.readline() != _READY:
            process.kill()
            self._process = process
            raise WireroomError(f"the parser does not start: {self._bury()}")
        return process

    def _bury(self) -> str:
        """What it died of, in a sentence."""
        if self._process is None:
            return ""
        process, self._process = self._process, None
        with suppress(BrokenPipeError), process:
            process.wait()
        if process.returncode == -signal.SIGALRM:
            return f"parse took more than {settings().article_seconds:g} s"
        if process.returncode < 0:
            return f"parse died of {signal.Signals(-process.returncode).name}"
        self._errors.seek(0)
        said = self._errors.read().decode(errors="replace").split("\n")
        return next((line for line in reversed(said) if line.strip()), f"exit code {process.returncode}")


def main() -> None:
    """Answer until stdin ends."""
    # What asks has no need of these.
    from wireroom.blame import at_most, bound
    from wireroom.parse.rules import read_rules
    from wireroom.parse.stage import parse

    given = settings()
    rules = read_rules(given.rules)
    bound(given.worker_bytes)
    _write(_READY)
    for line in sys.stdin.buffer:
        page = decode(line, FetchedPage)
        try:
            with at_most(given.article_seconds):
                answer = _Answer(article=parse(page, rules))
        except Unusable as error:
            answer = _Answer(reason=error.reason, cause=str(error))
        _write(encode(answer) + b"\n")


def _write(line: bytes) -> None:
    sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        main()
    except WireroomError as error:
        sys.exit(str(error))
