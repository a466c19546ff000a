"""SQL by name: statements live in a `queries.sql` beside the code that uses them."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import LiteralString, cast

_NAME = re.compile(r"^-- name: (\w+)\n", re.MULTILINE)


class Queries:
    """The statements of one package's `queries.sql`, as attributes: `queries.claim`."""

    def __init__(self, package: str) -> None:
        text = files(package).joinpath("queries.sql").read_text(encoding="utf-8")
        _, *parts = _NAME.split(text)
        self._statements = dict(zip(parts[::2], (part.strip() for part in parts[1::2]), strict=True))

    def __getattr__(self, name: str) -> LiteralString:
        try:
            # What comes from our own package is as constant as a literal.
            return cast(LiteralString, self._statements[name])
        except KeyError:
            raise AttributeError(f"queries.sql has no statement named {name!r}") from None
