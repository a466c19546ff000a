"""What changed between two versions of an article, and who changed it: made when asked for, from what is stored."""

from __future__ import annotations

from typing import NamedTuple

from wireroom.database import Connection
from wireroom.errors import WireroomError
from wireroom.records import StoredArticle, Version, article, versions
from wireroom.records.changes import FieldChange, Passage, fields, passages


class NoDifference(WireroomError):  # noqa: N818
    """There are no such two versions; the message says what is missing."""


class Difference(NamedTuple):
    """Two versions of an article, and what the second says otherwise."""

    before: StoredArticle
    after: StoredArticle
    steps: list[Version]
    """The versions that led from one to the other, by the age of their pages: each says why it was made."""
    fields: list[FieldChange]
    body: list[Passage]


def difference(
    connection: Connection, article_id: int, before: int | None = None, after: int | None = None
) -> Difference:
    """What version `after` (the current one) says otherwise than `before` (the one whose page is the next older).

    Raises `NoDifference` where there are none such.
    """
    new = _version(connection, article_id, after)
    history = sorted(versions(connection, article_id), key=_age)
    old = _version(connection, article_id, before or _older(history, new))
    first, last = sorted((_age(old.version), _age(new.version)))
    steps = [version for version in history if first < _age(version) <= last]
    return Difference(
        old, new, steps, fields(old.parsed, new.parsed), passages(old.parsed.blocks, new.parsed.blocks)
    )  # fmt: skip


def _version(connection: Connection, article_id: int, number: int | None) -> StoredArticle:
    found = article(connection, article_id, number)
    if found is None:
        raise NoDifference(f"there is no {f'version {number} of ' if number else ''}article {article_id}")
    return found


def _older(history: list[Version], new: StoredArticle) -> int:
    older = [version.number for version in history if _age(version) < _age(new.version)]
    if not older:
        number, id_ = new.version.number, new.article_id
        alone = "has one version only" if len(history) == 1 else f"has nothing older than version {number}"
        raise NoDifference(f"article {id_} {alone}: there is nothing to compare it with")
    return older[-1]


def _age(version: Version) -> tuple[object, int]:
    return version.captured_at, version.number
