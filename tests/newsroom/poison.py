"""An enricher that does harm, installed only where a test puts it on the path of its workers."""

from __future__ import annotations

import ctypes
import os
import re
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from wireroom.contracts import Enrichments, Keyword, Language, ParsedArticle
from wireroom.enrich.enricher import enricher

ENTRY_POINT = "[wireroom.enrichers]\nzz_poison = newsroom.poison:poison\n"
DEADLY = {
    "HANG": "worker died at enrich (SIGALRM",
    "SEGFAULT": "worker died at enrich (SIGSEGV)",
    "EXIT": "worker died at enrich (exitcode 3)",
    "NAN": "ValidationError",
    "SURROGATE": "UnicodeEncodeError",
    "NUL": "DataError",
}
"""The words that end in quarantine, and what the cause says then; the others are recorded as errors of the enricher."""


@enricher("zz_poison", "1")
def poison(article: ParsedArticle, so_far: Enrichments) -> Enrichments:
    """Does what the article's text tells it to do."""
    text = article.text
    if "HANG" in text:
        # Minutes in native code, which never gives the interpreter's lock back.
        re.fullmatch("(a+)+b", "a" * 60)
    if "SEGFAULT" in text:
        ctypes.string_at(0)
    if "EXIT" in text:
        os._exit(3)
    if "EAT" in text:
        bytearray(8_000_000_000)
    if "RECURSE" in text:
        poison(article, so_far)
    if "NAN" in text:
        # No number in JSON: store cannot read the message.
        return replace(so_far, keywords=[Keyword(text="nothing", score=float("nan"))])
    if "SURROGATE" in text:
        return replace(so_far, keywords=[Keyword(text="\ud800", score=1.0)])
    if "NUL" in text:
        # In a column of text, which has no place for one.
        return replace(so_far, language=Language(code="e\0n", confidence=1.0, origin="detected"))
    return so_far


def poisoned(word: str, text: str) -> dict[str, Any]:
    """An article of this text that the word makes harmful."""
    return {"text": f"{text}\n\nThe word is {word}, the captain said.\n"}


def install(directory: Path) -> dict[str, str]:
    """Make it an installed enricher for processes with the returned environment."""
    distribution = directory / "poison-1.0.dist-info"
    distribution.mkdir(parents=True)
    (distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: poison\nVersion: 1.0\n")
    (distribution / "entry_points.txt").write_text(ENTRY_POINT)
    return {"PYTHONPATH": f"{directory}:{Path(__file__).parents[1]}"}
