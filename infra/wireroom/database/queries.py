"""SQL by name: statements live in a `.sql` file beside the code that uses them."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


class Queries:
    """The statements of a file of a package, as attributes: `queries.claim`."""

    def __init__(self, package: str, file: str = "queries.sql") -> None:
        self._file = file
        text = files(package).joinpath(file).read_text(encoding="utf-8")
        _, *parts = _NAME.split(text)
        self._statements = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))

    def __getattr__(self, name: str) -> LiteralString:
        try:
            # What comes from our own package is as constant as a literal.
            return cast(LiteralString, self._statements[name])
        except KeyError:
            raise AttributeError(f"{self._file} has no statement named {name!r}") from None
