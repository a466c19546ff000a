"""When a page makes a version of its article, why, and which version is current."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from wireroom.contracts import EnrichedArticle
from wireroom.store.identity import Facts, Marks

Why = Literal["first", "publisher", "reparse"]


class Version(NamedTuple):
    """A version as far as later ones are compared with it."""

    number: int
    text_hash: bytes
    record_hash: bytes
    capture_digest: bytes
    captured_at: datetime
    capture_id: int

    @property
    def age(self) -> tuple[datetime, int, int]:
        """Sorts versions by their captures; of two from one capture, the one made later is the newer."""
        return self.captured_at, self.capture_id, self.number


@dataclass(frozen=True)
class Record:
    """A row to be: an article with what the ledger knows of it."""

    facts: Facts
    article: EnrichedArticle
    stages: dict[str, float]
    marks: Marks
    text_hash: bytes
    record_hash: bytes

    @property
    def age(self) -> tuple[datetime, int]:
        return self.facts.captured_at, self.facts.capture_id

    def version(self, number: int) -> Version:
        facts = self.facts
        return Version(number, self.text_hash, self.record_hash, facts.capture_digest, *self.age)


def decide(record: Record, versions: Sequence[Version]) -> Why | Version:
    """Why the record makes a version of the article, or the version that says the same already.

    It is compared with the newest version that is not younger than its capture: a replay meets its own, and a publisher
    who goes back to an older text makes a version.
    """
    if not versions:
        return "first"
    before = [version for version in versions if version.age[:2] <= record.age]
    last = max(before, key=_age) if before else min(versions, key=_age)
    same_capture = record.facts.capture_digest == last.capture_digest
    if (record.record_hash == last.record_hash) if same_capture else (record.text_hash == last.text_hash):
        return last
    return "reparse" if same_capture or record.facts.replays else "publisher"


def current(versions: Sequence[Version]) -> int:
    """Number of the version with the newest capture."""
    return max(versions, key=_age).number


def _age(version: Version) -> tuple[datetime, int, int]:
    return version.age
