"""What somebody gave to `submit` or `try`: an article, or something that cannot be read as one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wireroom.contracts import ArticleJob

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Given:
    """One article as it was given: where it stood, what it offers, and the name of its file if it has one."""

    where: str
    job: ArticleJob
    name: str = ""


@dataclass(frozen=True)
class Unreadable:
    """Something that cannot be offered: where it stood, and why, with the fix; the field if one is to blame."""

    where: str
    cause: str
    field: str | None = None

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.field, self.cause) if part)


def is_address(argument: str) -> bool:
    """Whether it is a URL, not the name of a file."""
    return _ADDRESS.match(argument) is not None
